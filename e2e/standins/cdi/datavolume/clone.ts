import { randomUUID } from 'node:crypto';
import { unlessNotFound } from '../../kube/error.ts';
import { Claims, DataVolumes, resourcePath, VolumeCloneSources } from '../../kube/kinds.ts';
import { annotation, hasFinalizer, isDeleting, ownerReference } from '../../kube/objects.ts';
import type { Claim, ClaimSpec } from '../../storage/objects.ts';
import { addFinalizers, annotate, withoutFinalizers } from '../../storage/patches.ts';
import type { Cdi } from '../cdi.ts';
import {
  cloneToken,
  cloneType,
  crossNamespaceFinalizer,
  dataSourceNamespace,
  extendedToken,
  ownedByDataVolume,
} from '../names.ts';
import { isBeingMarked } from '../new-claim.ts';
import {
  type CloneOrigin,
  type CloneSource,
  cloneOrigin,
  type DataVolume,
  isCrossNamespace,
} from '../objects.ts';
import { createClaim } from './claim.ts';
import { clonePhaseEvent } from './phase-events.ts';
import { checkSource } from './source-checks.ts';
import { type Hindrance, isQuotaExceeded } from './status.ts';

/** What a step answers when the pass ends with it: why the DataVolume cannot go on, or that it will be called again. */
export type StepResult = { readonly hindrance?: Hindrance; readonly error?: unknown } | undefined;

/** A cloning DataVolume's pass: its claim, and the VolumeCloneSource in the source's namespace that fills it. */
export async function syncClone(
  cdi: Cdi,
  volume: DataVolume,
  claim: Claim | undefined,
  spec: ClaimSpec,
): Promise<StepResult> {
  const crosses = isCrossNamespace(volume);
  if (crosses && !annotation(volume, extendedToken)) return giveToken(cdi, volume);
  const made = claim === undefined ? await makeClaim(cdi, volume, spec) : { claim };
  if (!('claim' in made)) return made.result;
  if (claim !== undefined) await ensureCloneSource(cdi, volume);
  await followClaim(cdi, volume, made.claim);
  return undefined;
}

/** Removes what a clone left elsewhere, once it is done or not wanted any more. */
export async function cleanUpClone(cdi: Cdi, volume: DataVolume): Promise<void> {
  const done = volume.status?.phase === 'Succeeded';
  if (!isDeleting(volume) && !done) return;
  const { namespace } = cloneOrigin(volume)!;
  if (cdi.caches.cloneSources.get(namespace, cloneSourceName(volume))) {
    const path = resourcePath(VolumeCloneSources, namespace, cloneSourceName(volume));
    await unlessNotFound(cdi.client.delete(path));
  }
  if (!hasFinalizer(volume, crossNamespaceFinalizer)) return;
  const path = resourcePath(DataVolumes, volume.metadata.namespace, volume.metadata.name);
  const patched = await unlessNotFound(
    cdi.client.mergePatch<DataVolume>(path, withoutFinalizers(volume, [crossNamespaceFinalizer])),
  );
  if (patched) cdi.caches.dataVolumes.observe(patched);
}

export function cloneSourceName({ metadata }: DataVolume): string {
  return `volume-clone-source-${metadata.uid}`;
}

async function giveToken({ client, caches }: Cdi, volume: DataVolume): Promise<StepResult> {
  const path = resourcePath(DataVolumes, volume.metadata.namespace, volume.metadata.name);
  caches.dataVolumes.observe(
    await client.mergePatch<DataVolume>(path, annotate(extendedToken, randomUUID())),
  );
  return {};
}

