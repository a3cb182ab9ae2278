import { unlessNotFound } from '../../kube/error.ts';
import { Claims, Pods, resourcePath } from '../../kube/kinds.ts';
import { annotation, isDeleting } from '../../kube/objects.ts';
import type { Pod } from '../../node/objects.ts';
import { selectedNode } from '../../storage/names.ts';
import type { Claim } from '../../storage/objects.ts';
import { parseQuantity } from '../../storage/quantity.ts';
import { ownedByUid } from '../names.ts';
import { cdiImage, podMetadata, podResources, restrictedContainer, restrictedPod } from '../pods.ts';
import type { Clone, Phase, PhaseResult } from './plan.ts';
import { requestOf } from './strategy.ts';
import { type Role, temporaryClaim, temporaryName } from './temporary-claim.ts';

/** The temporary claim is grown to the target's size and bound by a pod, where it is not so already. */
export function prepareClaim(clone: Clone, role: Role = 'tmp-pvc'): Phase {
  return { name: 'PrepClaim', step: () => step(clone, role) };
}

/** The label by which the node knows pods that end by themselves. */
export const prepLabel = { 'cdi.kubevirt.io': 'cdi-populator-prep' };

async function step(clone: Clone, role: Role): Promise<PhaseResult> {
  const claim = temporaryClaim(clone, role);
  if (claim === undefined)
    throw new Error(`claim ${clone.namespace}/${temporaryName(clone, role)} does not exist`);
  // Its volume has been given to the target already.
  if (claim.status?.phase === 'Lost') return 'done';
  const pod = clone.cdi.caches.pods.cache.get(clone.namespace, podName(clone));
  // What is only copied from stays as large as it is.
  const wanted = role === 'tmp-pvc' ? requestOf(clone.target) : requestOf(claim);
  const capacity = claim.status?.capacity?.storage;
  if (capacity !== undefined && requestOf(claim) < wanted) return grow(clone, claim);
  const needsPod = capacity === undefined || parseQuantity(capacity) < wanted;
  if (!needsPod && pod === undefined) return 'done';
  if (pod?.status?.phase === 'Succeeded' && !isDeleting(pod)) await remove(clone, pod);
  // The pod's end can be heard of before what it has done to the claim.
  if (needsPod && pod === undefined && (await hasSameCapacity(clone, claim))) await createPod(clone, claim);
  return 'wait';
}

async function hasSameCapacity({ cdi }: Clone, { metadata, status }: Claim): Promise<boolean> {
  const path = resourcePath(Claims, metadata.namespace, metadata.name);
  const current = cdi.caches.claims.observe(await cdi.client.get<Claim>(path));
  return current.status?.capacity?.storage === status?.capacity?.storage;
}

async function grow({ cdi, target }: Clone, { metadata }: Claim): Promise<PhaseResult> {
  const path = resourcePath(Claims, metadata.namespace, metadata.name);
  const spec = { resources: { requests: { storage: target.spec.resources!.requests!.storage } } };
  cdi.caches.claims.observe(await cdi.client.mergePatch<Claim>(path, { spec }));
  return 'wait';
}

function podName({ target }: Clone): string {
  return `prep-${target.metadata.uid}`;
}

async function remove({ cdi }: Clone, { metadata }: Pod): Promise<void> {
  await unlessNotFound(cdi.client.delete(resourcePath(Pods, metadata.namespace, metadata.name)));
}

async function createPod(clone: Clone, claim: Claim): Promise<void> {
  const { cdi, namespace } = clone;
  const pod = podManifest(clone, claim);
  cdi.caches.pods.cache.observe(await cdi.client.create<Pod>(resourcePath(Pods, namespace), pod));
}

function podManifest(clone: Clone, claim: Claim) {
  const node = annotation(claim, selectedNode);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: clone.namespace,
      name: podName(clone),
      labels: { ...podMetadata.labels, ...prepLabel, [ownedByUid]: clone.target.metadata.uid },
      annotations: podMetadata.annotations,
    },
    spec: {
      containers: [prepContainer(claim)],
      restartPolicy: 'OnFailure',
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      securityContext: restrictedPod,
      volumes: [{ name: 'cdi-data-vol', persistentVolumeClaim: { claimName: claim.metadata.name } }],
      ...(node ? { nodeName: node } : {}),
    },
  };
}

function prepContainer({ spec }: Claim) {
  const mounts =
    spec.volumeMode === 'Block'
      ? { volumeDevices: [{ name: 'cdi-data-vol', devicePath: '/dev/cdi-block-volume' }] }
      : { volumeMounts: [{ name: 'cdi-data-vol', mountPath: '/var/run/cdi/clone/source' }] };
  return {
    name: 'dummy',
    image: cdiImage('cdi-cloner'),
    ...restrictedContainer,
    command: ['/bin/bash'],
    args: ['-c', 'echo', "'hello cdi'"],
    resources: podResources,
    ...mounts,
  };
}
