import { setTimeout as sleep } from 'node:timers/promises';
import type { Faults } from '../../faults.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { EventRecorder } from '../../kube/events.ts';
import type { Pace } from '../../pace.ts';
import type { StorageCaches } from '../caches.ts';
import { type CsiDriver, DriverError } from '../driver.ts';

/** What the csi-snapshotter beside one CSI driver works with. */
export interface Sidecar {
  readonly driver: CsiDriver;
  readonly client: KubeClient;
  readonly events: EventRecorder;
  readonly caches: StorageCaches;
  readonly faults: Faults;
  readonly pace: Pace;
  readonly signal: AbortSignal;
}

/** What the driver does before it cuts: takes its time, or fails as it was told to for one of the claims. */
export async function driverAnswers(
  { caches, faults, pace, signal }: Sidecar,
  volumeHandles: readonly string[],
): Promise<void> {
  await pace.wait('csi driver cuts a snapshot', signal);
  const claims = caches.volumes
    .list()
    .filter(({ spec }) => volumeHandles.includes(spec.csi?.volumeHandle ?? ''))
    .map(({ spec }) => ({ namespace: spec.claimRef?.namespace, name: spec.claimRef?.name ?? '' }));
  for (const claim of claims) {
    const slow = faults.take('snapshot-slow', claim);
    if (slow) await sleep(slow.milliseconds ?? 1000, undefined, { signal });
    const failure = faults.take('snapshot-create-fails', claim);
    if (failure) throw new DriverError('Internal', failure.message ?? 'the driver was told to fail');
  }
}
