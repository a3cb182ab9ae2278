import { splitKey } from '../../kube/objects.ts';
import { isFinished } from '../../node/objects.ts';
import type { Clone } from './plan.ts';

/** Whether a source claim is bound and no pod uses it; only a Warning on the target says who does. */
export function sourceIsFree({ cdi, target, namespace, sourceName }: Clone): boolean {
  const claim = cdi.caches.claims.get(namespace, sourceName);
  if (claim?.status?.phase !== 'Bound') return false;
  const users = cdi.caches.pods.using(claim).filter((key) => {
    const { namespace: podNamespace, name } = splitKey(key);
    const pod = cdi.caches.pods.cache.get(podNamespace, name);
    return pod !== undefined && !isFinished(pod);
  });
  for (const key of users) {
    const message = `pod ${key} using PersistentVolumeClaim ${sourceName}`;
    cdi.events.recordEvent(target, 'Warning', 'CloneSourceInUse', message);
  }
  return users.length === 0;
}
