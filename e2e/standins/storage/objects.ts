import type { KubeObject, ObjectReference } from '../kube/objects.ts';

/** The storage kinds, as far as the stand-ins read and write them. */
export interface Claim extends KubeObject {
  spec: ClaimSpec;
  status?: {
    phase?: 'Pending' | 'Bound' | 'Lost';
    accessModes?: string[];
    capacity?: { storage?: string };
    allocatedResourceStatuses?: { storage?: string };
  };
}

export interface ClaimSpec {
  accessModes?: string[];
  volumeMode?: VolumeMode;
  storageClassName?: string;
  volumeName?: string;
  resources?: { requests?: { storage?: string } };
  selector?: object;
  dataSource?: TypedReference;
  dataSourceRef?: TypedReference & { namespace?: string };
}

export type VolumeMode = 'Filesystem' | 'Block';

export interface TypedReference {
  apiGroup?: string | null;
  kind: string;
  name: string;
}

export interface Volume extends KubeObject {
  spec: {
    capacity: { storage: string };
    accessModes: string[];
    volumeMode?: VolumeMode;
    storageClassName: string;
    persistentVolumeReclaimPolicy?: 'Delete' | 'Retain';
    csi?: {
      driver: string;
      volumeHandle: string;
      fsType?: string;
      volumeAttributes?: Record<string, string>;
    };
    claimRef?: ObjectReference;
    nodeAffinity?: object;
  };
  status?: { phase?: 'Pending' | 'Available' | 'Bound' | 'Released' | 'Failed' };
}

export interface StorageClass extends KubeObject {
  provisioner: string;
  reclaimPolicy?: 'Delete' | 'Retain';
  volumeBindingMode?: 'Immediate' | 'WaitForFirstConsumer';
  allowVolumeExpansion?: boolean;
  allowedTopologies?: readonly TopologyTerm[];
  parameters?: Record<string, string>;
}

export interface TopologyTerm {
  readonly matchLabelExpressions: readonly { readonly key: string; readonly values: readonly string[] }[];
}

export type DeletionPolicy = 'Delete' | 'Retain';

export interface SnapshotClass extends KubeObject {
  driver: string;
  deletionPolicy: DeletionPolicy;
  parameters?: Record<string, string>;
}

export interface SnapshotError {
  readonly time?: string;
  readonly message?: string;
}

export interface VolumeSnapshot extends KubeObject {
  spec: {
    source: { persistentVolumeClaimName?: string; volumeSnapshotContentName?: string };
    volumeSnapshotClassName?: string;
  };
  status?: VolumeSnapshotStatus;
}

export interface VolumeSnapshotStatus {
  boundVolumeSnapshotContentName?: string;
  creationTime?: string;
  readyToUse?: boolean;
  restoreSize?: string;
  error?: SnapshotError;
  volumeGroupSnapshotName?: string;
}

export interface VolumeSnapshotContent extends KubeObject {
  spec: {
    deletionPolicy: DeletionPolicy;
    driver: string;
    source: { volumeHandle?: string; snapshotHandle?: string };
    sourceVolumeMode?: VolumeMode;
    volumeSnapshotClassName?: string;
    volumeSnapshotRef: ObjectReference;
  };
  status?: VolumeSnapshotContentStatus;
}

/** `creationTime` is in nanoseconds since 1970, `restoreSize` in bytes. */
export interface VolumeSnapshotContentStatus {
  creationTime?: number;
  readyToUse?: boolean;
  restoreSize?: number;
  snapshotHandle?: string;
  volumeGroupSnapshotHandle?: string;
  error?: SnapshotError;
}

export interface VolumeGroupSnapshot extends KubeObject {
  spec: {
    source: {
      selector?: { matchLabels?: Record<string, string>; matchExpressions?: readonly object[] };
      volumeGroupSnapshotContentName?: string;
    };
    volumeGroupSnapshotClassName?: string;
  };
  status?: VolumeGroupSnapshotStatus;
}

export interface VolumeGroupSnapshotStatus {
  boundVolumeGroupSnapshotContentName?: string;
  creationTime?: string;
  readyToUse?: boolean;
  error?: SnapshotError;
}

export interface VolumeGroupSnapshotContent extends KubeObject {
  spec: {
    deletionPolicy: DeletionPolicy;
    driver: string;
    source: {
      volumeHandles?: string[];
      groupSnapshotHandles?: { volumeGroupSnapshotHandle: string; volumeSnapshotHandles: string[] };
    };
    volumeGroupSnapshotClassName?: string;
    volumeGroupSnapshotRef: ObjectReference;
  };
  status?: VolumeGroupSnapshotContentStatus;
}

export interface VolumeGroupSnapshotContentStatus {
  creationTime?: string;
  readyToUse?: boolean;
  volumeGroupSnapshotHandle?: string;
  volumeSnapshotInfoList?: SnapshotInfo[];
  error?: SnapshotError;
}

export interface SnapshotInfo {
  readonly volumeHandle: string;
  readonly snapshotHandle: string;
  readonly creationTime?: number;
  readonly readyToUse?: boolean;
  readonly restoreSize?: number;
}
