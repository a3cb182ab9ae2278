import { unlessNotFound } from '../../kube/error.ts';
import { Claims, Pods, resourcePath } from '../../kube/kinds.ts';
import { annotation, ownerReference } from '../../kube/objects.ts';
import type { Pod } from '../../node/objects.ts';
import type { Claim, ClaimSpec } from '../../storage/objects.ts';
import { formatDecimal, parseQuantity } from '../../storage/quantity.ts';
import type { Cdi } from '../cdi.ts';
import { tellUsers } from '../clone/source-in-use.ts';
import { contentType, noSidecars, ownedByDataVolume, sourceCapacity, virtualSize } from '../names.ts';
import type { DataVolume } from '../objects.ts';
import { cdiImage, podResources, restrictedContainer, restrictedPod } from '../pods.ts';
import { withRequest } from '../render.ts';
import { inflate, usableSpace } from '../sizes.ts';

export interface DetectedSize {
  readonly spec: ClaimSpec;
  /** The image fits, even where the source's volume is larger than the target's. */
  readonly permissive: boolean;
}

/**
 * The claim's spec with a size, where the DataVolume states none: that of the image on the source's file system. A pod
 * reads it, also while the source is in use; undefined until it has.
 */
export async function detectSize(
  cdi: Cdi,
  volume: DataVolume,
  spec: ClaimSpec,
  source: Claim,
): Promise<DetectedSize | undefined> {
  const stated = parseQuantity(spec.resources?.requests?.storage ?? '0') > 0;
  const capacity = parseQuantity(source.status?.capacity?.storage ?? '0');
  const isImage = source.spec.volumeMode !== 'Block' && annotation(source, contentType) === 'kubevirt';
  if (stated && !(isImage && spec.volumeMode === 'Block')) return { spec, permissive: false };
  const size = isImage ? await imageSize(cdi, volume, source) : capacity;
  if (size === undefined) return undefined;
  if (stated) return { spec, permissive: parseQuantity(spec.resources!.requests!.storage!) >= size };
  return {
    spec: withRequest(spec, formatDecimal(inflate(size, spec.volumeMode))),
    permissive: capacity > size,
  };
}

async function imageSize(cdi: Cdi, volume: DataVolume, source: Claim): Promise<number | undefined> {
  const known = annotation(source, virtualSize);
  if (known && annotation(source, sourceCapacity) === source.status?.capacity?.storage) return Number(known);
  const pod = await podOf(cdi, volume, source);
  if (pod.status?.phase === 'Succeeded') return remember(cdi, source, terminationMessage(pod));
  cdi.events.recordEvent(
    volume,
    'Normal',
    'SizeDetectionPodNotReady',
    'The size detection pod is not finished yet',
  );
  tellUsers(cdi, volume, source);
  return undefined;
}

async function remember({ client, caches }: Cdi, source: Claim, size: string): Promise<number> {
  const { namespace, name } = source.metadata;
  const annotations = { [virtualSize]: size, [sourceCapacity]: source.status?.capacity?.storage };
  const path = resourcePath(Claims, namespace, name);
  caches.claims.observe(await client.mergePatch<Claim>(path, { metadata: { annotations } }));
  return Number(size);
}

async function podOf({ client, caches, events }: Cdi, volume: DataVolume, source: Claim): Promise<Pod> {
  const { namespace } = source.metadata;
  const existing = caches.pods.cache.get(namespace, sizeDetectionPod(source));
  if (existing) return existing;
  const pod = await client.create<Pod>(resourcePath(Pods, namespace), manifest(volume, source));
  events.recordEvent(volume, 'Normal', 'SizeDetectionPodCreated', 'Size-detection pod created');
  return caches.pods.cache.observe(pod);
}

/** Takes the pod away that was made for a DataVolume, once that is done or not wanted any more. */
export async function removeSizeDetection(cdi: Cdi, { metadata }: DataVolume, source: Claim): Promise<void> {
  const pod = cdi.caches.pods.cache.get(source.metadata.namespace, sizeDetectionPod(source));
  const isOurs =
    pod?.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid) ||
    pod?.metadata.annotations?.[ownedByDataVolume] === `${metadata.namespace}/${metadata.name}`;
  if (!pod || !isOurs) return;
  await unlessNotFound(cdi.client.delete(resourcePath(Pods, pod.metadata.namespace, pod.metadata.name)));
}

function sizeDetectionPod({ metadata }: Claim): string {
  return `size-detection-${metadata.uid}`;
}

function manifest(volume: DataVolume, source: Claim) {
  const { namespace } = source.metadata;
  const { namespace: ownerNamespace, name } = volume.metadata;
  const isNear = namespace === ownerNamespace;
  const owner = ownerReference(volume, { controller: true, blockOwnerDeletion: true });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace,
      name: sizeDetectionPod(source),
      labels: { app: 'containerized-data-importer', 'cdi.kubevirt.io': 'importer' },
      annotations: { ...noSidecars, ...(isNear ? {} : { [ownedByDataVolume]: `${ownerNamespace}/${name}` }) },
      ...(isNear ? { ownerReferences: [owner] } : {}),
    },
    spec: podSpec(source),
  };
}

const container = 'size-detection-volume';

function podSpec({ metadata }: Claim) {
  return {
    containers: [
      {
        name: container,
        image: cdiImage('cdi-importer'),
        command: ['/usr/bin/cdi-image-size-detection'],
        args: ['-image-path', '/data/disk.img'],
        volumeMounts: [{ name: 'cdi-data-vol', mountPath: '/data' }],
        resources: podResources,
        ...restrictedContainer,
      },
    ],
    restartPolicy: 'OnFailure',
    securityContext: restrictedPod,
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    volumes: [{ name: 'cdi-data-vol', persistentVolumeClaim: { claimName: metadata.name } }],
  };
}

/** What such a pod says when it ends: an image fills all that CDI lets it have of the volume. */
export function saidOfSize(pod: Pod, claims: readonly (Claim | undefined)[]): string | undefined {
  if (pod.spec.containers[0]?.name !== container) return undefined;
  return String(usableSpace(parseQuantity(claims[0]?.status?.capacity?.storage ?? '0')));
}

function terminationMessage(pod: Pod): string {
  const [status] = (pod.status?.containerStatuses ?? []) as {
    state?: { terminated?: { message?: string } };
  }[];
  return status?.state?.terminated?.message ?? '0';
}
