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
  permissiveClone,
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
import { exists } from './exists.ts';
import { waitsForConsumer } from './operations.ts';
import { clonePhaseEvent } from './phase-events.ts';
import { type DetectedSize, detectSize, removeSizeDetection } from './size-detection.ts';
import { checkSource } from './source-checks.ts';
import { type Hindrance, isQuotaExceeded, updateStatus } from './status.ts';

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
  // Told before anything else: a consumer may be waiting for the claim already.
  if (claim === undefined && waitsForConsumer(cdi, made.claim)) await updateStatus(cdi, volume);
  if (claim !== undefined) await ensureCloneSource(cdi, volume);
  await followClaim(cdi, volume, made.claim);
  return undefined;
}

/** Removes what a clone left elsewhere, once it is done or not wanted any more. */
export async function cleanUpClone(cdi: Cdi, volume: DataVolume): Promise<void> {
  const done = volume.status?.phase === 'Succeeded';
  if (!isDeleting(volume) && !done) return;
  const { kind, namespace, name } = cloneOrigin(volume)!;
  const source = kind === 'pvc' ? cdi.caches.claims.get(namespace, name) : undefined;
  if (source) await removeSizeDetection(cdi, volume, source);
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
  const detected = await withSize(cdi, volume, checked.spec);
  if (detected === undefined)
    return {
      result: { hindrance: { phase: 'CloneScheduled', ...clonePhaseEvent(volume, 'CloneScheduled')! } },
    };
  const annotations: Record<string, string> = {
    ...(crosses ? { [dataSourceNamespace]: cloneOrigin(volume)!.namespace } : {}),
    ...(detected.permissive ? { [permissiveClone]: 'true' } : {}),
  };
  const token = annotation(volume, cloneToken);
  if (token && crosses) annotations[cloneToken] = token;
  if (volume.status?.claimName) {
    await cdi.pace.wait('cdi makes a claim again', cdi.signal);
    if (!(await exists(cdi.client, volume))) return { result: {} };
  }
  // Made after the claim in the real one, whose populator looks at the claim only later.
  await ensureCloneSource(cdi, volume);
  try {
    const template = { ...volume, metadata: { ...volume.metadata, annotations: withoutToken(volume) } };
    return { claim: await createClaim(cdi, template, { ...detected.spec, dataSourceRef }, annotations) };
  } catch (error) {
    if (!isQuotaExceeded(error)) throw error;
    const message = (error as Error).message;
    const hindrance = { phase: 'Pending', type: 'Warning', reason: 'ErrExceededQuota', message } as const;
    return { result: { hindrance, error } };
  }
}

/** The spec with a size: of a claim that is cloned somebody may have to look at it first. */
async function withSize(cdi: Cdi, volume: DataVolume, spec: ClaimSpec): Promise<DetectedSize | undefined> {
  const { kind, namespace, name } = cloneOrigin(volume)!;
  const source = kind === 'pvc' ? cdi.caches.claims.get(namespace, name) : undefined;
  if (source === undefined || volume.spec.pvc) return { spec, permissive: false };
  return detectSize(cdi, volume, spec, source);
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
  for (const name of [permissiveClone, cloneType]) {
    const value = annotation(claim, name);
    if (value === undefined || annotation(volume, name) === value) continue;
    const path = resourcePath(DataVolumes, volume.metadata.namespace, volume.metadata.name);
    caches.dataVolumes.observe(await client.mergePatch<DataVolume>(path, annotate(name, value)));
  }
  if (!isCrossNamespace(volume) || annotation(claim, extendedToken)) return;
  if (isBeingMarked({ caches }, claim)) return;
  const path = resourcePath(Claims, claim.metadata.namespace, claim.metadata.name);
  caches.claims.observe(await client.mergePatch<Claim>(path, annotate(extendedToken, randomUUID())));
}
