import { resourcePath, VolumeSnapshotContents } from '../../kube/kinds.ts';
import { annotation, hasFinalizer, isDeleting } from '../../kube/objects.ts';
import { contentBound, snapshotBeingDeleted } from '../names.ts';
import type { VolumeSnapshotContent } from '../objects.ts';
import { addFinalizers, annotate } from '../patches.ts';
import type { SnapshotController } from './controller.ts';

/** The snapshot-controller's part of a content: its protection, and the mark that its snapshot is being deleted. */
export async function reconcileContent(controller: SnapshotController, name: string): Promise<void> {
  const { client, caches, events } = controller;
  const content = caches.contents.get(undefined, name);
  if (content === undefined) return;
  const { volumeHandle, snapshotHandle } = content.spec.source;
  if ((volumeHandle === undefined) === (snapshotHandle === undefined)) {
    const message = 'Exactly one of VolumeHandle and SnapshotHandle should be specified';
    events.recordEvent(content, 'Warning', 'ContentValidationError', message);
    throw new Error(message);
  }
  if (!content.spec.volumeSnapshotRef.uid) return;
  const path = resourcePath(VolumeSnapshotContents, undefined, name);
  if (!isDeleting(content) && !hasFinalizer(content, contentBound)) {
    caches.contents.observe(await client.jsonPatch(path, addFinalizers(content, [contentBound])));
    return;
  }
  if (isOfDeletedSnapshot(controller, content) && !annotation(content, snapshotBeingDeleted)) {
    caches.contents.observe(await client.mergePatch(path, annotate(snapshotBeingDeleted, 'yes')));
  }
}

function isOfDeletedSnapshot({ caches }: SnapshotController, content: VolumeSnapshotContent): boolean {
  const { namespace, name, uid } = content.spec.volumeSnapshotRef;
  const snapshot = caches.snapshots.get(namespace, name!);
  return snapshot?.metadata.uid === uid && snapshot !== undefined && isDeleting(snapshot);
}
