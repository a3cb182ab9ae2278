import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api } from './api.ts';
import { apiServerArguments, controllerManagerArguments, etcdArguments, type Layout } from './arguments.ts';
import { freePort } from './free-port.ts';
import { type Identity, serviceAccountKubeconfig, userKubeconfig } from './identities.ts';
import { installCrds } from './install-crds.ts';
import { findPrograms, type Programs } from './programs.ts';
import { writeState } from './state.ts';
import { type RunningProgram, Supervisor } from './supervisor.ts';
import { waitUntil } from './wait-until.ts';

export interface ControlPlaneOptions {
  /** Where its state and logs go; kept afterwards. Absent, it is a temporary one that goes with the control plane. */
  readonly directory?: string;
  /** Folders of CustomResourceDefinitions to install before the controllers start, which then know them at once. */
  readonly crds?: readonly string[];
  readonly signal?: AbortSignal;
  readonly log?: (line: string) => void;
}

/** A real API server with its store and controllers, on loopback. It ends with the process that started it. */
export interface ControlPlane extends AsyncDisposable {
  /** Path of a kubeconfig of a cluster admin. */
  readonly kubeconfig: string;
  /** As in `https://127.0.0.1:40123`. */
  readonly server: string;
  /** Path of a kubeconfig for a user in groups, by client certificate. */
  kubeconfigFor(identity: Identity): Promise<string>;
  /** Path of a kubeconfig with a token of a service account, which must exist. */
  serviceAccountKubeconfig(namespace: string, name: string): Promise<string>;
  /** Ends its programs and removes its directory. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts etcd, kube-apiserver with RBAC, and kube-controller-manager with a persistent volume binder,
 * garbage collector, namespaces and service accounts. Resolves when an object can be made in `default`.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const programs = await findPrograms(options.log ?? (() => {}));
  const supervisor = new Supervisor();
  try {
    return await start(programs, supervisor, options);
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
}

async function start(
  programs: Programs,
  supervisor: Supervisor,
  { directory: given, crds = [], signal }: ControlPlaneOptions,
): Promise<ControlPlane> {
  const directory = await makeDirectory(given, supervisor);
  const layout = { directory, port: await freePort() };
  const { endpoint, authority, adminKubeconfig } = await writeState(layout);
  await startPrograms(programs, supervisor, layout, adminKubeconfig, crds, signal);
  const stop = () => supervisor.stop();
  return {
    kubeconfig: adminKubeconfig,
    server: endpoint.server,
    kubeconfigFor: (identity) => userKubeconfig(identity, authority, endpoint, directory),
    serviceAccountKubeconfig: (namespace, name) =>
      serviceAccountKubeconfig(adminKubeconfig, { namespace, name }, directory),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function makeDirectory(given: string | undefined, supervisor: Supervisor): Promise<string> {
  if (given !== undefined) {
    await mkdir(given, { recursive: true, mode: 0o700 });
    return given;
  }
  const directory = await mkdtemp(join(tmpdir(), 'envclone-'));
  supervisor.removeAtEnd(directory);
  return directory;
}

async function startPrograms(
  programs: Programs,
  supervisor: Supervisor,
  layout: Layout,
  adminKubeconfig: string,
  crds: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const run = (name: keyof Programs, args: readonly string[]): RunningProgram =>
    supervisor.run({
      name,
      command: programs[name],
      args,
      cwd: layout.directory,
      log: join(layout.directory, `${name}.log`),
      // Nothing of the caller's: a proxy setting must not come between them. Their heaps are small, so memory is
      // cheaper here than collecting it often.
      env: { HOME: layout.directory, TMPDIR: layout.directory, GOGC: '300' },
    });
  await using api = await Api.fromKubeconfig(adminKubeconfig);
  const running = [run('etcd', etcdArguments(layout)), run('kube-apiserver', apiServerArguments(layout))];
  await waitUntil('the API server to be ready', () => isReady(api), running, signal);
  for (const folder of crds) await installCrds(adminKubeconfig, folder);
  running.push(run('kube-controller-manager', controllerManagerArguments(layout)));
  await waitUntil('the controllers to work', () => hasDefaultServiceAccount(api), running, signal);
}

async function isReady(api: Api): Promise<boolean> {
  return (await api.send('GET', '/readyz')).status === 200;
}

// Without it no pod can be made; it also shows that the controller manager does its work.
async function hasDefaultServiceAccount(api: Api): Promise<boolean> {
  return (await api.send('GET', '/api/v1/namespaces/default/serviceaccounts/default')).status === 200;
}
