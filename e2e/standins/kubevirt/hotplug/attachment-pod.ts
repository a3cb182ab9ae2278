import { ownerReference } from '../../kube/objects.ts';
import { claimNameOf } from '../claim-name.ts';
import type { Pod, Volume } from '../types.ts';
import { LAUNCHER_IMAGE } from '../vmi/launcher-pod.ts';

const ROLE = { 'kubevirt.io': 'hotplug-disk' };

/** The pod that brings volumes to the node of a launcher that runs already: one for all of them. */
export function attachmentPod(launcher: Pod, volumes: readonly Volume[]) {
  const owner = { ...launcher, apiVersion: 'v1', kind: 'Pod' };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: 'hp-volume-',
      namespace: launcher.metadata.namespace,
      labels: ROLE,
      ownerReferences: [ownerReference(owner, { controller: true, blockOwnerDeletion: true })],
    },
    spec: {
      containers: [container],
      affinity: onNode(launcher.spec.nodeName ?? ''),
      tolerations: launcher.spec.tolerations,
      terminationGracePeriodSeconds: 0,
      volumes: volumes.map((volume) => ({
        name: volume.name,
        persistentVolumeClaim: { claimName: claimNameOf(volume) },
      })),
    },
  };
}

const container = {
  name: 'hotplug-disk',
  image: LAUNCHER_IMAGE,
  imagePullPolicy: 'Never',
  command: ['/bin/sh', '-c', '/usr/bin/container-disk --copy-path /path/hp'],
  resources: { limits: { cpu: '100m', memory: '80M' }, requests: { cpu: '10m', memory: '2M' } },
};

function onNode(name: string) {
  const term = { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [name] }] };
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } } };
}

/** Whether a pod is an attachment pod of a launcher. */
export function isAttachmentOf({ metadata }: Pod, launcher: Pod): boolean {
  return (
    metadata.labels?.['kubevirt.io'] === ROLE['kubevirt.io'] &&
    (metadata.ownerReferences?.some(({ uid }) => uid === launcher.metadata.uid) ?? false)
  );
}

/** The names of the volumes that an attachment pod holds. */
export function volumesIn({ spec }: Pod): string[] {
  const volumes = (spec.volumes ?? []) as { name: string; persistentVolumeClaim?: object }[];
  return volumes.filter((volume) => volume.persistentVolumeClaim !== undefined).map(({ name }) => name);
}

export function isRunning({ status, metadata }: Pod): boolean {
  return status?.phase === 'Running' && metadata.deletionTimestamp === undefined;
}
