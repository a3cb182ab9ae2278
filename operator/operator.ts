/** `envclone operator`: the control plane as one process. */
import { hostname } from 'node:os';
import pino from 'pino';
import { connect, EventRecorder } from './cluster/index.ts';
import { type ControllerContext, runController } from './controllers/controller.ts';
import { controllers } from './controllers/index.ts';
import { StatusWriter } from './controllers/status-writer.ts';
import { startHealthServer } from './health.ts';
import { OperatorMetrics } from './metrics.ts';
import { AccessGuard } from './observe/access-guard.ts';
import { AttemptCache } from './observe/environment-snapshot.ts';
import { openWorld } from './observe/world.ts';

export interface OperatorOptions {
  readonly kubeconfig?: string;
  readonly binderImage: string;
  readonly logLevel: string;
  /** Port of /metrics, /healthz and /readyz; 0 takes a free one. */
  readonly port: number;
  /** Where these listen. */
  readonly host: string;
}

/** Objects of one kind that are worked on side by side. */
const workers = 4;

/** Runs until the signal is aborted, then finishes what it has begun. */
export async function runOperator(options: OperatorOptions, signal: AbortSignal): Promise<void> {
  const log = pino({ level: options.logLevel, base: undefined, timestamp: pino.stdTimeFunctions.isoTime });
  const metrics = new OperatorMetrics();
  // Watches and requests outlive the signal until the last reconcile has finished.
  const drained = new AbortController();
  const client = connect({
    kubeconfig: options.kubeconfig,
    fieldManager: 'envclone',
    userAgent: 'envclone-operator',
    onRequest: (request) => {
      metrics.observeRequest(request);
      log.trace({ request }, 'asked the API server');
    },
    signal: drained.signal,
  });
  const health = await startHealthServer(options, metrics.registry);
  log.info({ port: health.port }, 'serving /metrics, /healthz and /readyz');
  try {
    const world = openWorld(client, drained.signal, (error) =>
      log.warn({ err: error }, 'a watch was interrupted; it is taken up again'),
    );
    await untilSynced(world.synced, signal);
    if (signal.aborted) return;
    health.ready = true;
    log.info('caches are filled; reconciling');
    const now = () => Date.now();
    const context: ControllerContext = {
      client,
      world,
      attempts: new AttemptCache(client),
      guard: new AccessGuard(client, now),
      events: new EventRecorder({
        client,
        controller: 'envclone.io/operator',
        instance: hostname(),
        onError: (error) => log.debug({ err: error }, 'an event was not written'),
      }),
      statuses: new StatusWriter(client, now, (kind, object) => world.cacheOf(kind)?.observe(object)),
      log,
      now,
      settings: { binderImage: options.binderImage },
      onHandled: (handled) => metrics.observeHandled(handled),
    };
    await Promise.all(controllers.map((make) => runController(make(context), context, workers, signal)));
    log.info('drained; ending');
  } finally {
    drained.abort();
    await health.close();
    await client[Symbol.asyncDispose]();
  }
}

/** An operator that is told to end before it knows the cluster just ends. */
async function untilSynced(synced: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );
  await Promise.race([synced, aborted]);
}
