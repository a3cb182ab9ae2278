import { annotation } from '../../kube/objects.ts';
import { bindImmediately, cloneRequest, ownerUid, podPhase, podRestarts, preallocation } from '../names.ts';
import type { Clone, Phase, PhaseResult } from './plan.ts';
import {
  createTemporary,
  specLike,
  temporaryClaim,
  temporaryName,
  whenBoundOrWaiting,
} from './temporary-claim.ts';

/** The host-assisted copy: an empty claim beside the source, that says what is to be copied into it. */
export function hostClone(clone: Clone): Phase {
  return { name: 'HostClone', step: () => step(clone) };
}

async function step(clone: Clone): Promise<PhaseResult> {
  const claim =
    temporaryClaim(clone) ?? (await createTemporary(clone, specLike(clone, {}), 'tmp-pvc', copy(clone)));
  whenBoundOrWaiting(clone, claim);
  return annotation(claim, podPhase) === 'Succeeded' ? 'done' : 'wait';
}

function copy(clone: Clone): Record<string, string> {
  const { cdi, namespace, sourceName, target } = clone;
  const taken = temporaryClaim(clone, 'tmp-source-pvc') && temporaryName(clone, 'tmp-source-pvc');
  const source = cdi.caches.claims.get(namespace, taken ?? sourceName);
  if (source === undefined) throw new Error('source claim does not exist');
  return {
    [preallocation]: annotation(target, preallocation) ?? 'false',
    [ownerUid]: target.metadata.uid,
    [podRestarts]: '0',
    [cloneRequest]: `${namespace}/${source.metadata.name}`,
    [bindImmediately]: '',
  };
}
