/** A whole cluster on loopback: a real control plane, the chart, the stand-ins, and the operator under the chart's role. */
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ClusterClient, connect } from '../../operator/cluster/index.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { Supervisor } from '../control-plane/supervisor.ts';
import type { PaceName } from '../standins/pace.ts';
import { type StandIns, startStandIns } from '../standins/start.ts';
import { installChart } from './install-chart.ts';
import { type OperatorProcess, type OperatorProgram, startOperator } from './operator-process.ts';

export interface EverythingOptions {
  readonly pace: PaceName;
  /** Takes what is to be known of long preparations. */
  readonly log: (line: string) => void;
  /** Where state and logs go; kept afterwards. Absent, they are temporary and go with everything else. */
  readonly directory?: string;
  readonly signal?: AbortSignal;
  /** The operator that is run; default: the sources. */
  readonly program?: OperatorProgram;
  readonly logLevel?: string;
  /** Wraps each stage, for those who show them. */
  readonly stage?: Stage;
}

export type Stage = <T>(title: string, work: () => Promise<T>) => Promise<T>;

export interface Everything extends AsyncDisposable {
  /** Path of a cluster admin's kubeconfig, and a client of it. */
  readonly kubeconfig: string;
  readonly client: ClusterClient;
  readonly controlPlane: ControlPlane;
  readonly standIns: StandIns;
  /** The one that runs now. */
  readonly operator: OperatorProcess;
  /** Kills the operator and starts another. */
  restartOperator(): Promise<void>;
  /** Logs by what wrote them. */
  readonly logs: Readonly<Record<'operator' | 'stand-ins', string>>;
  /** Ends all of it and removes what is temporary. Safe to call twice. */
  stop(): Promise<void>;
}

/** Namespace and service account of the operator, as the chart makes them. */
export const release = { namespace: 'envclone-system', name: 'envclone' } as const;
const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const crds = [folder('../crds'), folder('../../crds')];

/** Resolves when the operator has filled its caches. All of it ends with this process, whatever way that ends. */
export async function startEverything(options: EverythingOptions): Promise<Everything> {
  const parts = new AsyncDisposableStack();
  try {
    return await start(options, parts);
  } catch (error) {
    await parts.disposeAsync();
    throw error;
  }
}

async function start(options: EverythingOptions, parts: AsyncDisposableStack): Promise<Everything> {
  const directory = await makeDirectory(options.directory, parts);
  const data = join(directory, 'data');
  const logs = { operator: join(directory, 'operator.log'), 'stand-ins': join(data, 'stand-ins.log') };
  const stage = stagesOf(options);
  const controlPlane = parts.use(
    await stage('control plane: etcd, kube-apiserver, kube-controller-manager', () =>
      startPlane(options, directory),
    ),
  );
  const { kubeconfig } = controlPlane;
  const chart = installRelease(kubeconfig, options);
  const standIns = parts.use(
    await stage('stand-ins for KubeVirt, CDI, the snapshot controller and CSI drivers', () =>
      startStandIns({ kubeconfig, directory: data, pace: options.pace }),
    ),
  );
  const operator = await stage('the chart, and the operator under its role', async () => {
    await chart;
    return ReplaceableOperator.start(controlPlane, logs.operator, options);
  });
  parts.defer(() => operator.stop());
  const client = parts.use(adminClient(kubeconfig));
  return {
    kubeconfig,
    client,
    controlPlane,
    standIns,
    get operator() {
      return operator.current;
    },
    restartOperator: () => operator.restart(),
    logs,
    stop: () => parts.disposeAsync(),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** An interrupt ends the preparations between two stages, whatever the stages make of it. */
function stagesOf({ stage = (_title, work) => work(), signal }: EverythingOptions): Stage {
  return (title, work) => {
    signal?.throwIfAborted();
    return stage(title, work);
  };
}

function startPlane(
  { directory: given, log, signal }: EverythingOptions,
  directory: string,
): Promise<ControlPlane> {
  return startControlPlane({ directory: given && join(directory, 'control-plane'), crds, log, signal });
}

/** Goes on beside the next stage, and is heard of in the one after it. */
function installRelease(kubeconfig: string, { log }: EverythingOptions): Promise<void> {
  const { namespace, name } = release;
  const installed = installChart(kubeconfig, { namespace, release: name, progress: log });
  installed.catch(() => {});
  return installed;
}

async function makeDirectory(given: string | undefined, parts: AsyncDisposableStack): Promise<string> {
  if (given !== undefined) {
    await mkdir(given, { recursive: true, mode: 0o700 });
    return given;
  }
  // Its process removes the directory also where this one is killed.
  const supervisor = parts.use(new Supervisor());
  const directory = await mkdtemp(join(tmpdir(), 'envclone-everything-'));
  supervisor.removeAtEnd(directory);
  return directory;
}

class ReplaceableOperator {
  current: OperatorProcess;
  readonly #start: () => Promise<OperatorProcess>;

  private constructor(start: () => Promise<OperatorProcess>, first: OperatorProcess) {
    this.#start = start;
    this.current = first;
  }

  static async start(
    controlPlane: ControlPlane,
    log: string,
    { signal, program, logLevel }: EverythingOptions,
  ): Promise<ReplaceableOperator> {
    const kubeconfig = await controlPlane.serviceAccountKubeconfig(release.namespace, release.name);
    const start = () => startOperator({ kubeconfig, log, signal, program, logLevel });
    return new ReplaceableOperator(start, await start());
  }

  async restart(): Promise<void> {
    await this.current.stop();
    this.current = await this.#start();
  }

  stop(): Promise<void> {
    return this.current.stop();
  }
}

function adminClient(kubeconfig: string): ClusterClient & AsyncDisposable {
  const { signal } = new AbortController();
  return connect({ kubeconfig, fieldManager: 'envclone-e2e', userAgent: 'envclone-e2e', signal });
}
