import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlreadyExists } from '../../kube/error.ts';
import { resourcePath, VolumeSnapshotContents, VolumeSnapshots } from '../../kube/kinds.ts';
import { ownerReference } from '../../kube/objects.ts';
import { groupHandle, snapshotAsSource, snapshotInGroup } from '../names.ts';
import type {
  SnapshotInfo,
  VolumeGroupSnapshot,
  VolumeGroupSnapshotContent,
  VolumeSnapshot,
  VolumeSnapshotContent,
} from '../objects.ts';
import type { SnapshotController } from './controller.ts';

/** Makes a content and a snapshot for every volume of a group that has been cut, one volume after the other. */
export async function createMembers(
  controller: SnapshotController,
  group: VolumeGroupSnapshot,
  content: VolumeGroupSnapshotContent,
): Promise<void> {
  if (content.status?.volumeGroupSnapshotHandle === undefined) return;
  for (const info of content.status.volumeSnapshotInfoList ?? []) {
    await createMember(controller, group, content, info);
  }
}

async function createMember(
  { client, caches }: SnapshotController,
  group: VolumeGroupSnapshot,
  groupContent: VolumeGroupSnapshotContent,
  info: SnapshotInfo,
): Promise<void> {
  const hash = memberHash(group, info);
  const { namespace } = group.metadata;
  const contentPath = resourcePath(VolumeSnapshotContents);
  const snapshotPath = resourcePath(VolumeSnapshots, namespace);
  const volume = caches.volumes.list().find(({ spec }) => spec.csi?.volumeHandle === info.volumeHandle);
  const content = memberContent(hash, group, groupContent, info, volume?.spec.volumeMode);
  await createOrGet<VolumeSnapshotContent>(client, contentPath, content);
  const claimName = volume?.spec.claimRef?.name ?? '';
  const snapshot = memberSnapshot(hash, group, claimName);
  const { metadata } = await createOrGet<VolumeSnapshot>(client, snapshotPath, snapshot);
  await client.mergePatch(`${contentPath}/${content.metadata.name}`, {
    spec: { volumeSnapshotRef: { uid: metadata.uid } },
  });
  await untilProtected(caches, metadata);
  await client.mergePatch(`${snapshotPath}/${metadata.name}/status`, {
    status: { boundVolumeSnapshotContentName: content.metadata.name },
  });
  await client.mergePatch(`${contentPath}/${content.metadata.name}/status`, {
    status: memberStatus(groupContent, info),
  });
}

const PROTECTED_WITHIN_MS = 1000;

/** While the real one waits for its next request here, its other loop protects the member. */
async function untilProtected(
  { snapshots }: SnapshotController['caches'],
  { namespace, name }: VolumeSnapshot['metadata'],
): Promise<void> {
  const deadline = performance.now() + PROTECTED_WITHIN_MS;
  const isProtected = () => snapshots.get(namespace, name)?.metadata.finalizers?.includes(snapshotAsSource);
  while (!isProtected() && performance.now() < deadline) await sleep(5);
}

/** The real controller derives a member's name from the group's uid and the volume's handle. */
export function memberHash(group: VolumeGroupSnapshot, info: Pick<SnapshotInfo, 'volumeHandle'>): string {
  return createHash('sha256')
    .update(group.metadata.uid + info.volumeHandle)
    .digest('hex');
}

function memberContent(
  hash: string,
  { metadata }: VolumeGroupSnapshot,
  { spec, status }: VolumeGroupSnapshotContent,
  { volumeHandle }: SnapshotInfo,
  sourceVolumeMode: string | undefined,
) {
  return {
    apiVersion: 'snapshot.storage.k8s.io/v1',
    kind: 'VolumeSnapshotContent',
    metadata: {
      name: `snapcontent-${hash}`,
      annotations: { [groupHandle]: status!.volumeGroupSnapshotHandle },
    },
    spec: {
      deletionPolicy: spec.deletionPolicy,
      driver: spec.driver,
      source: { volumeHandle },
      sourceVolumeMode,
      volumeSnapshotRef: { kind: 'VolumeSnapshot', name: `snapshot-${hash}`, namespace: metadata.namespace },
    },
  };
}

function memberSnapshot(hash: string, group: VolumeGroupSnapshot, persistentVolumeClaimName: string) {
  return {
    apiVersion: 'snapshot.storage.k8s.io/v1',
    kind: 'VolumeSnapshot',
    metadata: {
      name: `snapshot-${hash}`,
      namespace: group.metadata.namespace,
      ownerReferences: [ownerReference(group)],
      finalizers: [snapshotInGroup],
    },
    spec: { source: { persistentVolumeClaimName } },
  };
}

function memberStatus({ status }: VolumeGroupSnapshotContent, info: SnapshotInfo) {
  return {
    snapshotHandle: info.snapshotHandle,
    volumeGroupSnapshotHandle: status!.volumeGroupSnapshotHandle,
    creationTime: info.creationTime,
    restoreSize: info.restoreSize,
    readyToUse: info.readyToUse,
  };
}

async function createOrGet<T>(
  client: SnapshotController['client'],
  path: string,
  object: { metadata: { name: string } },
): Promise<T> {
  try {
    return await client.create<T>(path, object);
  } catch (error) {
    if (isAlreadyExists(error)) return client.get<T>(`${path}/${object.metadata.name}`);
    throw error;
  }
}
