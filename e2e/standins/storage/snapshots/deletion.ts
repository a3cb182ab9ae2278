import { unlessNotFound } from '../../kube/error.ts';
import { resourcePath, VolumeSnapshotContents, VolumeSnapshots } from '../../kube/kinds.ts';
import { annotation, hasFinalizer, isDeleting, keyOf } from '../../kube/objects.ts';
import { snapshotAsSource, snapshotBeingDeleted, snapshotBound, snapshotInGroup } from '../names.ts';
import type { VolumeSnapshot, VolumeSnapshotContent } from '../objects.ts';
import { annotate, withoutFinalizers } from '../patches.ts';
import { dynamicContentName, isBoundTo } from './bound-content.ts';
import { releaseClaim } from './claim-protection.ts';
import type { SnapshotController } from './controller.ts';

/**
 * Goes on deleting a snapshot: its content first (kept by policy Retain), its own finalizers as soon as what each
 * guards is gone. A member stays until its group has gone, and a snapshot until no claim waits to be made from it.
 */
export async function deleteSnapshot(
  controller: SnapshotController,
  snapshot: VolumeSnapshot,
): Promise<void> {
  if (!isGuarded(snapshot)) return;
  // A claim that is made from it at the same moment gets here first, and both wait for each other then.
  await controller.pace.wait('snapshot controller sees a deletion');
  const content = boundContent(controller, snapshot);
  if (content !== undefined && isBeingRestored(controller, snapshot)) {
    const message = 'Snapshot is being used to restore a PVC';
    controller.events.recordEvent(snapshot, 'Warning', 'SnapshotDeletePending', message);
    throw new Error(
      `snapshot ${keyOf(snapshot)} is in use (being used to restore a PVC), will retry deletion`,
    );
  }
  refuseLivingGroup(controller, snapshot);
  const goes = content?.spec.deletionPolicy === 'Delete';
  if (content !== undefined) await markContent(controller, content, goes);
  await releaseClaim(controller, snapshot, true);
  await dropFinalizers(controller, snapshot, goes);
}

/** Whether a claim that is not Bound yet names the snapshot as its source. */
export function isBeingRestored({ caches }: SnapshotController, { metadata }: VolumeSnapshot): boolean {
  return caches.claims.list(metadata.namespace).some(({ spec, status }) => {
    const { kind, name, apiGroup } = spec.dataSource ?? {};
    const restores =
      kind === 'VolumeSnapshot' && apiGroup === 'snapshot.storage.k8s.io' && name === metadata.name;
    return restores && status?.phase === 'Pending';
  });
}

function isGuarded(snapshot: VolumeSnapshot): boolean {
  const guards = [snapshotAsSource, snapshotBound, snapshotInGroup];
  return guards.some((finalizer) => hasFinalizer(snapshot, finalizer));
}

function boundContent(
  { caches }: SnapshotController,
  snapshot: VolumeSnapshot,
): VolumeSnapshotContent | undefined {
  const name = snapshot.status?.boundVolumeSnapshotContentName ?? dynamicContentName(snapshot);
  const content = caches.contents.get(undefined, name);
  return content && isBoundTo(content, snapshot) ? content : undefined;
}

function refuseLivingGroup({ caches, events }: SnapshotController, snapshot: VolumeSnapshot): void {
  const name = snapshot.status?.volumeGroupSnapshotName;
  const group = name === undefined ? undefined : caches.groups.get(snapshot.metadata.namespace, name);
  if (group === undefined) return;
  const message =
    `deletion of the individual volume snapshot ${keyOf(snapshot)} is not allowed as it belongs to group snapshot ${keyOf(group)}. ` +
    'Deleting the group snapshot will trigger the deletion of all the individual volume snapshots that are part of the group.';
  events.recordEvent(snapshot, 'Warning', 'SnapshotDeletePending', message);
  throw new Error(message);
}

async function markContent(
  { client, caches, pace }: SnapshotController,
  content: VolumeSnapshotContent,
  goes: boolean,
): Promise<void> {
  const path = resourcePath(VolumeSnapshotContents, undefined, content.metadata.name);
  if (!annotation(content, snapshotBeingDeleted)) {
    const patch = annotate(snapshotBeingDeleted, 'yes');
    caches.contents.observe(await client.mergePatch<VolumeSnapshotContent>(path, patch));
  }
  if (!goes || isDeleting(content)) return;
  await pace.wait('snapshot controller sends its next request');
  await unlessNotFound(client.delete(path));
}

async function dropFinalizers(
  { client, caches }: SnapshotController,
  snapshot: VolumeSnapshot,
  contentGoes: boolean,
): Promise<void> {
  const inGroup = snapshot.status?.volumeGroupSnapshotName !== undefined;
  const dropped = [snapshotAsSource];
  if (!contentGoes) dropped.push(snapshotBound);
  if (inGroup) dropped.push(snapshotInGroup);
  if (!dropped.some((finalizer) => hasFinalizer(snapshot, finalizer))) return;
  const path = resourcePath(VolumeSnapshots, snapshot.metadata.namespace, snapshot.metadata.name);
  caches.snapshots.observe(await client.mergePatch(path, withoutFinalizers(snapshot, dropped)));
}
