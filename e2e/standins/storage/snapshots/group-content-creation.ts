import { isAlreadyExists } from '../../kube/error.ts';
import {
  Claims,
  resourcePath,
  VolumeGroupSnapshotContents,
  VolumeGroupSnapshots,
  Volumes,
} from '../../kube/kinds.ts';
import { keyOf, referenceTo } from '../../kube/objects.ts';
import { defaultGroupClass } from '../names.ts';
import type {
  Claim,
  SnapshotClass,
  Volume,
  VolumeGroupSnapshot,
  VolumeGroupSnapshotContent,
} from '../objects.ts';
import { quoted, type SnapshotController, updateError } from './controller.ts';
import { onlyDefault } from './default-class.ts';

/** The group with its class, or the default one of its first volume's driver. */
export async function withGroupClass(
  controller: SnapshotController,
  group: VolumeGroupSnapshot,
): Promise<VolumeGroupSnapshot> {
  const { client, caches } = controller;
  const name = group.spec.volumeGroupSnapshotClassName;
  if (name !== undefined) {
    if (caches.groupClasses.get(undefined, name)) return group;
    const notFound = `volumegroupsnapshotclass.groupsnapshot.storage.k8s.io "${name}" not found`;
    throw new Error(`failed to get group snapshot class with error ${notFound}`);
  }
  const volumes = await volumesOf(controller, group);
  const chosen = onlyDefault(caches.groupClasses.list(), defaultGroupClass, volumes[0]!.spec.csi!.driver);
  const path = resourcePath(VolumeGroupSnapshots, group.metadata.namespace, group.metadata.name);
  const patch = { spec: { volumeGroupSnapshotClassName: chosen } };
  return caches.groups.observe(await client.mergePatch<VolumeGroupSnapshot>(path, patch));
}

/** Makes a group's content, which lists the volumes of all claims that the group selects. */
export async function createGroupContent(
  controller: SnapshotController,
  group: VolumeGroupSnapshot,
): Promise<VolumeGroupSnapshotContent> {
  const { caches, events } = controller;
  const groupClass = caches.groupClasses.get(undefined, group.spec.volumeGroupSnapshotClassName!)!;
  const volumes = await inputOf(controller, group);
  const volumeHandles = volumes.map((volume) => handleFor(group, groupClass, volume));
  const content = await save(controller, group, contentFor(group, groupClass, volumeHandles));
  const message = `Waiting for a group snapshot ${keyOf(group)} to be created by the CSI driver.`;
  events.recordEvent(group, 'Normal', 'CreatingGroupSnapshot', message);
  return content;
}

export function groupContentName(group: VolumeGroupSnapshot): string {
  return `groupsnapcontent-${group.metadata.uid}`;
}

async function inputOf(controller: SnapshotController, group: VolumeGroupSnapshot): Promise<Volume[]> {
  try {
    return await volumesOf(controller, group);
  } catch (error) {
    const cause = quoted((error as Error).message);
    throw new Error(
      `failed to get input parameters to create group snapshot ${group.metadata.name}: ${cause}`,
    );
  }
}

async function volumesOf({ core }: SnapshotController, group: VolumeGroupSnapshot): Promise<Volume[]> {
  const selector = selectorOf(group);
  const path = resourcePath(Claims, group.metadata.namespace);
  const { items } = await core.list<Claim>(`${path}?labelSelector=${encodeURIComponent(selector)}`);
  if (items.length === 0) {
    throw new Error(`label selector ${selector} for group snapshot not applied to any PVC`);
  }
  const volumes: Volume[] = [];
  for (const { metadata, spec, status } of items) {
    if (status?.phase !== 'Bound') {
      throw new Error(
        `the PVC ${metadata.name} is not yet bound to a PV, will not attempt to take a group snapshot`,
      );
    }
    volumes.push(await core.get<Volume>(resourcePath(Volumes, undefined, spec.volumeName)));
  }
  return volumes;
}

/** Only matchLabels counts: the real controller forgets the rest of a selector. */
function selectorOf(group: VolumeGroupSnapshot): string {
  const labels = Object.entries(group.spec.source.selector?.matchLabels ?? {});
  return labels
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

function handleFor(
  group: VolumeGroupSnapshot,
  groupClass: SnapshotClass,
  { metadata, spec }: Volume,
): string {
  if (spec.csi === undefined) {
    throw new Error(`cannot snapshot a non-CSI volume for group snapshot ${keyOf(group)}: ${metadata.name}`);
  }
  if (spec.csi.driver === groupClass.driver) return spec.csi.volumeHandle;
  const mismatch = `Volume CSI driver (${spec.csi.driver}) mismatch with VolumeGroupSnapshotClass (${groupClass.driver})`;
  throw updateError(keyOf(group), `${mismatch} ${keyOf(group)}: ${metadata.name}`);
}

function contentFor(group: VolumeGroupSnapshot, groupClass: SnapshotClass, volumeHandles: string[]) {
  return {
    apiVersion: 'groupsnapshot.storage.k8s.io/v1',
    kind: 'VolumeGroupSnapshotContent',
    metadata: { name: groupContentName(group) },
    spec: {
      deletionPolicy: groupClass.deletionPolicy,
      driver: groupClass.driver,
      source: { volumeHandles },
      volumeGroupSnapshotClassName: groupClass.metadata.name,
      volumeGroupSnapshotRef: referenceTo(group),
    },
  };
}

async function save(
  { client, caches }: SnapshotController,
  group: VolumeGroupSnapshot,
  content: ReturnType<typeof contentFor>,
): Promise<VolumeGroupSnapshotContent> {
  const path = resourcePath(VolumeGroupSnapshotContents);
  try {
    return caches.groupContents.observe(await client.create<VolumeGroupSnapshotContent>(path, content));
  } catch (error) {
    if (isAlreadyExists(error)) return client.get(`${path}/${content.metadata.name}`);
    throw updateError(keyOf(group), (error as Error).message);
  }
}
