import { randomInt } from 'node:crypto';
import { referenceTo } from '../../kube/objects.ts';
import {
  deletionSecretName,
  deletionSecretNamespace,
  nodeTopology,
  provisionedBy,
  volumeFinalizer,
  zoneTopology,
} from '../names.ts';
import type { Claim, StorageClass } from '../objects.ts';
import { formatQuantity } from '../quantity.ts';

/** The PersistentVolume that the external provisioner writes for a claim. */
export function volumeFor(
  claim: Claim,
  storageClass: StorageClass,
  made: { readonly volumeHandle: string; readonly size: number; readonly node: string },
) {
  const driver = storageClass.provisioner;
  const name = volumeNameOf(claim);
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name,
      annotations: { [provisionedBy]: driver, [deletionSecretName]: '', [deletionSecretNamespace]: '' },
      finalizers: [volumeFinalizer],
    },
    spec: {
      capacity: { storage: formatQuantity(made.size) },
      accessModes: claim.spec.accessModes,
      volumeMode: claim.spec.volumeMode,
      storageClassName: storageClass.metadata.name,
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      claimRef: referenceTo({ ...claim, apiVersion: 'v1', kind: 'PersistentVolumeClaim' }),
      csi: { driver, volumeHandle: made.volumeHandle, volumeAttributes: attributes(claim, name, driver) },
      nodeAffinity: {
        required: { nodeSelectorTerms: [{ matchExpressions: [affinity(storageClass, made.node)] }] },
      },
    },
  };
}

/** A provisioner names itself anew each time it starts. */
const startedAs = `${Date.now()}-${randomInt(10_000)}`;

export function volumeNameOf(claim: Claim): string {
  return `pvc-${claim.metadata.uid}`;
}

function attributes(claim: Claim, volumeName: string, driver: string): Record<string, string> {
  return {
    'csi.storage.k8s.io/pv/name': volumeName,
    'csi.storage.k8s.io/pvc/name': claim.metadata.name,
    'csi.storage.k8s.io/pvc/namespace': claim.metadata.namespace!,
    'storage.kubernetes.io/csiProvisionerIdentity': `${startedAs}-${driver}`,
  };
}

function affinity({ allowedTopologies }: StorageClass, node: string) {
  const zone = allowedTopologies?.[0]?.matchLabelExpressions.find(({ key }) => key === zoneTopology);
  if (zone) return { key: zoneTopology, operator: 'In', values: zone.values };
  return { key: nodeTopology, operator: 'In', values: [node] };
}
