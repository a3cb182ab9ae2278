import { resourcePath, VolumeGroupSnapshots } from '../../kube/kinds.ts';
import { hasFinalizer, isDeleting, keyOf, splitKey } from '../../kube/objects.ts';
import { groupBound } from '../names.ts';
import type { VolumeGroupSnapshot, VolumeGroupSnapshotContent } from '../objects.ts';
import { addFinalizers } from '../patches.ts';
import { timestamp } from '../time.ts';
import type { SnapshotController } from './controller.ts';
import { createGroupContent, groupContentName, withGroupClass } from './group-content-creation.ts';
import { deleteGroup } from './group-deletion.ts';
import { createMembers } from './group-members.ts';

/**
 * One pass over a VolumeGroupSnapshot. The driver's cut is in the content long before the group itself says so:
 *
 *     content made → (cut by the driver) → each member's content and snapshot, one after the other → group ready
 */
export async function reconcileGroup(controller: SnapshotController, key: string): Promise<void> {
  const { namespace, name } = splitKey(key);
  const found = controller.caches.groups.get(namespace, name);
  if (found === undefined) return;
  if (isDeleting(found)) return deleteGroup(controller, found);
  refuseStatic(found);
  const group = await withReport(controller, found, 'GetGroupSnapshotClassFailed', () =>
    withGroupClass(controller, found),
  );
  const content = controller.caches.groupContents.get(undefined, groupContentName(group));
  const guarded = content === undefined ? group : await protect(controller, group);
  if (group.status?.readyToUse) return;
  if (content === undefined) return makeContent(controller, guarded);
  await createMembers(controller, guarded, content);
  // The real one reads the group here and again for the status: each request counts against its limit.
  const { metadata } = guarded;
  await controller.client.get(resourcePath(VolumeGroupSnapshots, metadata.namespace, metadata.name));
  await followContent(controller, guarded, content);
}

function refuseStatic(group: VolumeGroupSnapshot): void {
  if (group.spec.source.volumeGroupSnapshotContentName === undefined) return;
  throw new Error(
    `VolumeGroupSnapshot ${keyOf(group)}: this stand-in does not model pre-provisioned group contents`,
  );
}

async function protect(
  { client, caches }: SnapshotController,
  group: VolumeGroupSnapshot,
): Promise<VolumeGroupSnapshot> {
  if (hasFinalizer(group, groupBound)) return group;
  const { namespace, name } = group.metadata;
  const path = resourcePath(VolumeGroupSnapshots, namespace, name);
  const patched = await client.jsonPatch<VolumeGroupSnapshot>(path, addFinalizers(group, [groupBound]));
  return caches.groups.observe(patched);
}

async function makeContent(controller: SnapshotController, group: VolumeGroupSnapshot): Promise<void> {
  const content = await withReport(controller, group, 'GroupSnapshotContentCreationFailed', () =>
    createGroupContent(controller, group),
  );
  await followContent(controller, group, content);
}

/** Brings the group's status up to what its content says. */
async function followContent(
  { client, caches, events }: SnapshotController,
  group: VolumeGroupSnapshot,
  content: VolumeGroupSnapshotContent,
): Promise<void> {
  const path = resourcePath(VolumeGroupSnapshots, group.metadata.namespace, group.metadata.name);
  const current = await client.get<VolumeGroupSnapshot>(path);
  const { creationTime, readyToUse = false, error } = content.status ?? {};
  const before = current.status;
  const bound = before?.boundVolumeGroupSnapshotContentName === content.metadata.name;
  const told = before?.creationTime || !creationTime;
  if (bound && told && before.readyToUse === readyToUse && before.error?.message === error?.message) return;
  if (creationTime && !before?.creationTime) {
    const message = `GroupSnapshot ${keyOf(group)} was successfully created by the CSI driver.`;
    events.recordEvent(group, 'Normal', 'GroupSnapshotCreated', message);
  }
  if (readyToUse && !before?.readyToUse) {
    events.recordEvent(
      group,
      'Normal',
      'GroupSnapshotReady',
      `GroupSnapshot ${keyOf(group)} is ready to use.`,
    );
  }
  const status = {
    boundVolumeGroupSnapshotContentName: content.metadata.name,
    creationTime,
    readyToUse,
    error,
  };
  caches.groups.observe(await client.replace<VolumeGroupSnapshot>(`${path}/status`, { ...current, status }));
}

/** Runs a step whose failure stands in the group's status, in an Event, and is tried again. */
async function withReport<T>(
  controller: SnapshotController,
  group: VolumeGroupSnapshot,
  reason: string,
  step: () => Promise<T>,
): Promise<T> {
  try {
    return await step();
  } catch (error) {
    await report(controller, group, reason, (error as Error).message);
    throw error;
  }
}

async function report(
  { client, caches, events }: SnapshotController,
  group: VolumeGroupSnapshot,
  reason: string,
  cause: string,
): Promise<void> {
  const creation = reason === 'GroupSnapshotContentCreationFailed';
  const message = creation ? `failed to create group snapshot content with error ${cause}` : cause;
  if (group.status?.error?.message === message) return;
  const status = {
    ...group.status,
    error: { time: timestamp(), message },
    ...(creation ? { readyToUse: false } : {}),
  };
  const path = `${resourcePath(VolumeGroupSnapshots, group.metadata.namespace, group.metadata.name)}/status`;
  caches.groups.observe(await client.replace<VolumeGroupSnapshot>(path, { ...group, status }));
  events.recordEvent(group, 'Warning', reason, message);
}
