import { resourcePath, Volumes } from '../../kube/kinds.ts';
import type { Claim, Volume } from '../../storage/objects.ts';
import type { Cdi } from '../cdi.ts';
import type { Clone, Phase, PhaseResult } from './plan.ts';
import { temporaryClaim } from './temporary-claim.ts';

/** The temporary claim's volume is bound to the target, across namespaces too; the temporary claim is Lost then. */
export function rebind(clone: Clone): Phase {
  return { name: 'Rebind', step: () => step(clone) };
}

async function step(clone: Clone): Promise<PhaseResult> {
  const { cdi } = clone;
  const { namespace, name } = clone.target.metadata;
  const target = cdi.caches.claims.get(namespace, name);
  if (target === undefined) throw new Error('target claim does not exist');
  // The volume controller binds the claim in two writes, so close together that the real one sees both.
  if (target.spec.volumeName) return target.status?.phase === 'Bound' ? 'done' : 'wait';
  const source = temporaryClaim(clone);
  if (source === undefined) throw new Error('source claim does not exist');
  await rebindVolume(cdi, source, target);
  return 'wait';
}

/** Hands the volume of one claim to another. */
export async function rebindVolume({ client, caches }: Cdi, source: Claim, target: Claim): Promise<void> {
  const path = resourcePath(Volumes, undefined, source.spec.volumeName);
  const volume = await client.get<Volume>(path);
  if (volume.spec.claimRef?.uid === target.metadata.uid) return;
  if (volume.spec.claimRef?.uid !== source.metadata.uid) {
    throw new Error(`PV ${volume.metadata.name} bound to unexpected claim ${volume.spec.claimRef?.name}`);
  }
  const { namespace, name, uid, resourceVersion } = target.metadata;
  const claimRef = { namespace, name, uid, resourceVersion };
  caches.volumes.observe(
    await client.replace<Volume>(path, { ...volume, spec: { ...volume.spec, claimRef } }),
  );
}
