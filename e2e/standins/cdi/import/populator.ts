import type { Again } from '../../kube/controller.ts';
import { isAlreadyExists } from '../../kube/error.ts';
import { Claims, Pods, resourcePath } from '../../kube/kinds.ts';
import { annotation, isDeleting, splitKey } from '../../kube/objects.ts';
import type { Pod } from '../../node/objects.ts';
import { claimNames } from '../../node/objects.ts';
import type { Claim } from '../../storage/objects.ts';
import { annotate } from '../../storage/patches.ts';
import { updateBoundCondition } from '../bound-condition.ts';
import type { Cdi } from '../cdi.ts';
import { rebindVolume } from '../clone/rebind.ts';
import { waitsForConsumer } from '../datavolume/operations.ts';
import { importPodName, podPhase, populatorProgress, primeName } from '../names.ts';
import { isBeingMarked } from '../new-claim.ts';
import { cleanUpImport } from './clean-up.ts';
import { importerNameOf, importerPod, primeClaim, primeNameOf } from './manifests.ts';
import { followPod } from './progress.ts';

/**
 * One pass over a claim whose dataSourceRef is a VolumeImportSource (blank): a `prime` claim is filled by an importer
 * pod, and its volume then bound to the target.
 */
export async function reconcileImport(cdi: Cdi, key: string): Promise<Again> {
  const { namespace, name } = splitKey(key);
  const found = cdi.caches.claims.get(namespace, name);
  if (found === undefined || !isImportTarget(found) || isDeleting(found)) return;
  if (isBeingMarked(cdi, found)) return { after: cdi.pace.milliseconds('cdi looks at a new claim') };
  const prime = cdi.caches.claims.get(namespace, primeNameOf(found));
  if (prime) tellEvents(cdi, prime, found);
  const claim = await updateBoundCondition(cdi, found);
  if (claim.status?.phase === 'Bound') return cleanUpImport(cdi, claim);
  if (waitsForConsumer(cdi, claim)) return;
  if (prime === undefined) return begin(cdi, claim);
  await advance(cdi, claim, prime);
}

export function isImportTarget({ spec }: Claim): boolean {
  return (
    spec.dataSourceRef?.kind === 'VolumeImportSource' && spec.dataSourceRef.apiGroup === 'cdi.kubevirt.io'
  );
}

async function begin(cdi: Cdi, claim: Claim): Promise<void> {
  const { client, caches, events } = cdi;
  const path = resourcePath(Claims, claim.metadata.namespace);
  const prime = caches.claims.observe(await client.create<Claim>(path, primeClaim(claim)));
  events.recordEvent(claim, 'Normal', 'CreatedPVCPrimeSuccessfully', 'PVC Prime created successfully');
  const patch = annotate(primeName, prime.metadata.name);
  caches.claims.observe(await client.mergePatch<Claim>(`${path}/${claim.metadata.name}`, patch));
}

async function advance(cdi: Cdi, claim: Claim, prime: Claim): Promise<void> {
  const pod = await podOf(cdi, prime, claim);
  await followPod(cdi, prime, pod, { [importPodName]: importerNameOf(prime) });
  const progress: Record<string, string> =
    pod?.status?.phase === 'Succeeded' ? { [populatorProgress]: '100.0%' } : {};
  const followed = await followPod(cdi, claim, pod, progress);
  if (annotation(followed, podPhase) === 'Succeeded') await rebindVolume(cdi, prime, followed);
}

async function podOf({ client, caches }: Cdi, prime: Claim, claim: Claim): Promise<Pod | undefined> {
  const manifest = importerPod(prime, claim);
  const { namespace, name } = manifest.metadata;
  const existing = caches.pods.cache.get(namespace, name);
  if (existing) return existing;
  try {
    return caches.pods.cache.observe(await client.create<Pod>(resourcePath(Pods, namespace), manifest));
  } catch (error) {
    if (isAlreadyExists(error)) return undefined;
    throw error;
  }
}

function tellEvents({ caches, events }: Cdi, prime: Claim, claim: Claim): void {
  const known = new Set(caches.claimEvents.of(claim).map(({ message }) => message));
  for (const event of caches.claimEvents.of(prime)) {
    const message = `[${prime.metadata.name}] : ${event.message}`;
    if (!known.has(event.message) && !known.has(message) && event.reason !== 'ClaimMisbound') {
      events.recordEvent(claim, event.type, event.reason, message);
    }
  }
}

/** The key of the target of an importer pod. */
export function importTargetOf(cdi: Cdi, pod: Pod): string[] {
  return claimNames(pod).flatMap((name) => {
    const owner = cdi.caches.claims.get(pod.metadata.namespace, name)?.metadata.ownerReferences?.[0];
    return owner?.kind === 'PersistentVolumeClaim' ? [`${pod.metadata.namespace}/${owner.name}`] : [];
  });
}
