import type { Clone, Phase, PhaseResult } from './plan.ts';
import { sourceIsFree } from './source-in-use.ts';
import { createTemporary, specLike, temporaryClaim, whenBoundOrWaiting } from './temporary-claim.ts';

/** The driver clones the source's volume, once nobody uses it. */
export function csiClone(clone: Clone): Phase {
  return { name: 'CSIClone', step: () => step(clone) };
}

async function step(clone: Clone): Promise<PhaseResult> {
  const { cdi, namespace, sourceName } = clone;
  const existing = temporaryClaim(clone);
  if (existing) return whenBoundOrWaiting(clone, existing);
  if (!sourceIsFree(clone)) return { after: cdi.pace.milliseconds('cdi looks at a used source again') };
  const source = cdi.caches.claims.get(namespace, sourceName)!;
  const dataSourceRef = { kind: 'PersistentVolumeClaim', name: sourceName };
  const spec = specLike(clone, { dataSourceRef, size: source.status?.capacity?.storage });
  return whenBoundOrWaiting(clone, await createTemporary(clone, spec));
}
