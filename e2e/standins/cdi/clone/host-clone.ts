import { Claims, resourcePath } from '../../kube/kinds.ts';
import { annotation } from '../../kube/objects.ts';
import { NODE_NAME } from '../../node/node-object.ts';
import { selectedNode } from '../../storage/names.ts';
import type { Claim } from '../../storage/objects.ts';
import { annotate } from '../../storage/patches.ts';
import type { Cdi } from '../cdi.ts';
import { podPhase } from '../names.ts';
import type { Clone, Phase, PhaseResult } from './plan.ts';
import { sourceIsFree } from './source-in-use.ts';
import { createTemporary, specLike, temporaryClaim } from './temporary-claim.ts';

/**
 * The host-assisted copy: an empty claim beside the source, into which everything is copied. In the real one two pods
 * do it; no recording shows them succeed, so the bytes are copied here without.
 */
export function hostClone(clone: Clone): Phase {
  return { name: 'HostClone', step: () => step(clone) };
}

async function step(clone: Clone): Promise<PhaseResult> {
  const { cdi } = clone;
  const claim = temporaryClaim(clone);
  if (claim === undefined) return begin(clone);
  if (annotation(claim, podPhase) === 'Succeeded') return 'done';
  if (claim.status?.phase !== 'Bound') return consume(cdi, claim);
  await cdi.pace.wait('cdi copies a volume', cdi.signal);
  await cdi.disks.copyInto(handleOf(cdi, claim), cdi.disks.path(handleOf(cdi, sourceOf(clone))));
  const path = resourcePath(Claims, claim.metadata.namespace, claim.metadata.name);
  cdi.caches.claims.observe(await cdi.client.mergePatch<Claim>(path, annotate(podPhase, 'Succeeded')));
  return 'done';
}

async function begin(clone: Clone): Promise<PhaseResult> {
  const { cdi } = clone;
  const fromSnapshot = temporaryClaim(clone, 'tmp-source-pvc') !== undefined;
  if (!fromSnapshot && !sourceIsFree(clone)) {
    return { after: cdi.pace.milliseconds('cdi looks at a used source again') };
  }
  await createTemporary(clone, specLike(clone, {}));
  return 'wait';
}

/** The copying pods would be the first consumer of a claim that waits for one. */
async function consume({ client, caches }: Cdi, claim: Claim): Promise<PhaseResult> {
  const storageClass = caches.classes.get(undefined, claim.spec.storageClassName ?? '');
  const waits = storageClass?.volumeBindingMode === 'WaitForFirstConsumer';
  if (waits && !annotation(claim, selectedNode)) {
    const path = resourcePath(Claims, claim.metadata.namespace, claim.metadata.name);
    caches.claims.observe(await client.mergePatch<Claim>(path, annotate(selectedNode, NODE_NAME)));
  }
  return 'wait';
}

function sourceOf(clone: Clone): Claim | undefined {
  const { cdi, namespace, sourceName } = clone;
  return temporaryClaim(clone, 'tmp-source-pvc') ?? cdi.caches.claims.get(namespace, sourceName);
}

function handleOf({ caches }: Cdi, claim: Claim | undefined): string {
  const volume = caches.volumes.get(undefined, claim?.spec.volumeName ?? '');
  if (volume?.spec.csi === undefined) throw new Error('source claim does not exist');
  return volume.spec.csi.volumeHandle;
}