async function makeClaim(
  cdi: Cdi,
  volume: DataVolume,
  spec: ClaimSpec,
): Promise<{ claim: Claim } | { result: StepResult }> {
  const checked = checkSource(cdi, volume, spec);
  if ('hindrance' in checked) return { result: checked };
  const crosses = isCrossNamespace(volume);
  if (crosses && !hasFinalizer(volume, crossNamespaceFinalizer))
    return { result: await keepForClone(cdi, volume) };
  const dataSourceRef = {
    apiGroup: 'cdi.kubevirt.io',
    kind: 'VolumeCloneSource',
    name: cloneSourceName(volume),
  };
  const annotations: Record<string, string> = crosses
    ? { [dataSourceNamespace]: cloneOrigin(volume)!.namespace }
    : {};
  const token = annotation(volume, cloneToken);
  if (token && crosses) annotations[cloneToken] = token;
  // Made after the claim in the real one, whose populator looks at the claim only later.
  await ensureCloneSource(cdi, volume);
  try {
    const template = { ...volume, metadata: { ...volume.metadata, annotations: withoutToken(volume) } };
    return { claim: await createClaim(cdi, template, { ...checked.spec, dataSourceRef }, annotations) };
  } catch (error) {
    if (!isQuotaExceeded(error)) throw error;
    const message = (error as Error).message;
    const hindrance = { phase: 'Pending', type: 'Warning', reason: 'ErrExceededQuota', message } as const;
    return { result: { hindrance, error } };
  }
}

function withoutToken({ metadata }: DataVolume): Record<string, string> {
  const { [cloneToken]: _, ...annotations } = metadata.annotations ?? {};
  return annotations;
}

async function keepForClone({ client, caches }: Cdi, volume: DataVolume): Promise<StepResult> {
  const path = resourcePath(DataVolumes, volume.metadata.namespace, volume.metadata.name);
  const patch = addFinalizers(volume, [crossNamespaceFinalizer]);
  caches.dataVolumes.observe(await client.jsonPatch<DataVolume>(path, patch));
  return { hindrance: { phase: 'CloneScheduled', ...clonePhaseEvent(volume, 'CloneScheduled')! } };
}

async function ensureCloneSource({ client, caches }: Cdi, volume: DataVolume): Promise<void> {
  const origin = cloneOrigin(volume)!;
  const name = cloneSourceName(volume);
  if (caches.cloneSources.get(origin.namespace, name)) return;
  if (volume.status?.phase === 'Succeeded') return;
  const path = resourcePath(VolumeCloneSources, origin.namespace);
  const metadata = { namespace: origin.namespace, name, ...ownership(volume) };
  const source = {
    apiVersion: 'cdi.kubevirt.io/v1beta1',
    kind: 'VolumeCloneSource',
    metadata,
    spec: { source: sourceReference(origin), preallocation: volume.spec.preallocation },
  };
  caches.cloneSources.observe(await client.create<CloneSource>(path, source));
}

function ownership(volume: DataVolume): object {
  if (!isCrossNamespace(volume)) {
    return { ownerReferences: [ownerReference(volume, { controller: true, blockOwnerDeletion: true })] };
  }
  const { namespace, name } = volume.metadata;
  return { annotations: { [ownedByDataVolume]: `${namespace}/${name}` } };
}

function sourceReference({ kind, name }: CloneOrigin) {
  if (kind === 'pvc') return { kind: 'PersistentVolumeClaim', name };
  return { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name };
}

async function followClaim({ client, caches }: Cdi, volume: DataVolume, claim: Claim): Promise<void> {
  const type = annotation(claim, cloneType);
  if (type !== undefined && annotation(volume, cloneType) !== type) {
    const path = resourcePath(DataVolumes, volume.metadata.namespace, volume.metadata.name);
    caches.dataVolumes.observe(await client.mergePatch<DataVolume>(path, annotate(cloneType, type)));
  }
  if (!isCrossNamespace(volume) || annotation(claim, extendedToken)) return;
  if (isBeingMarked({ caches }, claim)) return;
  const path = resourcePath(Claims, claim.metadata.namespace, claim.metadata.name);
  caches.claims.observe(await client.mergePatch<Claim>(path, annotate(extendedToken, randomUUID())));
}
