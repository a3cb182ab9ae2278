import { unlessNotFound } from '../../kube/error.ts';
import {
  resourcePath,
  VolumeGroupSnapshotContents,
  VolumeGroupSnapshots,
  VolumeSnapshots,
} from '../../kube/kinds.ts';
import { annotation, hasFinalizer, isDeleting, keyOf } from '../../kube/objects.ts';
import { groupBeingDeleted, groupBound } from '../names.ts';
import type { VolumeGroupSnapshot, VolumeGroupSnapshotContent, VolumeSnapshot } from '../objects.ts';
import { annotate, withoutFinalizers } from '../patches.ts';
import type { SnapshotController } from './controller.ts';
import { isBeingRestored } from './deletion.ts';

/** Goes on deleting a group: its content, then its members; the group itself goes when its content has gone. */
export async function deleteGroup(controller: SnapshotController, group: VolumeGroupSnapshot): Promise<void> {
  if (!hasFinalizer(group, groupBound)) return;
  const members = membersOf(controller, group);
  refuseRestored(controller, group, members);
  const content = boundContent(controller, group);
  const goes = content?.spec.deletionPolicy === 'Delete';
  if (content !== undefined) await markContent(controller, content, goes);
  for (const { metadata } of members) {
    const path = resourcePath(VolumeSnapshots, metadata.namespace, metadata.name);
    await unlessNotFound(controller.client.delete(path));
  }
  if (goes) return;
  const path = resourcePath(VolumeGroupSnapshots, group.metadata.namespace, group.metadata.name);
  await unlessNotFound(controller.client.mergePatch(path, withoutFinalizers(group, [groupBound])));
}

function membersOf({ caches }: SnapshotController, { metadata }: VolumeGroupSnapshot): VolumeSnapshot[] {
  return caches.snapshots
    .list(metadata.namespace)
    .filter(({ status }) => status?.volumeGroupSnapshotName === metadata.name)
    .filter((snapshot) => !isDeleting(snapshot));
}

function boundContent(
  { caches }: SnapshotController,
  { metadata, status }: VolumeGroupSnapshot,
): VolumeGroupSnapshotContent | undefined {
  const name = status?.boundVolumeGroupSnapshotContentName;
  const content = name === undefined ? undefined : caches.groupContents.get(undefined, name);
  return content?.spec.volumeGroupSnapshotRef.uid === metadata.uid ? content : undefined;
}

function refuseRestored(
  controller: SnapshotController,
  group: VolumeGroupSnapshot,
  members: readonly VolumeSnapshot[],
): void {
  const restored = members.find((member) => isBeingRestored(controller, member));
  if (restored === undefined) return;
  const message = `Snapshot ${keyOf(restored)} belonging to VolumeGroupSnapshot ${keyOf(group)} is being used to restore a PVC`;
  controller.events.recordEvent(group, 'Warning', 'SnapshotDeletePending', message);
  throw new Error(`${message}: snapshot is in use, will retry deletion`);
}

async function markContent(
  { client, caches }: SnapshotController,
  content: VolumeGroupSnapshotContent,
  goes: boolean,
): Promise<void> {
  const path = resourcePath(VolumeGroupSnapshotContents, undefined, content.metadata.name);
  if (!annotation(content, groupBeingDeleted)) {
    const patch = annotate(groupBeingDeleted, 'yes');
    caches.groupContents.observe(await client.mergePatch<VolumeGroupSnapshotContent>(path, patch));
  }
  if (goes && !isDeleting(content)) await unlessNotFound(client.delete(path));
}
