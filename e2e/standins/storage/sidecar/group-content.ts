import { unlessNotFound } from '../../kube/error.ts';
import { resourcePath, VolumeGroupSnapshotContents } from '../../kube/kinds.ts';
import { annotation, hasFinalizer, isDeleting } from '../../kube/objects.ts';
import { groupBeingCreated, groupBeingDeleted, groupContentBound } from '../names.ts';
import type { VolumeGroupSnapshotContent, VolumeGroupSnapshotContentStatus } from '../objects.ts';
import { annotate, withoutFinalizers } from '../patches.ts';
import { timestamp, timestampOfNanoseconds } from '../time.ts';
import { driverAnswers, type Sidecar } from './sidecar.ts';

/** One pass over a group's content: has the driver cut all volumes at once, or delete what was cut. */
export async function reconcileGroupContent(sidecar: Sidecar, name: string): Promise<void> {
  const content = sidecar.caches.groupContents.get(undefined, name);
  if (content === undefined || content.spec.driver !== sidecar.driver.name) return;
  if (isDeleting(content)) return mayGo(content) ? deleteContent(sidecar, content) : undefined;
  if (content.status?.readyToUse) {
    if (annotation(content, groupBeingCreated)) await mark(sidecar, content, null);
    return;
  }
  try {
    await cut(sidecar, content);
  } catch (error) {
    await report(sidecar, content, `Failed to create group snapshot: ${(error as Error).message}`);
    throw error;
  }
}

function mayGo(content: VolumeGroupSnapshotContent): boolean {
  if (annotation(content, groupBeingCreated)) return false;
  return annotation(content, groupBeingDeleted) !== undefined;
}

async function cut(sidecar: Sidecar, content: VolumeGroupSnapshotContent): Promise<void> {
  const volumeHandles = content.spec.source.volumeHandles ?? [];
  if (!annotation(content, groupBeingCreated)) await mark(sidecar, content, 'yes');
  const status = await takeSnapshot(sidecar, content, volumeHandles);
  const path = resourcePath(VolumeGroupSnapshotContents, undefined, content.metadata.name);
  const current = await sidecar.client.get<VolumeGroupSnapshotContent>(path);
  const updated = await sidecar.client.replace<VolumeGroupSnapshotContent>(`${path}/status`, {
    ...current,
    status,
  });
  sidecar.caches.groupContents.observe(updated);
  await mark(sidecar, content, null);
}

async function takeSnapshot(
  sidecar: Sidecar,
  content: VolumeGroupSnapshotContent,
  volumeHandles: readonly string[],
): Promise<VolumeGroupSnapshotContentStatus> {
  try {
    await driverAnswers(sidecar, volumeHandles);
    return statusOf(sidecar.driver.createGroupSnapshot(volumeHandles));
  } catch (error) {
    await mark(sidecar, content, null);
    const cause = JSON.stringify((error as Error).message);
    throw new Error(`failed to take group snapshot of the volumes [${volumeHandles.join(' ')}]: ${cause}`);
  }
}

function statusOf({
  handle,
  snapshots,
}: ReturnType<Sidecar['driver']['createGroupSnapshot']>): VolumeGroupSnapshotContentStatus {
  return {
    creationTime: timestampOfNanoseconds(snapshots[0]!.creationTime),
    readyToUse: true,
    volumeGroupSnapshotHandle: handle,
    volumeSnapshotInfoList: snapshots.map((snapshot) => ({
      creationTime: snapshot.creationTime,
      readyToUse: true,
      restoreSize: snapshot.size,
      snapshotHandle: snapshot.handle,
      volumeHandle: snapshot.volumeHandle,
    })),
  };
}

async function mark(
  sidecar: Sidecar,
  { metadata }: VolumeGroupSnapshotContent,
  value: string | null,
): Promise<void> {
  const path = resourcePath(VolumeGroupSnapshotContents, undefined, metadata.name);
  const patch = annotate(groupBeingCreated, value);
  sidecar.caches.groupContents.observe(
    await sidecar.client.mergePatch<VolumeGroupSnapshotContent>(path, patch),
  );
}

async function deleteContent(sidecar: Sidecar, content: VolumeGroupSnapshotContent): Promise<void> {
  const { client, driver, caches } = sidecar;
  const path = resourcePath(VolumeGroupSnapshotContents, undefined, content.metadata.name);
  if (content.spec.deletionPolicy === 'Delete' && content.status?.volumeGroupSnapshotHandle) {
    for (const { snapshotHandle } of content.status.volumeSnapshotInfoList ?? [])
      driver.deleteSnapshot(snapshotHandle);
    const fresh = await client.get<VolumeGroupSnapshotContent>(path);
    const { volumeSnapshotInfoList } = fresh.status ?? {};
    const cleared = { ...fresh, status: { volumeSnapshotInfoList } };
    // Its finalizer goes in the next pass, when the handle has gone.
    caches.groupContents.observe(await client.replace<VolumeGroupSnapshotContent>(`${path}/status`, cleared));
    return;
  }
  if (!hasFinalizer(content, groupContentBound)) return;
  await unlessNotFound(client.mergePatch(path, withoutFinalizers(content, [groupContentBound])));
}

async function report(sidecar: Sidecar, content: VolumeGroupSnapshotContent, message: string): Promise<void> {
  if (content.status?.error?.message === message) return;
  const path = resourcePath(VolumeGroupSnapshotContents, undefined, content.metadata.name);
  const status = { readyToUse: false, error: { time: timestamp(), message } };
  sidecar.caches.groupContents.observe(
    await sidecar.client.statusPatch<VolumeGroupSnapshotContent>(path, { status }),
  );
  sidecar.events.recordEvent(content, 'Warning', 'GroupSnapshotCreationFailed', message);
}
