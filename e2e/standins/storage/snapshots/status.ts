import { resourcePath, VolumeSnapshots } from '../../kube/kinds.ts';
import { keyOf } from '../../kube/objects.ts';
import type { StorageCaches } from '../caches.ts';
import type { VolumeSnapshot, VolumeSnapshotContent, VolumeSnapshotStatus } from '../objects.ts';
import { formatQuantity } from '../quantity.ts';
import { timestampOfNanoseconds } from '../time.ts';
import type { SnapshotController } from './controller.ts';
import { reportError } from './report.ts';

/** Brings a snapshot's status up to what its content says, in one update. */
export async function updateStatus(
  controller: SnapshotController,
  snapshot: VolumeSnapshot,
  content: VolumeSnapshotContent,
): Promise<void> {
  try {
    await writeStatus(controller, snapshot, content);
  } catch (error) {
    const message = `Snapshot status update failed, ${(error as Error).message}`;
    await reportError(controller, snapshot, {
      reason: 'SnapshotStatusUpdateFailed',
      message,
      unready: false,
    });
    throw error;
  }
}

async function writeStatus(
  { client, caches, events }: SnapshotController,
  snapshot: VolumeSnapshot,
  content: VolumeSnapshotContent,
): Promise<void> {
  const group = groupNameOf(snapshot, content, caches);
  const { namespace, name } = snapshot.metadata;
  const path = resourcePath(VolumeSnapshots, namespace, name);
  const current = await client.get<VolumeSnapshot>(path);
  const status = statusFrom(current.status, content, group);
  if (status === undefined) return;
  const key = keyOf(snapshot);
  if (!current.status?.creationTime && status.creationTime) {
    const message = `Snapshot ${key} was successfully created by the CSI driver.`;
    events.recordEvent(current, 'Normal', 'SnapshotCreated', message);
  }
  if (!current.status?.readyToUse && status.readyToUse) {
    events.recordEvent(current, 'Normal', 'SnapshotReady', `Snapshot ${key} is ready to use.`);
  }
  caches.snapshots.observe(await client.replace<VolumeSnapshot>(`${path}/status`, { ...current, status }));
}

/** The status as it should be; `undefined` when it is so already. */
export function statusFrom(
  before: VolumeSnapshotStatus | undefined,
  content: VolumeSnapshotContent,
  group?: string,
): VolumeSnapshotStatus | undefined {
  const seen = content.status ?? {};
  const readyToUse = seen.readyToUse ?? false;
  const after: VolumeSnapshotStatus = { ...before, readyToUse };
  after.boundVolumeSnapshotContentName ??= content.metadata.name;
  if (seen.creationTime !== undefined) after.creationTime ??= timestampOfNanoseconds(seen.creationTime);
  if (seen.restoreSize !== undefined) after.restoreSize ??= formatQuantity(seen.restoreSize);
  if (group !== undefined) after.volumeGroupSnapshotName ??= group;
  if (seen.error) after.error = seen.error;
  else delete after.error;
  return JSON.stringify(sorted(after)) === JSON.stringify(sorted(before)) ? undefined : after;
}

/** A snapshot whose handle belongs to a group is that group's member, whoever made its content. */
function groupNameOf(
  snapshot: VolumeSnapshot,
  content: VolumeSnapshotContent,
  { groupContents }: StorageCaches,
): string | undefined {
  const handle = content.status?.volumeGroupSnapshotHandle;
  if (handle === undefined) return undefined;
  const group = groupContents.list().find((each) => each.status?.volumeGroupSnapshotHandle === handle);
  if (group) return group.spec.volumeGroupSnapshotRef.name;
  throw new Error(
    `updateSnapshotStatus: cannot find the group snapshot for VolumeSnapshot [${keyOf(snapshot)}], will not update snapshot status`,
  );
}

function sorted(value: object | undefined): [string, unknown][] | undefined {
  return value && Object.entries(value).sort(([a], [b]) => a.localeCompare(b));
}
