import { resourcePath, VolumeSnapshots } from '../../kube/kinds.ts';
import type { VolumeSnapshot } from '../objects.ts';
import { timestamp } from '../time.ts';
import type { SnapshotController } from './controller.ts';

/** Writes an error into a snapshot's status and tells it by an Event, unless it says so already. */
export async function reportError(
  { client, caches, events }: SnapshotController,
  snapshot: VolumeSnapshot,
  error: { readonly reason: string; readonly message: string; readonly unready: boolean },
): Promise<void> {
  if (snapshot.status?.error?.message === error.message) return;
  const { namespace, name } = snapshot.metadata;
  const status = {
    ...snapshot.status,
    error: { time: timestamp(), message: error.message },
    ...(error.unready ? { readyToUse: false } : {}),
  };
  const path = `${resourcePath(VolumeSnapshots, namespace, name)}/status`;
  caches.snapshots.observe(await client.replace<VolumeSnapshot>(path, { ...snapshot, status }));
  events.recordEvent(snapshot, 'Warning', error.reason, error.message);
}
