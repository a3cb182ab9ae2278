import type { Again } from '../../kube/controller.ts';
import { Claims, DataVolumes, resourcePath } from '../../kube/kinds.ts';
import { annotation, isDeleting, ownerReference, splitKey } from '../../kube/objects.ts';
import type { Claim } from '../../storage/objects.ts';
import { annotate } from '../../storage/patches.ts';
import type { Cdi } from '../cdi.ts';
import { prePopulated, usePopulator } from '../names.ts';
import { isBeingExplained } from '../new-claim.ts';
import { cloneOrigin, type DataVolume } from '../objects.ts';
import { RenderError, renderClaimSpec } from '../render.ts';
import { isPopulatedFor, needsWork } from './adoption.ts';
import { cleanUpClone, type StepResult, syncClone } from './clone.ts';
import { exists } from './exists.ts';
import { syncImport, syncPopulation } from './import.ts';
import { operationOf, waitsForConsumer } from './operations.ts';
import { updateStatus } from './status.ts';

/** One pass over a DataVolume: what it needs, then its status, whatever came of the first. */
export async function reconcileDataVolume(cdi: Cdi, key: string): Promise<Again> {
  const { namespace, name } = splitKey(key);
  const volume = cdi.caches.dataVolumes.get(namespace, name);
  if (volume === undefined) return;
  const claim = cdi.caches.claims.get(namespace, name);
  const result = await attempt(() => sync(cdi, volume));
  const current = cdi.caches.dataVolumes.get(namespace, name);
  if (current === undefined) return;
  // The real one is slower than the end of a claim: the pass that this calls for is the first to tell of it.
  if (claim !== undefined && cdi.caches.claims.get(namespace, name) === undefined) {
    if (result?.error) throw result.error;
    return;
  }
  if (result === undefined && hasNewClaim(cdi, current)) {
    return { after: cdi.pace.milliseconds('cdi looks at a new claim') };
  }
  await updateStatus(cdi, current, result?.hindrance);
  if (result?.error) throw result.error;
}

/** A clone's status begins with what is told of its claim, unless that waits for its consumer. */
function hasNewClaim(cdi: Cdi, volume: DataVolume): boolean {
  const claim = cdi.caches.claims.get(volume.metadata.namespace, volume.metadata.name);
  if (claim === undefined || cloneOrigin(volume) === undefined || waitsForConsumer(cdi, claim)) return false;
  return isBeingExplained(cdi, claim);
}

async function attempt(step: () => Promise<StepResult>): Promise<StepResult> {
  try {
    return await step();
  } catch (error) {
    return { error };
  }
}

async function sync(cdi: Cdi, found: DataVolume): Promise<StepResult> {
  const operation = operationOf(found);
  const { namespace, name } = found.metadata;
  if (operation === 'clone') await cleanUpClone(cdi, found);
  if (isDeleting(found)) return undefined;
  const claim = cdi.caches.claims.get(namespace, name);
  const spec = render(cdi, found);
  if ('hindrance' in spec) return spec;
  const volume = await markPopulated(cdi, cdi.caches.dataVolumes.get(namespace, name) ?? found);
  if (claim !== undefined) {
    await takeClaim(cdi, volume, claim);
    if (!needsWork(claim, volume)) return undefined;
  } else if (annotation(volume, prePopulated) !== undefined) return undefined;
  const steps = { clone: syncClone, import: syncImport, population: syncPopulation };
  return steps[operation](cdi, volume, claim, spec.spec);
}

function render({ caches, events }: Cdi, volume: DataVolume) {
  try {
    return { spec: renderClaimSpec(volume, caches) };
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    events.recordEvent(volume, 'Warning', 'ErrClaimNotValid', error.message);
    const { message } = error;
    return { hindrance: { phase: undefined, type: 'Warning' as const, reason: 'ErrClaimNotValid', message } };
  }
}

/** Writing it back, CDI also fills in an empty `resources`. */
async function markPopulated({ client, caches }: Cdi, volume: DataVolume): Promise<DataVolume> {
  if (annotation(volume, usePopulator) !== undefined) return volume;
  const { namespace, name } = volume.metadata;
  const empty = volume.spec.storage && !volume.spec.storage.resources;
  const patch = {
    ...annotate(usePopulator, 'true'),
    ...(empty ? { spec: { storage: { resources: {} } } } : {}),
  };
  const patched = await client.mergePatch<DataVolume>(resourcePath(DataVolumes, namespace, name), patch);
  return caches.dataVolumes.observe(patched);
}

/**
 * A claim of the DataVolume's name: its own, one to adopt, or one in the way. What becomes of a claim after its
 * DataVolume's end can be heard of before that is.
 */
async function takeClaim({ client, caches, events }: Cdi, volume: DataVolume, claim: Claim): Promise<void> {
  const refuse = (reason: string, message: string) => {
    events.recordEvent(volume, 'Warning', reason, message);
    return new Error(message);
  };
  const { namespace, name, ownerReferences = [] } = claim.metadata;
  if (isDeleting(claim)) {
    if (!(await exists(client, volume))) return;
    throw refuse('ErrResourceMarkedForDeletion', `Resource "${name}" marked for deletion`);
  }
  if (isPopulatedFor(claim, volume) && claim.status?.phase === 'Bound') {
    await markPrePopulated({ client, caches }, volume, name);
  }
  if (ownerReferences.some(({ uid, controller }) => controller && uid === volume.metadata.uid)) return;
  if (needsWork(claim, volume)) {
    if (!(await exists(client, volume))) return;
    throw refuse('ErrResourceExists', `Resource "${name}" already exists and is not managed by DataVolume`);
  }
  const owner = ownerReference(volume, { controller: true, blockOwnerDeletion: true });
  const patch = { metadata: { ownerReferences: [...ownerReferences, owner] } };
  caches.claims.observe(await client.mergePatch<Claim>(resourcePath(Claims, namespace, name), patch));
}

async function markPrePopulated(
  { client, caches }: Pick<Cdi, 'client' | 'caches'>,
  volume: DataVolume,
  claimName: string,
): Promise<void> {
  if (annotation(volume, prePopulated) === claimName) return;
  const path = resourcePath(DataVolumes, volume.metadata.namespace, volume.metadata.name);
  caches.dataVolumes.observe(await client.mergePatch<DataVolume>(path, annotate(prePopulated, claimName)));
}
