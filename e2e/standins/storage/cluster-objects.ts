import type { KubeClient } from '../kube/client.ts';
import { ensure } from '../kube/identity.ts';
import {
  CsiDrivers,
  type ResourceKind,
  StorageClasses,
  VolumeGroupSnapshotClasses,
  VolumeSnapshotClasses,
} from '../kube/kinds.ts';
import { defaultGroupClass, defaultSnapshotClass, zoneTopology } from './names.ts';

/** The driver that the recordings were made with, and a second one that knows no groups. */
export const HOSTPATH = 'hostpath.csi.k8s.io';
export const OTHER = 'other.csi.envclone.test';

type Manifest = { metadata: { name: string }; [field: string]: unknown };

/** Makes what a cluster with two CSI drivers has: their CSIDriver objects and classes. */
export async function makeStorageObjects(client: KubeClient): Promise<void> {
  for (const [kind, manifests] of objects) {
    for (const manifest of manifests) await ensure(client, kind, manifest);
  }
}

const objects: readonly (readonly [ResourceKind, readonly Manifest[]])[] = [
  [CsiDrivers, [csiDriver(HOSTPATH), csiDriver(OTHER)]],
  [
    StorageClasses,
    [
      storageClass('immediate', HOSTPATH, 'Immediate'),
      storageClass('wffc', HOSTPATH, 'WaitForFirstConsumer'),
      {
        ...storageClass('zonal', HOSTPATH, 'WaitForFirstConsumer'),
        allowedTopologies: [{ matchLabelExpressions: [{ key: zoneTopology, values: ['zone-a'] }] }],
      },
      storageClass('other', OTHER, 'Immediate'),
    ],
  ],
  [
    VolumeSnapshotClasses,
    [
      snapshotClass('hostpath-snap', HOSTPATH, defaultSnapshotClass),
      snapshotClass('other-snap', OTHER, defaultSnapshotClass),
    ],
  ],
  [VolumeGroupSnapshotClasses, [groupClass('hostpath-group', HOSTPATH)]],
];

function csiDriver(name: string): Manifest {
  const spec = {
    attachRequired: false,
    podInfoOnMount: true,
    fsGroupPolicy: 'File',
    volumeLifecycleModes: ['Persistent'],
    storageCapacity: false,
  };
  return { metadata: { name }, spec };
}

function storageClass(name: string, provisioner: string, volumeBindingMode: string): Manifest {
  return {
    metadata: { name },
    provisioner,
    volumeBindingMode,
    reclaimPolicy: 'Delete',
    allowVolumeExpansion: true,
  };
}

function snapshotClass(name: string, driver: string, mark: string): Manifest {
  return {
    apiVersion: 'snapshot.storage.k8s.io/v1',
    kind: 'VolumeSnapshotClass',
    metadata: { name, annotations: { [mark]: 'true' } } as { name: string },
    driver,
    deletionPolicy: 'Delete',
  };
}

function groupClass(name: string, driver: string): Manifest {
  return {
    ...snapshotClass(name, driver, defaultGroupClass),
    apiVersion: 'groupsnapshot.storage.k8s.io/v1',
    kind: 'VolumeGroupSnapshotClass',
  };
}
