import type { KubeObject, ObjectMeta } from '../../kube/objects.ts';
import type { TypedReference, VolumeSnapshot } from '../../storage/objects.ts';
import type { Claim, Condition, VirtualMachine } from '../types.ts';

/** KubeVirt's own snapshot kinds, as far as the stand-in reads and writes them. */
export interface VirtualMachineSnapshot extends KubeObject {
  spec: { source: TypedReference; deletionPolicy?: 'Delete' | 'Retain'; failureDeadline?: string };
  status?: SnapshotStatus;
}

export type SnapshotPhase = 'InProgress' | 'Succeeded' | 'Failed' | 'Deleting';

export interface SnapshotStatus {
  phase?: SnapshotPhase;
  readyToUse?: boolean;
  creationTime?: string;
  sourceUID?: string;
  virtualMachineSnapshotContentName?: string;
  error?: SnapshotError;
  conditions?: Condition[];
  indications?: Indication[];
  sourceIndications?: { indication: Indication; message: string }[];
  snapshotVolumes?: { includedVolumes?: string[]; excludedVolumes?: string[] };
}

export type Indication = 'Online' | 'GuestAgent' | 'NoGuestAgent' | 'Paused' | 'PartialSnapshot';

export interface SnapshotError {
  time?: string;
  message?: string;
}

export interface VirtualMachineSnapshotContent extends KubeObject {
  spec: {
    virtualMachineSnapshotName?: string;
    source: { virtualMachine: CapturedMachine };
    volumeBackups?: VolumeBackup[];
  };
  status?: ContentStatus;
}

/** A VM as it was, its metadata included. */
export type CapturedMachine = Pick<VirtualMachine, 'metadata' | 'spec'> & { status: object };

export interface VolumeBackup {
  volumeName: string;
  volumeSnapshotName?: string;
  persistentVolumeClaim: { metadata: ObjectMeta; spec: Claim['spec'] };
}

export interface ContentStatus {
  readyToUse?: boolean;
  creationTime?: string;
  error?: SnapshotError;
  volumeSnapshotStatus?: VolumeStatus[];
}

export interface VolumeStatus {
  volumeSnapshotName: string;
  creationTime?: string;
  readyToUse?: boolean;
  error?: NonNullable<VolumeSnapshot['status']>['error'];
}

export interface VirtualMachineRestore extends KubeObject {
  spec: {
    target: TypedReference;
    virtualMachineSnapshotName: string;
    targetReadinessPolicy?: 'StopTarget' | 'WaitGracePeriod' | 'FailImmediate' | 'WaitEventually';
    volumeRestorePolicy?: string;
    volumeOwnershipPolicy?: string;
    volumeRestoreOverrides?: VolumeOverride[];
    patches?: string[];
  };
  status?: RestoreStatus;
}

export interface VolumeOverride {
  volumeName?: string;
  restoreName?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export interface RestoreStatus {
  complete?: boolean;
  restoreTime?: string;
  conditions?: Condition[];
  restores?: VolumeRestore[];
  deletedDataVolumes?: string[];
}

export interface VolumeRestore {
  volumeName: string;
  persistentVolumeClaim: string;
  volumeSnapshotName: string;
  dataVolumeName?: string;
}

export interface VirtualMachineClone extends KubeObject {
  spec: CloneSpec;
  status?: CloneStatus;
}

export interface CloneSpec {
  source: TypedReference;
  target?: TypedReference;
  annotationFilters?: string[];
  labelFilters?: string[];
  template?: { annotationFilters?: string[]; labelFilters?: string[] };
  newMacAddresses?: Record<string, string>;
  newSMBiosSerial?: string;
  patches?: string[];
  volumeNamePolicy?: 'RandomizeNames' | 'PrefixTargetName';
}

export type ClonePhase =
  | 'SnapshotInProgress'
  | 'RestoreInProgress'
  | 'CreatingTargetVM'
  | 'Succeeded'
  | 'Failed';

export interface CloneStatus {
  phase?: ClonePhase;
  conditions?: Condition[];
  snapshotName?: string;
  restoreName?: string;
  targetName?: string;
}
