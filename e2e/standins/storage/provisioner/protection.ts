import { unlessNotFound } from '../../kube/error.ts';
import { Claims, resourcePath, VolumeSnapshots, Volumes } from '../../kube/kinds.ts';
import { annotation, hasFinalizer, isDeleting, splitKey } from '../../kube/objects.ts';
import { claimInCloning, provisionedBy, snapshotInProvisioning, volumeFinalizer } from '../names.ts';
import type { Claim, Volume, VolumeSnapshot } from '../objects.ts';
import { addFinalizers, withoutFinalizers } from '../patches.ts';
import type { Provisioner } from './provisioner.ts';

/** Guards a volume for as long as it is to be deleted with its claim. */
export async function guardVolume({ client, caches, driver }: Provisioner, name: string): Promise<void> {
  const volume = caches.volumes.get(undefined, name);
  if (volume === undefined || isDeleting(volume) || annotation(volume, provisionedBy) !== driver.name) return;
  const [guarded, goes] = [
    hasFinalizer(volume, volumeFinalizer),
    volume.spec.persistentVolumeReclaimPolicy === 'Delete',
  ];
  if (guarded === goes) return;
  const path = resourcePath(Volumes, undefined, name);
  caches.volumes.observe(
    goes
      ? await client.jsonPatch<Volume>(path, addFinalizers(volume, [volumeFinalizer]))
      : await client.mergePatch<Volume>(path, withoutFinalizers(volume, [volumeFinalizer])),
  );
}

/** Keeps a snapshot while a volume is being made from it. */
export async function protectSnapshot(
  { snapshotClient: client, caches }: Provisioner,
  snapshot: VolumeSnapshot,
): Promise<void> {
  if (hasFinalizer(snapshot, snapshotInProvisioning)) return;
  const { namespace, name } = snapshot.metadata;
  const path = resourcePath(VolumeSnapshots, namespace, name);
  caches.snapshots.observe(await client.jsonPatch(path, addFinalizers(snapshot, [snapshotInProvisioning])));
}

export async function releaseSnapshot(
  { snapshotClient: client, caches }: Provisioner,
  { metadata }: VolumeSnapshot,
): Promise<void> {
  const path = resourcePath(VolumeSnapshots, metadata.namespace, metadata.name);
  const current = await client.get<VolumeSnapshot>(path);
  caches.snapshots.observe(
    await client.mergePatch(path, withoutFinalizers(current, [snapshotInProvisioning])),
  );
}

/** Keeps a claim that is cloned. */
export async function protectClone({ client, caches }: Provisioner, source: Claim): Promise<void> {
  if (hasFinalizer(source, claimInCloning)) return;
  const path = resourcePath(Claims, source.metadata.namespace, source.metadata.name);
  caches.claims.observe(await client.jsonPatch(path, addFinalizers(source, [claimInCloning])));
}

/** A claim that was cloned keeps its protection until it is deleted and nothing is being cloned from it. */
export async function releaseCloned({ client, caches }: Provisioner, key: string): Promise<void> {
  const { namespace, name } = splitKey(key);
  const claim = caches.claims.get(namespace, name);
  if (claim === undefined || !isDeleting(claim) || !hasFinalizer(claim, claimInCloning)) return;
  const inUse = caches.claims.list(namespace).some(({ spec, status }) => {
    const { kind, name: source } = spec.dataSource ?? {};
    return kind === 'PersistentVolumeClaim' && source === name && status?.phase === 'Pending';
  });
  if (inUse) return;
  const path = resourcePath(Claims, namespace, name);
  await unlessNotFound(client.mergePatch(path, withoutFinalizers(claim, [claimInCloning])));
}
