import type { ClaimSpec, StorageClass } from '../storage/objects.ts';
import { formatDecimal, parseQuantity } from '../storage/quantity.ts';
import type { CdiCaches } from './cdi.ts';
import { cloneOrigin, type DataVolume, type StorageProfile } from './objects.ts';
import { inflate, MEBIBYTE } from './sizes.ts';

/** A DataVolume whose claim cannot be told; its message stands in conditions and Events. */
export class RenderError extends Error {}

/**
 * The spec of a DataVolume's claim: `pvc` as it is, `storage` with what it leaves out from the StorageProfile, and a
 * stated size grown by the file system's overhead.
 */
export function renderClaimSpec(volume: DataVolume, caches: CdiCaches): ClaimSpec {
  const { pvc, storage } = volume.spec;
  if (pvc !== undefined) return structuredClone(pvc);
  if (storage === undefined) throw new RenderError('datavolume one of {pvc, storage} field is required');
  const spec = { ...structuredClone(storage) };
  const storageClass = caches.classes.get(undefined, spec.storageClassName ?? '');
  if (storageClass !== undefined) applyProfile(spec, storageClass, profileOf(caches, storageClass));
  else if (!spec.accessModes?.length) {
    throw new RenderError('PVC spec is missing accessMode and no storageClass to choose profile');
  }
  return withSize(spec, cloneOrigin(volume) !== undefined);
}

function profileOf({ profiles }: CdiCaches, { metadata }: StorageClass): StorageProfile {
  const profile = profiles.get(undefined, metadata.name);
  if (profile?.status?.claimPropertySets?.length) return profile;
  throw new RenderError(`no accessMode specified in StorageProfile ${metadata.name}`);
}

function applyProfile(spec: ClaimSpec, { metadata }: StorageClass, profile: StorageProfile): void {
  const sets = profile.status!.claimPropertySets!;
  spec.storageClassName = metadata.name;
  const asked = spec.accessModes?.length ? spec.accessModes : undefined;
  const set = sets.find(({ accessModes, volumeMode }) => {
    if (spec.volumeMode) return volumeMode === spec.volumeMode;
    return asked === undefined || accessModes.some((mode) => asked.includes(mode));
  });
  if (asked === undefined && set === undefined) {
    throw new RenderError(`no matching accessMode specified in StorageProfile ${metadata.name}`);
  }
  spec.accessModes = asked ?? [...set!.accessModes];
  spec.volumeMode ??= set?.volumeMode;
}

function withSize(spec: ClaimSpec, isClone: boolean): ClaimSpec {
  const stated = spec.resources?.requests?.storage;
  if (stated === undefined) {
    if (!isClone) throw new RenderError('PVC Spec is not valid - missing storage size');
    return withRequest(spec, '0');
  }
  const bytes = parseQuantity(stated);
  if (bytes < MEBIBYTE) throw new RenderError('PVC Spec is not valid - storage size should be at least 1MiB');
  return withRequest(spec, formatDecimal(inflate(bytes, spec.volumeMode)));
}

export function withRequest(spec: ClaimSpec, storage: string): ClaimSpec {
  return { ...spec, resources: { ...spec.resources, requests: { storage } } };
}
