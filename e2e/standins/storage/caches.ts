import { Cache } from '../kube/cache.ts';
import type { KubeClient } from '../kube/client.ts';
import {
  Claims,
  StorageClasses,
  VolumeGroupSnapshotClasses,
  VolumeGroupSnapshotContents,
  VolumeGroupSnapshots,
  VolumeSnapshotClasses,
  VolumeSnapshotContents,
  VolumeSnapshots,
  Volumes,
} from '../kube/kinds.ts';
import type {
  Claim,
  SnapshotClass,
  StorageClass,
  Volume,
  VolumeGroupSnapshot,
  VolumeGroupSnapshotContent,
  VolumeSnapshot,
  VolumeSnapshotContent,
} from './objects.ts';

/** What all storage controllers watch; one watch of each kind serves them all. */
export interface StorageCaches {
  readonly claims: Cache<Claim>;
  readonly volumes: Cache<Volume>;
  readonly classes: Cache<StorageClass>;
  readonly snapshots: Cache<VolumeSnapshot>;
  readonly contents: Cache<VolumeSnapshotContent>;
  readonly snapshotClasses: Cache<SnapshotClass>;
  readonly groups: Cache<VolumeGroupSnapshot>;
  readonly groupContents: Cache<VolumeGroupSnapshotContent>;
  readonly groupClasses: Cache<SnapshotClass>;
}

/** Starts watching; resolves when everything is listed. */
export async function startStorageCaches(client: KubeClient, signal: AbortSignal): Promise<StorageCaches> {
  const caches: StorageCaches = {
    claims: new Cache<Claim>(client, Claims),
    volumes: new Cache<Volume>(client, Volumes),
    classes: new Cache<StorageClass>(client, StorageClasses),
    snapshots: new Cache<VolumeSnapshot>(client, VolumeSnapshots),
    contents: new Cache<VolumeSnapshotContent>(client, VolumeSnapshotContents),
    snapshotClasses: new Cache<SnapshotClass>(client, VolumeSnapshotClasses),
    groups: new Cache<VolumeGroupSnapshot>(client, VolumeGroupSnapshots),
    groupContents: new Cache<VolumeGroupSnapshotContent>(client, VolumeGroupSnapshotContents),
    groupClasses: new Cache<SnapshotClass>(client, VolumeGroupSnapshotClasses),
  };
  await Promise.all(Object.values(caches).map((cache) => cache.start(signal)));
  return caches;
}
