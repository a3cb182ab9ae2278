import type { Cache } from '../../kube/cache.ts';
import { annotation, isDeleting } from '../../kube/objects.ts';
import type { StorageCaches } from '../caches.ts';
import type { ContentSource } from '../driver.ts';
import { allowModeChange } from '../names.ts';
import type { Claim, StorageClass, VolumeSnapshot, VolumeSnapshotContent } from '../objects.ts';
import { parseQuantity } from '../quantity.ts';

/** What a claim's new volume is made from; `foreign` is left to a populator. */
export type ClaimSource =
  | { readonly kind: 'empty' }
  | { readonly kind: 'foreign' }
  | { readonly kind: 'snapshot'; readonly content: ContentSource; readonly snapshot: VolumeSnapshot }
  | { readonly kind: 'claim'; readonly content: ContentSource; readonly source: Claim };

/** Resolves a claim's data source as the external provisioner does; throws what its Event says. */
export function sourceOf(claim: Claim, storageClass: StorageClass, caches: StorageCaches): ClaimSource {
  const reference = claim.spec.dataSource ?? claim.spec.dataSourceRef;
  if (reference === undefined) return { kind: 'empty' };
  const failed = (error: unknown) =>
    new Error(
      `error getting handle for DataSource Type ${reference.kind} by Name ${reference.name}: ${(error as Error).message}`,
    );
  try {
    if (reference.kind === 'VolumeSnapshot')
      return snapshotSource(claim, reference.name, storageClass, caches);
    if (reference.kind === 'PersistentVolumeClaim')
      return claimSource(claim, reference.name, storageClass, caches);
  } catch (error) {
    throw failed(error);
  }
  return { kind: 'foreign' };
}

function snapshotSource(
  claim: Claim,
  name: string,
  storageClass: StorageClass,
  caches: StorageCaches,
): ClaimSource {
  const snapshot = existing(caches.snapshots, claim, name);
  if (isDeleting(snapshot)) throw new Error(`snapshot ${name} is being deleted`);
  const contentName = snapshot.status?.boundVolumeSnapshotContentName;
  if (contentName === undefined) throw new Error(`snapshot ${name} not bound`);
  const content = caches.contents.get(undefined, contentName);
  if (content === undefined)
    throw new Error(`error getting snapshotcontent ${contentName} for snapshot ${name}`);
  checkContent(content, snapshot, storageClass);
  checkSize(claim, snapshot);
  checkMode(claim, content);
  return { kind: 'snapshot', snapshot, content: { snapshotHandle: content.status!.snapshotHandle! } };
}

function existing(snapshots: Cache<VolumeSnapshot>, claim: Claim, name: string): VolumeSnapshot {
  const snapshot = snapshots.get(claim.metadata.namespace, name);
  if (snapshot !== undefined) return snapshot;
  const notFound = `volumesnapshots.snapshot.storage.k8s.io "${name}" not found`;
  throw new Error(`error getting snapshot ${name} from api server: ${notFound}`);
}

function checkContent(
  content: VolumeSnapshotContent,
  snapshot: VolumeSnapshot,
  storageClass: StorageClass,
): void {
  const { name } = snapshot.metadata;
  const both = `snapshotcontent ${content.metadata.name} for snapshot ${name}`;
  if (content.spec.volumeSnapshotRef.uid !== snapshot.metadata.uid) {
    throw new Error(`${both} is bound to a different snapshot`);
  }
  if (content.spec.driver !== storageClass.provisioner) {
    throw new Error(`${both} is not handled by CSI driver of StorageClass ${storageClass.metadata.name}`);
  }
  if (!snapshot.status?.readyToUse) throw new Error(`snapshot ${name} is not Ready`);
  if (!content.status?.snapshotHandle) throw new Error(`snapshot handle ${name} is not available`);
}

function checkSize(claim: Claim, snapshot: VolumeSnapshot): void {
  if (snapshot.status?.restoreSize === undefined) return;
  const requested = requestedSize(claim);
  const needed = parseQuantity(snapshot.status.restoreSize);
  if (requested >= needed) return;
  throw new Error(
    `requested volume size ${requested} is less than the size ${needed} for the source snapshot ${snapshot.metadata.name}`,
  );
}

function checkMode(claim: Claim, content: VolumeSnapshotContent): void {
  const { sourceVolumeMode } = content.spec;
  if (sourceVolumeMode === undefined || claim.spec.volumeMode === sourceVolumeMode) return;
  if (annotation(content, allowModeChange) === 'true') return;
  const { namespace, name } = claim.metadata;
  throw new Error(
    `requested volume ${namespace}/${name} modifies the mode of the source volume but does not have permission to do so. ` +
      `${allowModeChange} annotation is not present on snapshotcontent ${content.metadata.name}`,
  );
}

function claimSource(
  claim: Claim,
  name: string,
  storageClass: StorageClass,
  caches: StorageCaches,
): ClaimSource {
  const source = caches.claims.get(claim.metadata.namespace, name);
  if (source === undefined) {
    const { namespace } = claim.metadata;
    throw new Error(
      `error getting PVC ${name} (namespace "${namespace}") from api server: persistentvolumeclaim "${name}" not found`,
    );
  }
  if (source.status?.phase !== 'Bound')
    throw new Error(`the PVC DataSource ${name} must have a status of Bound`);
  if (isDeleting(source)) throw new Error(`the PVC DataSource ${name} is currently being deleted`);
  checkClaimSize(claim, source);
  const volume = caches.volumes.get(undefined, source.spec.volumeName ?? '');
  if (volume?.spec.csi?.driver !== storageClass.provisioner) {
    throw new Error('claim in dataSource not bound or invalid');
  }
  if (source.spec.volumeMode !== claim.spec.volumeMode) {
    throw new Error(
      'the source PVC and destination PVCs must have the same volume mode for cloning.' +
        `  Source is ${source.spec.volumeMode}, but new PVC requested ${claim.spec.volumeMode}`,
    );
  }
  return { kind: 'claim', source, content: { volumeHandle: volume.spec.csi.volumeHandle } };
}

function checkClaimSize(claim: Claim, source: Claim): void {
  const requested = requestedSize(claim);
  const needed = requestedSize(source);
  if (requested >= needed) return;
  throw new Error(
    'error, new PVC request must be greater than or equal in size to the specified PVC data source, ' +
      `requested ${requested} but source is ${needed}`,
  );
}

/** What a claim asks for, in bytes. */
export function requestedSize(claim: Claim): number {
  return parseQuantity(claim.spec.resources?.requests?.storage ?? '0');
}
