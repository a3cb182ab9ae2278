import type { Claim, ClaimSpec, VolumeSnapshot } from '../../storage/objects.ts';
import { formatDecimal, parseQuantity } from '../../storage/quantity.ts';
import type { Cdi } from '../cdi.ts';
import { cloneOrigin, type DataVolume } from '../objects.ts';
import { withRequest } from '../render.ts';
import { inflate } from '../sizes.ts';
import type { Hindrance } from './status.ts';

/** The claim's spec with its size, or why the source cannot be cloned (yet): then there is no phase, nor an error. */
export function checkSource(
  cdi: Cdi,
  volume: DataVolume,
  spec: ClaimSpec,
): { readonly spec: ClaimSpec } | { readonly hindrance: Hindrance } {
  const { kind, namespace, name } = cloneOrigin(volume)!;
  const snapshot = kind === 'snapshot' ? cdi.caches.snapshots.get(namespace, name) : undefined;
  const claim = kind === 'pvc' ? cdi.caches.claims.get(namespace, name) : undefined;
  try {
    if (snapshot !== undefined) return { spec: ofSnapshot(cdi, spec, snapshot) };
    if (claim !== undefined) return { spec: ofClaim(volume, spec, claim) };
  } catch (error) {
    const message = `The clone doesn't meet the validation requirements: ${(error as Error).message}`;
    return { hindrance: hindrance(volume, 'CloneValidationFailed', message) };
  }
  return { hindrance: hindrance(volume, 'CloneWithoutSource', `The source ${kind} ${name} doesn't exist`) };
}

function hindrance({ status }: DataVolume, reason: string, message: string): Hindrance {
  return { phase: status?.phase, type: 'Warning', reason, message };
}

function ofSnapshot(
  cdi: Cdi,
  spec: ClaimSpec,
  { metadata, spec: source, status }: VolumeSnapshot,
): ClaimSpec {
  const { namespace, name } = metadata;
  if (status === undefined) throw new Error('no status on source snapshot yet');
  if (status.error)
    throw new Error(`snapshot in error state with msg: ${status.error.message ?? 'no details'}`);
  if (!source.volumeSnapshotClassName) {
    throw new Error(`snapshot ${name}/${namespace} does not have volume snap class populated, can't clone`);
  }
  if (status.restoreSize === undefined) throw new Error('snapshot has no restore size');
  const needed = parseQuantity(status.restoreSize);
  const requested = requestOf(spec);
  if (requested > 0) {
    // A size that was stated is compared as it was stated, before the file system's overhead.
    requireRoom(deflate(requested, spec), needed);
    return spec;
  }
  const content = cdi.caches.contents.get(undefined, status.boundVolumeSnapshotContentName ?? '');
  const fromBlock = content?.spec.sourceVolumeMode === 'Block';
  const grows = fromBlock && spec.volumeMode !== 'Block';
  return withRequest(spec, grows ? formatDecimal(inflate(needed, spec.volumeMode)) : status.restoreSize);
}

/** Of a file system nobody knows yet how large the image on it is: the populator looks again. */
function ofClaim(volume: DataVolume, spec: ClaimSpec, source: Claim): ClaimSpec {
  const isStated = requestOf(spec) > 0;
  if (volume.spec.pvc) requireRoom(requestOf(spec), requestOf(source.spec));
  else if (isStated && source.spec.volumeMode === 'Block') {
    requireRoom(deflate(requestOf(spec), spec), requestOf(source.spec));
  }
  return spec;
}

function requestOf({ resources }: ClaimSpec): number {
  return parseQuantity(resources?.requests?.storage ?? '0');
}

function deflate(bytes: number, { volumeMode }: ClaimSpec): number {
  return Math.floor(bytes / (inflate(1_000_000, volumeMode) / 1_000_000));
}

function requireRoom(requested: number, needed: number): void {
  if (requested >= needed) return;
  throw new Error(
    `target resources requests storage size is smaller than the source ${requested} < ${needed}`,
  );
}
