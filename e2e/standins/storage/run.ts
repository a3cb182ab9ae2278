import type { StandInContext } from '../context.ts';
import type { KubeClient } from '../kube/client.ts';
import { EventRecorder } from '../kube/events.ts';
import { type ComponentIdentity, clientOf } from '../kube/identity.ts';
import { TokenBucket } from '../kube/token-bucket.ts';
import type { Pace, PaceName } from '../pace.ts';
import type { StorageCaches } from './caches.ts';
import type { CsiDriver } from './driver.ts';
import {
  provisionerIdentity,
  resizerIdentity,
  snapshotControllerIdentity,
  snapshotterIdentity,
} from './identities.ts';
import { runProvisioner } from './provisioner/run.ts';
import { runResizer } from './resizer.ts';
import { runSidecar } from './sidecar/run.ts';
import { runSnapshotController } from './snapshots/run.ts';

/** Runs the snapshot-controller, and each driver's provisioner, snapshotter and resizer, until aborted. */
export async function runStorage(
  context: StandInContext,
  caches: StorageCaches,
  drivers: readonly CsiDriver[],
  node: string,
): Promise<void> {
  const { pace, signal } = context;
  const backOff = backOffOf(pace);
  const controller = await limitedClients(context, snapshotControllerIdentity);
  const events = new EventRecorder(controller.core, 'snapshot-controller');
  const perDriver = await Promise.all(drivers.map((driver) => runDriver(context, caches, driver, node)));
  await Promise.all([
    runSnapshotController({ ...controller, events, caches, pace }, backOff, signal),
    ...perDriver.map((run) => run()),
  ]);
}

async function runDriver(context: StandInContext, caches: StorageCaches, driver: CsiDriver, node: string) {
  const { faults, pace, signal } = context;
  const provisioner = await limitedClients(context, provisionerIdentity);
  const snapshotter = await limitedClients(context, snapshotterIdentity);
  const resizer = await clientOf(context.adminKubeconfig, resizerIdentity);
  const common = { driver, caches, faults, pace, signal };
  const backOff = backOffOf(pace);
  return () =>
    Promise.all([
      runProvisioner({
        ...common,
        client: provisioner.core,
        snapshotClient: provisioner.client,
        events: new EventRecorder(provisioner.core, `${driver.name}_csi-provisioner`),
        node,
        leftToOthers: new Set(),
        backOff,
      }),
      runSidecar(
        {
          ...common,
          client: snapshotter.client,
          events: new EventRecorder(snapshotter.core, `csi-snapshotter ${driver.name}`),
        },
        backOff,
      ),
      runResizer({
        ...common,
        client: resizer,
        events: new EventRecorder(resizer, `external-resizer ${driver.name}`),
      }),
    ]);
}

function backOffOf(pace: Pace) {
  return {
    first: pace.milliseconds('snapshot is tried again'),
    longest: pace.milliseconds('snapshot is tried again at most'),
  };
}

/** A program's two clients, one for the snapshot groups and one for the rest, each with its own limit. */
async function limitedClients(
  { adminKubeconfig, pace }: StandInContext,
  identity: ComponentIdentity,
): Promise<{ client: KubeClient; core: KubeClient }> {
  const unlimited = await clientOf(adminKubeconfig, identity);
  return { client: limited(unlimited, pace.name), core: limited(unlimited, pace.name) };
}

function limited(client: KubeClient, pace: PaceName): KubeClient {
  return pace === 'fast' ? client : client.withLimit(new TokenBucket(5, 10));
}
