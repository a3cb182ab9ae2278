import { unlessNotFound } from '../../kube/error.ts';
import { Claims, Pods, type ResourceKind, resourcePath, VolumeSnapshots } from '../../kube/kinds.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Claim } from '../../storage/objects.ts';
import type { Cdi } from '../cdi.ts';
import { ownedByUid } from '../names.ts';

/** Deletes everything temporary that was made for a claim, in whatever namespace. */
export async function cleanUp(cdi: Cdi, { metadata }: Claim): Promise<void> {
  const { claims, pods, snapshots } = cdi.caches;
  const made = (object: KubeObject) => object.metadata.labels?.[ownedByUid] === metadata.uid;
  await remove(cdi, Claims, claims.list().filter(made));
  await remove(cdi, Pods, pods.cache.list().filter(made));
  await remove(cdi, VolumeSnapshots, snapshots.list().filter(made));
}

async function remove({ client }: Cdi, kind: ResourceKind, objects: readonly KubeObject[]): Promise<void> {
  for (const { metadata } of objects) {
    if (metadata.deletionTimestamp) continue;
    await unlessNotFound(client.delete(resourcePath(kind, metadata.namespace, metadata.name)));
  }
}
