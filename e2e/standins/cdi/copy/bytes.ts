import type { PodReadiness } from '../../context.ts';
import { splitKey } from '../../kube/objects.ts';
import type { Pod } from '../../node/objects.ts';
import type { Claim } from '../../storage/objects.ts';
import type { Cdi } from '../cdi.ts';
import { cloneOwnerReference, cloneRequest, uploadPod } from '../names.ts';
import { sourceComponent } from './manifests.ts';

/** Whether a pod is one that reads a source, and runs. */
export function isReading({ metadata, status }: Pod): boolean {
  return status?.phase === 'Running' && metadata.labels?.['cdi.kubevirt.io'] === sourceComponent;
}

/** What the two pods of a copy do with bytes; then both end. */
export async function copyBytes(cdi: Cdi, readiness: PodReadiness, key: string): Promise<void> {
  const { namespace, name } = splitKey(key);
  const pod = cdi.caches.pods.cache.get(namespace, name);
  const target = pod && claimOf(cdi, pod.metadata.annotations?.[cloneOwnerReference]);
  if (!pod || !isReading(pod) || !target) return;
  await cdi.pace.wait('cdi copies a volume', cdi.signal);
  const source = claimOf(cdi, target.metadata.annotations?.[cloneRequest]);
  await cdi.disks.copyInto(handleOf(cdi, target), cdi.disks.path(handleOf(cdi, source)));
  readiness.exit(namespace!, name, 0);
  readiness.exit(target.metadata.namespace!, target.metadata.annotations![uploadPod]!, 0);
}

function claimOf({ caches }: Cdi, key: string | undefined): Claim | undefined {
  if (key === undefined) return undefined;
  const { namespace, name } = splitKey(key);
  return caches.claims.get(namespace, name);
}

function handleOf({ caches }: Cdi, claim: Claim | undefined): string {
  const volume = caches.volumes.get(undefined, claim?.spec.volumeName ?? '');
  if (volume?.spec.csi === undefined) throw new Error('source claim does not exist');
  return volume.spec.csi.volumeHandle;
}
