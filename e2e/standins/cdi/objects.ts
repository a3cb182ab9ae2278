import type { KubeObject } from '../kube/objects.ts';
import type { ClaimSpec, TypedReference, VolumeMode } from '../storage/objects.ts';

export interface DataVolume extends KubeObject {
  spec: DataVolumeSpec;
  status?: DataVolumeStatus;
}

export interface DataVolumeSpec {
  source?: DataVolumeSource;
  sourceRef?: { kind: string; namespace?: string; name: string };
  pvc?: ClaimSpec;
  storage?: ClaimSpec;
  contentType?: string;
  preallocation?: boolean;
  priorityClassName?: string;
}

export interface DataVolumeSource {
  snapshot?: { namespace: string; name: string };
  pvc?: { namespace: string; name: string };
  blank?: object;
  [other: string]: object | undefined;
}

export interface DataVolumeStatus {
  phase?: string;
  claimName?: string;
  progress?: string;
  restartCount?: number;
  conditions?: DataVolumeCondition[];
}

export interface DataVolumeCondition {
  type: 'Bound' | 'Ready' | 'Running';
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
  lastTransitionTime: string;
  lastHeartbeatTime: string;
}

export interface CloneSource extends KubeObject {
  spec: { source: TypedReference; preallocation?: boolean; priorityClassName?: string };
}

export interface StorageProfile extends KubeObject {
  status?: {
    claimPropertySets?: readonly { accessModes: readonly string[]; volumeMode: VolumeMode }[];
    cloneStrategy?: 'snapshot' | 'csi-clone' | 'copy';
    provisioner?: string;
    snapshotClass?: string;
    storageClass?: string;
  };
}

/** Where a DataVolume clones from, if it does. */
export interface CloneOrigin {
  readonly kind: 'snapshot' | 'pvc';
  readonly namespace: string;
  readonly name: string;
}

export function cloneOrigin({ spec }: DataVolume): CloneOrigin | undefined {
  if (spec.source?.snapshot) return { kind: 'snapshot', ...spec.source.snapshot };
  if (spec.source?.pvc) return { kind: 'pvc', ...spec.source.pvc };
  return undefined;
}

export function isCrossNamespace(volume: DataVolume): boolean {
  const origin = cloneOrigin(volume);
  return origin !== undefined && origin.namespace !== volume.metadata.namespace;
}
