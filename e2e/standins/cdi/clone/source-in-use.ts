import { type KubeObject, splitKey } from '../../kube/objects.ts';
import { isFinished } from '../../node/objects.ts';
import type { Claim } from '../../storage/objects.ts';
import type { Cdi } from '../cdi.ts';
import type { Clone } from './plan.ts';

/** Whether a source claim is bound and no pod uses it; only a Warning on the target says who does. */
export function sourceIsFree({ cdi, target, namespace, sourceName }: Clone): boolean {
  const claim = cdi.caches.claims.get(namespace, sourceName);
  return claim?.status?.phase === 'Bound' && tellUsers(cdi, target, claim) === 0;
}

/** Tells an object by Warnings which pods use a claim, and answers how many. */
export function tellUsers({ caches, events }: Cdi, about: KubeObject, claim: Claim): number {
  const users = caches.pods.using(claim).filter((key) => {
    const { namespace, name } = splitKey(key);
    const pod = caches.pods.cache.get(namespace, name);
    return pod !== undefined && !isFinished(pod);
  });
  for (const key of users) {
    const message = `pod ${key} using PersistentVolumeClaim ${claim.metadata.name}`;
    events.recordEvent(about, 'Warning', 'CloneSourceInUse', message);
  }
  return users.length;
}
