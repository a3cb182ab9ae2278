import { annotation, ownerReference } from '../../kube/objects.ts';
import { selectedNode } from '../../storage/names.ts';
import type { Claim } from '../../storage/objects.ts';
import {
  bindImmediately,
  commonLabels,
  contentType,
  importSource,
  noSidecars,
  populatorKind,
  preallocation,
} from '../names.ts';
import { cdiImage, podMetadata, podResources, restrictedContainer, restrictedPod } from '../pods.ts';

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
      labels: { ...commonLabels, 'velero.io/exclude-from-backup': 'true' },
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

/** How an importer pod ends; its container says so at the end. */
export const importComplete = 'Import Complete';
export const importerWords = JSON.stringify({ preallocationApplied: false, message: importComplete });

export function importerNameOf(prime: Claim): string {
  return `importer-${prime.metadata.name}`;
}

/** The pod that fills a prime claim, with the labels of the claim that it is for. */
export function importerPod(prime: Claim, claim: Claim) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: prime.metadata.namespace,
      name: importerNameOf(prime),
      labels: {
        ...claim.metadata.labels,
        ...commonLabels,
        ...importerLabel,
        'prometheus.cdi.kubevirt.io': 'true',
      },
      annotations: podMetadata.annotations,
      ownerReferences: [
        ownerReference({ ...prime, ...claimKind }, { controller: true, blockOwnerDeletion: true }),
      ],
    },
    spec: {
      containers: [
        {
          name: 'importer',
          image: cdiImage('cdi-importer'),
          resources: podResources,
          ...restrictedContainer,
        },
      ],
      restartPolicy: 'OnFailure',
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      securityContext: restrictedPod,
      volumes: [{ name: 'cdi-data-vol', persistentVolumeClaim: { claimName: prime.metadata.name } }],
    },
  };
}
