import { annotation, ownerReference } from '../../kube/objects.ts';
import { selectedNode } from '../../storage/names.ts';
import type { Claim } from '../../storage/objects.ts';
import {
  bindImmediately,
  commonLabels,
  contentType,
  createdByController,
  importSource,
  noFillingUpAlert,
  noSidecars,
  populatorKind,
  preallocation,
} from '../names.ts';

export function primeNameOf({ metadata }: Claim): string {
  return `prime-${metadata.uid}`;
}

/** The claim that an importer pod fills for another. */
export function primeClaim(claim: Claim) {
  const { dataSource, dataSourceRef, volumeName, ...spec } = claim.spec;
  const node = annotation(claim, selectedNode);
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      namespace: claim.metadata.namespace,
      name: primeNameOf(claim),
      labels: { ...noFillingUpAlert, ...commonLabels },
      annotations: {
        [bindImmediately]: '',
        [contentType]: annotation(claim, contentType) ?? 'kubevirt',
        [importSource]: 'none',
        [populatorKind]: 'VolumeImportSource',
        [preallocation]: annotation(claim, preallocation) ?? 'false',
        ...noSidecars,
        ...(node ? { [selectedNode]: node } : {}),
      },
      ownerReferences: [
        ownerReference({ ...claim, ...claimKind }, { controller: true, blockOwnerDeletion: true }),
      ],
    },
    spec,
  };
}

const claimKind = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' };

export const importerLabel = { 'cdi.kubevirt.io': 'importer' };

export function importerPod(prime: Claim) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: prime.metadata.namespace,
      name: `importer-${prime.metadata.name}`,
      labels: { ...commonLabels, ...importerLabel },
      annotations: { ...noSidecars, [createdByController]: 'yes' },
      ownerReferences: [
        ownerReference({ ...prime, ...claimKind }, { controller: true, blockOwnerDeletion: true }),
      ],
    },
    spec: {
      containers: [
        { name: 'importer', image: 'cdi-importer', resources: { requests: { cpu: '10m', memory: '60M' } } },
      ],
      restartPolicy: 'OnFailure',
      volumes: [{ name: 'cdi-data-vol', persistentVolumeClaim: { claimName: prime.metadata.name } }],
    },
  };
}
