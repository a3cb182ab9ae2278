import { resourcePath, VolumeGroupSnapshotContents } from '../../kube/kinds.ts';
import { hasFinalizer, isDeleting } from '../../kube/objects.ts';
import { groupContentBound } from '../names.ts';
import { addFinalizers } from '../patches.ts';
import type { SnapshotController } from './controller.ts';

/** The snapshot-controller's part of a group's content: its protection. */
export async function reconcileGroupContent(
  { client, caches }: SnapshotController,
  name: string,
): Promise<void> {
  const content = caches.groupContents.get(undefined, name);
  if (content === undefined || isDeleting(content) || hasFinalizer(content, groupContentBound)) return;
  const path = resourcePath(VolumeGroupSnapshotContents, undefined, name);
  caches.groupContents.observe(await client.jsonPatch(path, addFinalizers(content, [groupContentBound])));
}
