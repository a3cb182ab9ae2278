import { annotation, type OwnerReference, ownerReference } from '../../kube/objects.ts';
import type { Claim } from '../../storage/objects.ts';
import { cloneOwnerReference, noSidecars, sourceClonePod, uploadPod } from '../names.ts';
import { cdiImage, podMetadata, podResources, restrictedContainer, restrictedPod } from '../pods.ts';

const label = 'cdi.kubevirt.io';
const volume = 'cdi-data-vol';

export interface PodManifest {
  readonly apiVersion: 'v1';
  readonly kind: 'Pod';
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly OwnerReference[];
  };
  readonly spec: object;
}

/** The pod that writes into a claim what is sent to it. */
export function uploadServer(claim: Claim): PodManifest {
  const { namespace, uid } = claim.metadata;
  const name = annotation(claim, uploadPod)!;
  const owner = ownerReference(
    { ...claim, apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
    { controller: true, blockOwnerDeletion: true },
  );
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: namespace!,
      name,
      labels: {
        ...podMetadata.labels,
        [label]: 'cdi-upload-server',
        [`${label}/uploadTarget`]: uid,
        service: name,
      },
      annotations: {
        ...noSidecars,
        [`${label}/storage.createdByUploadController`]: 'yes',
        'k8s.ovn.org/open-default-ports': '[{"protocol":"tcp","port":8443}]',
      },
      ownerReferences: [owner],
    },
    spec: podSpec(claim, { name: 'cdi-upload-server', image: 'cdi-uploadserver', readinessProbe: healthy }),
  };
}

const healthy = {
  httpGet: { path: '/healthz', port: 8443, scheme: 'HTTPS' },
  initialDelaySeconds: 2,
  periodSeconds: 5,
};

/** The pod that reads a claim and sends what is on it to the server of another. */
export function sourcePod(target: Claim, source: Claim): PodManifest {
  const { namespace, name } = target.metadata;
  const own = annotation(target, sourceClonePod)!;
  const labels = { [label]: sourceComponent, [`${label}/storage.clone.cloneUniqeId`]: own };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: source.metadata.namespace!,
      name: own,
      labels: { ...podMetadata.labels, ...labels },
      annotations: { ...podMetadata.annotations, [cloneOwnerReference]: `${namespace}/${name}` },
    },
    spec: podSpec(source, { name: sourceComponent, image: 'cdi-cloner' }),
  };
}

export const sourceComponent = 'cdi-clone-source';

interface Program {
  readonly name: string;
  readonly image: string;
  readonly readinessProbe?: object;
}

function podSpec({ metadata, spec }: Claim, { name, image, readinessProbe }: Program) {
  const mounts =
    spec.volumeMode === 'Block'
      ? { volumeDevices: [{ name: volume, devicePath: '/dev/cdi-block-volume' }] }
      : { volumeMounts: [{ name: volume, mountPath: '/data' }] };
  const container = {
    name,
    image: cdiImage(image),
    resources: podResources,
    ...restrictedContainer,
    ...mounts,
  };
  return {
    containers: [{ ...container, ...(readinessProbe && { readinessProbe }) }],
    restartPolicy: 'OnFailure',
    securityContext: restrictedPod,
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    volumes: [{ name: volume, persistentVolumeClaim: { claimName: metadata.name } }],
  };
}
