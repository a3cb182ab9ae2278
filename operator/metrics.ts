import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Handled, RequestRecord } from './cluster/index.ts';

/** What the operator counts, for /metrics. */
export class OperatorMetrics {
  readonly registry = new Registry();
  readonly #requests = new Counter({
    name: 'envclone_api_requests_total',
    help: 'Requests to the API server.',
    labelNames: ['verb', 'resource', 'code'],
    registers: [this.registry],
  });
  readonly #requestSeconds = new Histogram({
    name: 'envclone_api_request_duration_seconds',
    help: 'Until the answer was read.',
    labelNames: ['verb'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [this.registry],
  });
  readonly #reconciles = new Counter({
    name: 'envclone_reconciles_total',
    help: 'Keys handled.',
    labelNames: ['controller', 'result'],
    registers: [this.registry],
  });
  readonly #reconcileSeconds = new Histogram({
    name: 'envclone_reconcile_duration_seconds',
    help: 'Time to handle one key.',
    labelNames: ['controller'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [this.registry],
  });
  readonly #waitSeconds = new Histogram({
    name: 'envclone_queue_wait_seconds',
    help: 'From when a key was due until it was handled.',
    labelNames: ['controller'],
    buckets: [0.001, 0.01, 0.1, 1, 10],
    registers: [this.registry],
  });

  constructor() {
    const pid = new Gauge({
      name: 'envclone_process_pid',
      help: 'Process id, to find it on its node.',
      registers: [this.registry],
    });
    pid.set(process.pid);
    collectDefaultMetrics({ register: this.registry });
  }

  observeRequest({ verb, resource, code, durationMs }: RequestRecord): void {
    this.#requests.inc({ verb, resource, code: String(code) });
    if (verb !== 'watch') this.#requestSeconds.observe({ verb }, durationMs / 1000);
  }

  observeHandled({ queue, error, tookMs, waitedMs }: Handled): void {
    this.#reconciles.inc({ controller: queue, result: error ? 'error' : 'ok' });
    this.#reconcileSeconds.observe({ controller: queue }, tookMs / 1000);
    this.#waitSeconds.observe({ controller: queue }, waitedMs / 1000);
  }
}
