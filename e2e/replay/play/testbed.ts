/** Where recordings are replayed: a control plane of its own with stand-ins, or a cluster that somebody names. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { limited } from '../../../operator/apply/limited.ts';
import { startControlPlane } from '../../control-plane/control-plane.ts';
import { Supervisor } from '../../control-plane/supervisor.ts';
import type { DelayChanges, PaceName } from '../../standins/pace.ts';
import { type StandIns, startStandIns } from '../../standins/start.ts';
import { Cluster } from './cluster.ts';
import { makeGolden } from './golden.ts';
import type { GoldenSystem, Hooks } from './hooks.ts';

export interface Testbed extends AsyncDisposable {
  readonly cluster: Cluster;
  readonly hooks: Hooks;
  /** What pauses are multiplied by. */
  readonly hurry: number;
  /** For scenarios that have snapshots taken: where the controller's requests are limited, they take turns. */
  readonly amongSnapshots: ReturnType<typeof limited>;
}

/** Where to replay at which pace; all of them end together. */
export interface Testbeds extends AsyncDisposable {
  of(pace: PaceName): Promise<Testbed>;
}

/** Stand-ins, started at each pace when somebody first asks for it. */
export function standInTestbeds(log: (line: string) => void): Testbeds {
  const started = new Map<PaceName, Promise<Testbed>>();
  return {
    of(pace) {
      const testbed = started.get(pace) ?? startTestbed(pace, log);
      started.set(pace, testbed);
      return testbed;
    },
    async [Symbol.asyncDispose]() {
      const all = await Promise.allSettled(started.values());
      const running = all.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      await Promise.all(running.map((testbed) => testbed[Symbol.asyncDispose]()));
    },
  };
}

/** One cluster, which has a pace of its own. */
export function oneTestbed(testbed: Testbed): Testbeds {
  return { of: async () => testbed, [Symbol.asyncDispose]: () => testbed[Symbol.asyncDispose]() };
}

const crds = fileURLToPath(new URL('../../crds', import.meta.url));

/** What others see of a guest while it boots, they must have the time to see on a busy machine as well. */
const slowGuests: DelayChanges = { 'guest boots': 800, 'a second of a probe': 60 };

/** Resolves when the stand-ins watch and the golden disks are there. */
async function startTestbed(pace: PaceName, log: (line: string) => void): Promise<Testbed> {
  await using parts = new AsyncDisposableStack();
  const supervisor = parts.use(new Supervisor());
  const directory = await mkdtemp(join(tmpdir(), 'envclone-replay-'));
  supervisor.removeAtEnd(directory);
  const { kubeconfig } = parts.use(await startControlPlane({ crds: [crds], log }));
  const delays = pace === 'fast' ? slowGuests : {};
  const standIns = parts.use(
    await startStandIns({ kubeconfig, directory, pace, delays, blankDisksBoot: false }),
  );
  const cluster = parts.use(await Cluster.fromKubeconfig(kubeconfig));
  const hooks = hooksOf(standIns);
  await makeGolden(cluster, hooks);
  const kept = parts.move();
  const [hurry, atOnce] = pace === 'fast' ? [0.25, Number.POSITIVE_INFINITY] : [1, 1];
  const amongSnapshots = limited(atOnce);
  return { cluster, hooks, hurry, amongSnapshots, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** A cluster that has the golden disks; nobody reaches into its guests. */
export async function namedTestbed(kubeconfig: string): Promise<Testbed> {
  const cluster = await Cluster.fromKubeconfig(kubeconfig);
  return {
    cluster,
    hooks: realCluster,
    hurry: 1,
    amongSnapshots: limited(1),
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  };
}

const systems = {
  tiny: { boots: true, agent: true, servesAfterSeconds: 0 },
  slow20: { boots: true, agent: true, servesAfterSeconds: 20 },
  noagent: { boots: true, agent: false, servesAfterSeconds: 0 },
} as const satisfies Record<GoldenSystem, object>;

function hooksOf(standIns: StandIns): Hooks {
  const once = (name: 'guest-powers-off' | 'vmi-crashes') => (namespace: string, machine: string) =>
    standIns.inject({ name, match: { namespace, name: machine }, times: 1 });
  return {
    install: (namespace, claim, system) => standIns.install(namespace, claim, systems[system]),
    powerOff: once('guest-powers-off'),
    kill: once('vmi-crashes'),
    ask: (namespace, name) => standIns.ask(namespace, name),
  };
}

const byHand = (what: string) => (namespace: string, name: string) =>
  Promise.reject(
    new Error(
      `${what} of ${namespace}/${name}: nobody can from here, do it by hand or leave this scenario out`,
    ),
  );

const realCluster: Hooks = {
  install: byHand('installing the disk'),
  powerOff: byHand('shutting down the guest'),
  kill: byHand('killing QEMU'),
  ask: byHand('asking the guest'),
};
