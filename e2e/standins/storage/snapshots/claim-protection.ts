import { unlessNotFound } from '../../kube/error.ts';
import { Claims, resourcePath } from '../../kube/kinds.ts';
import { hasFinalizer, isDeleting } from '../../kube/objects.ts';
import { claimAsSource } from '../names.ts';
import type { Claim, VolumeSnapshot } from '../objects.ts';
import { addFinalizers, withoutFinalizers } from '../patches.ts';
import { type SnapshotController, updateError } from './controller.ts';

/** Keeps the claim that a snapshot is being made of. */
export async function protectClaim(
  { core, caches }: SnapshotController,
  snapshot: VolumeSnapshot,
): Promise<void> {
  const claim = sourceClaim(caches.claims, snapshot);
  if (claim === undefined) throw updateError(snapshot.metadata.name, 'cannot get claim from snapshot');
  if (hasFinalizer(claim, claimAsSource)) return;
  const { namespace, name } = claim.metadata;
  if (isDeleting(claim)) {
    throw updateError(name, 'cannot add finalizer on claim because it is being deleted');
  }
  const path = resourcePath(Claims, namespace, name);
  try {
    caches.claims.observe(await core.jsonPatch<Claim>(path, addFinalizers(claim, [claimAsSource])));
  } catch (error) {
    throw updateError(name, (error as Error).message);
  }
}

/** Lets a claim go that no unready snapshot is made of any more; `leaving` does not count itself. */
export async function releaseClaim(
  { core, caches }: SnapshotController,
  snapshot: VolumeSnapshot,
  leaving: boolean,
): Promise<void> {
  const claim = sourceClaim(caches.claims, snapshot);
  if (claim === undefined || !hasFinalizer(claim, claimAsSource)) return;
  const used = caches.snapshots
    .list(snapshot.metadata.namespace)
    .filter((other) => !(leaving && other.metadata.name === snapshot.metadata.name))
    .some((other) => isOf(other, claim) && !other.status?.readyToUse);
  if (used) return;
  const path = resourcePath(Claims, claim.metadata.namespace, claim.metadata.name);
  const current = await unlessNotFound(core.get<Claim>(path));
  if (current === undefined) return;
  caches.claims.observe(await core.mergePatch<Claim>(path, withoutFinalizers(current, [claimAsSource])));
}

function sourceClaim(
  claims: SnapshotController['caches']['claims'],
  snapshot: VolumeSnapshot,
): Claim | undefined {
  const name = snapshot.spec.source.persistentVolumeClaimName;
  return name === undefined ? undefined : claims.get(snapshot.metadata.namespace, name);
}

function isOf(snapshot: VolumeSnapshot, claim: Claim): boolean {
  return snapshot.spec.source.persistentVolumeClaimName === claim.metadata.name;
}
