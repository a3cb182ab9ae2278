import { isConflict } from '../../kube/error.ts';
import { Claims, resourcePath } from '../../kube/kinds.ts';
import { annotation, hasFinalizer, isDeleting, splitKey } from '../../kube/objects.ts';
import type { Claim } from '../../storage/objects.ts';
import { withoutFinalizers } from '../../storage/patches.ts';
import { updateBoundCondition } from '../bound-condition.ts';
import type { Cdi } from '../cdi.ts';
import { waitsForConsumer } from '../datavolume/operations.ts';
import {
  cloneError,
  cloneFinalizer,
  clonePhase,
  cloneType,
  commonLabels,
  createdFor,
  dataSourceNamespace,
  fallbackReason,
  noFillingUpAlert,
  populatorProgress,
  running,
  runningMessage,
  runningReason,
} from '../names.ts';
import { isBeingMarked } from '../new-claim.ts';
import type { CloneSource } from '../objects.ts';
import { cleanUp } from './clean-up.ts';
import { planOf } from './plan.ts';
import { chooseStrategy, type Strategy } from './strategy.ts';

type Again = { readonly after: number } | undefined;

/** One pass over a claim whose dataSourceRef is a VolumeCloneSource: one phase after the other, until it is bound. */
export async function reconcileClone(cdi: Cdi, key: string): Promise<Again> {
  const { namespace, name } = splitKey(key);
  const found = cdi.caches.claims.get(namespace, name);
  if (found === undefined || !isCloneTarget(found)) return undefined;
  if (isBeingMarked(cdi, found)) return { after: cdi.pace.milliseconds('cdi looks at a new claim') };
  const claim = await updateBoundCondition(cdi, found);
  if (!isDeleting(claim) && annotation(claim, clonePhase) !== 'Succeeded') return attempt(cdi, claim);
  if (hasFinalizer(claim, cloneFinalizer)) await finish(cdi, claim);
  return undefined;
}

export function isCloneTarget({ spec }: Claim): boolean {
  return (
    spec.dataSourceRef?.kind === 'VolumeCloneSource' && spec.dataSourceRef.apiGroup === 'cdi.kubevirt.io'
  );
}

async function attempt(cdi: Cdi, claim: Claim): Promise<Again> {
  try {
    return await advance(cdi, claim);
  } catch (error) {
    if (isConflict(error)) throw error;
    const current = cdi.caches.claims.get(claim.metadata.namespace, claim.metadata.name) ?? claim;
    await setPhase(cdi, current, 'Error', (error as Error).message);
    throw error;
  }
}

async function advance(cdi: Cdi, claim: Claim): Promise<Again> {
  if (waitsForConsumer(cdi, claim)) return setPhase(cdi, claim, 'Pending');
  const sourceNamespace = annotation(claim, dataSourceNamespace) ?? claim.metadata.namespace;
  const source = cdi.caches.cloneSources.get(sourceNamespace, claim.spec.dataSourceRef!.name);
  if (source === undefined) return setPhase(cdi, claim, 'Pending');
  const saved = annotation(claim, cloneType) as Strategy | undefined;
  const chosen = saved ? { strategy: saved } : chooseStrategy(cdi, claim, source);
  if (chosen === undefined) {
    await setPhase(cdi, claim, 'Pending');
    return { after: cdi.pace.milliseconds('cdi looks for a source again') };
  }
  const ready = await initialise(cdi, claim, chosen.strategy, chosen.fallback);
  if (!cdi.telling.isTold(cdi, ready)) return { after: cdi.pace.milliseconds('cdi looks at a new claim') };
  return runPhases(cdi, ready, source, chosen.strategy);
}

async function runPhases(cdi: Cdi, claim: Claim, source: CloneSource, strategy: Strategy): Promise<Again> {
  const isBound = claim.status?.phase === 'Bound';
  for (const phase of planOf(cdi, claim, source, strategy)) {
    const result = isBound ? 'done' : await phase.step();
    if (result === 'done') continue;
    const current = cdi.caches.claims.get(claim.metadata.namespace, claim.metadata.name) ?? claim;
    // The volume controller binds the claim before the real one can say that it was rebound.
    if (phase.name !== 'Rebind') await setPhase(cdi, current, phase.name);
    return result === 'wait' ? undefined : result;
  }
  const current = cdi.caches.claims.get(claim.metadata.namespace, claim.metadata.name) ?? claim;
  return setPhase(cdi, current, 'Succeeded');
}

/** The claim is kept by a finalizer, and its strategy once and for all, before anything is made for it. */
async function initialise(cdi: Cdi, claim: Claim, strategy: Strategy, fallback?: string): Promise<Claim> {
  if (hasFinalizer(claim, cloneFinalizer) && annotation(claim, cloneType)) return claim;
  const { namespace, name, finalizers = [], resourceVersion } = claim.metadata;
  const fileSystem = claim.spec.volumeMode === 'Block' ? {} : noFillingUpAlert;
  const metadata = {
    resourceVersion,
    labels: { app: commonLabels.app, ...fileSystem },
    annotations: {
      [cloneType]: strategy,
      [clonePhase]: annotation(claim, clonePhase) ?? 'Pending',
      ...(fallback ? { [fallbackReason]: fallback } : {}),
    },
    finalizers: [...new Set([...finalizers, cloneFinalizer])],
  };
  const path = resourcePath(Claims, namespace, name);
  return cdi.caches.claims.observe(await cdi.client.mergePatch<Claim>(path, { metadata }));
}

async function setPhase(cdi: Cdi, claim: Claim, phase: string, error?: string): Promise<undefined> {
  const annotations: Record<string, string | null> = {
    [clonePhase]: phase,
    [cloneError]: error ?? null,
    ...(phase === 'Succeeded' ? { [populatorProgress]: '100.0%' } : {}),
    ...(annotation(claim, createdFor) ? runningAnnotations(phase, error) : {}),
  };
  const changed = Object.entries(annotations).some(
    ([key, value]) => (annotation(claim, key) ?? null) !== value,
  );
  if (!changed) return undefined;
  const path = resourcePath(Claims, claim.metadata.namespace, claim.metadata.name);
  cdi.caches.claims.observe(await cdi.client.mergePatch<Claim>(path, { metadata: { annotations } }));
  return undefined;
}

function runningAnnotations(phase: string, error: string | undefined): Record<string, string> {
  const said = (status: string, message: string, reason: string) => ({
    [running]: status,
    [runningMessage]: message,
    [runningReason]: reason,
  });
  if (phase === 'Succeeded') return said('false', 'Clone Complete', 'Completed');
  if (phase === 'Pending') return said('false', 'Clone Pending', 'Pending');
  if (phase === 'Error') return said('false', error ?? '', 'Error');
  return said('true', '', 'Populator is running');
}

async function finish(cdi: Cdi, claim: Claim): Promise<void> {
  await cleanUp(cdi, claim);
  const path = resourcePath(Claims, claim.metadata.namespace, claim.metadata.name);
  cdi.caches.claims.observe(
    await cdi.client.mergePatch<Claim>(path, withoutFinalizers(claim, [cloneFinalizer])),
  );
}
