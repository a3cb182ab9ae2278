import { unlessNotFound } from '../../kube/error.ts';
import { resourcePath, VolumeSnapshotContents } from '../../kube/kinds.ts';
import { annotation, hasFinalizer, isDeleting } from '../../kube/objects.ts';
import type { DriverSnapshot } from '../driver.ts';
import { contentBound, groupHandle, snapshotBeingCreated, snapshotBeingDeleted } from '../names.ts';
import type { VolumeSnapshotContent, VolumeSnapshotContentStatus } from '../objects.ts';
import { annotate, withoutFinalizers } from '../patches.ts';
import { timestamp } from '../time.ts';
import { driverAnswers, type Sidecar } from './sidecar.ts';

/** One pass over a content: has the driver cut it, look it up or delete it, and writes what it answered. */
export async function reconcileContent(sidecar: Sidecar, name: string): Promise<void> {
  const content = sidecar.caches.contents.get(undefined, name);
  if (content === undefined || content.spec.driver !== sidecar.driver.name) return;
  if (isDeleting(content)) return mayGo(content) ? deleteContent(sidecar, content) : undefined;
  if (content.status?.readyToUse) {
    if (annotation(content, snapshotBeingCreated)) await markCreated(sidecar, content);
    return;
  }
  await withReport(sidecar, content, () => makeReady(sidecar, content));
}

function mayGo(content: VolumeSnapshotContent): boolean {
  const neverBound = content.spec.source.snapshotHandle && !content.spec.volumeSnapshotRef.uid;
  if (neverBound) return true;
  if (annotation(content, snapshotBeingCreated)) return false;
  return annotation(content, snapshotBeingDeleted) !== undefined;
}

async function makeReady(sidecar: Sidecar, content: VolumeSnapshotContent): Promise<void> {
  const { volumeHandle, snapshotHandle } = content.spec.source;
  if (snapshotHandle !== undefined) return lookUp(sidecar, content, snapshotHandle);
  const isMember = annotation(content, groupHandle) !== undefined;
  const memberHandle = content.status?.volumeGroupSnapshotHandle && content.status.snapshotHandle;
  if (memberHandle) return lookUp(sidecar, content, memberHandle);
  // A member's status is written by the snapshot-controller from what the group's content lists.
  if (!isMember) await cut(sidecar, content, volumeHandle!);
}

async function lookUp(sidecar: Sidecar, content: VolumeSnapshotContent, handle: string): Promise<void> {
  checkClass(sidecar, content);
  const found = existing(sidecar, handle);
  await writeStatus(sidecar, content, statusOf(found));
}

/** A driver that lists no such snapshot answers an empty list. */
function existing({ driver }: Sidecar, handle: string): DriverSnapshot {
  try {
    return driver.getSnapshot(handle);
  } catch {
    throw new Error(`can not find snapshot for snapshotID ${handle}`);
  }
}

async function cut(sidecar: Sidecar, content: VolumeSnapshotContent, volumeHandle: string): Promise<void> {
  checkClass(sidecar, content);
  const path = resourcePath(VolumeSnapshotContents, undefined, content.metadata.name);
  if (!annotation(content, snapshotBeingCreated)) {
    const patch = annotate(snapshotBeingCreated, 'yes');
    sidecar.caches.contents.observe(await sidecar.client.mergePatch(path, patch));
  }
  const snapshot = await takeSnapshot(sidecar, content, volumeHandle);
  const updated = await writeStatus(sidecar, content, statusOf(snapshot));
  await markCreated(sidecar, updated);
}

async function takeSnapshot(
  sidecar: Sidecar,
  content: VolumeSnapshotContent,
  volumeHandle: string,
): Promise<DriverSnapshot> {
  try {
    await driverAnswers(sidecar, [volumeHandle]);
    return sidecar.driver.createSnapshot(volumeHandle);
  } catch (error) {
    await markCreated(sidecar, content);
    throw new Error(
      `failed to take snapshot of the volume ${volumeHandle}: ${JSON.stringify((error as Error).message)}`,
    );
  }
}

function checkClass({ caches }: Sidecar, content: VolumeSnapshotContent): void {
  const name = content.spec.volumeSnapshotClassName;
  if (name !== undefined && caches.snapshotClasses.get(undefined, name) === undefined) {
    const notFound = `volumesnapshotclass.snapshot.storage.k8s.io "${name}" not found`;
    throw new Error(
      `failed to get snapshot class ${name} for snapshot content ${content.metadata.name}: ${notFound}`,
    );
  }
  if (name === undefined && content.spec.source.volumeHandle && !annotation(content, groupHandle)) {
    throw new Error(`failed to take snapshot ${content.metadata.name} without a snapshot class`);
  }
}

function statusOf(snapshot: DriverSnapshot): VolumeSnapshotContentStatus {
  return {
    creationTime: snapshot.creationTime,
    readyToUse: true,
    restoreSize: snapshot.size,
    snapshotHandle: snapshot.handle,
    ...(snapshot.groupHandle === undefined ? {} : { volumeGroupSnapshotHandle: snapshot.groupHandle }),
  };
}

async function writeStatus(
  { client, caches }: Sidecar,
  { metadata }: VolumeSnapshotContent,
  status: VolumeSnapshotContentStatus,
): Promise<VolumeSnapshotContent> {
  const path = resourcePath(VolumeSnapshotContents, undefined, metadata.name);
  await client.get(path);
  const patch = [{ op: 'add', path: '/status', value: status } as const];
  return caches.contents.observe(await client.jsonPatch<VolumeSnapshotContent>(`${path}/status`, patch));
}

async function markCreated({ client, caches }: Sidecar, { metadata }: VolumeSnapshotContent): Promise<void> {
  const path = resourcePath(VolumeSnapshotContents, undefined, metadata.name);
  const patch = annotate(snapshotBeingCreated, null);
  caches.contents.observe(await client.mergePatch<VolumeSnapshotContent>(path, patch));
}

async function deleteContent(sidecar: Sidecar, content: VolumeSnapshotContent): Promise<void> {
  const { client, driver, caches } = sidecar;
  const path = resourcePath(VolumeSnapshotContents, undefined, content.metadata.name);
  const { snapshotHandle, volumeGroupSnapshotHandle } = content.status ?? {};
  let current = content;
  // What belongs to a group is deleted from the storage with the group.
  if (content.spec.deletionPolicy === 'Delete' && snapshotHandle && !volumeGroupSnapshotHandle) {
    driver.deleteSnapshot(snapshotHandle);
    const fresh = await client.get<VolumeSnapshotContent>(path);
    current = await client.replace<VolumeSnapshotContent>(`${path}/status`, { ...fresh, status: {} });
    caches.contents.observe(current);
  }
  if (!hasFinalizer(current, contentBound)) return;
  await unlessNotFound(client.mergePatch(path, withoutFinalizers(current, [contentBound])));
}

/** A failure stands in the content's status and in an Event, and is tried again. */
async function withReport(
  sidecar: Sidecar,
  content: VolumeSnapshotContent,
  step: () => Promise<void>,
): Promise<void> {
  try {
    await step();
  } catch (error) {
    const creates = content.spec.source.volumeHandle !== undefined && content.status === undefined;
    const reason = creates ? 'SnapshotCreationFailed' : 'SnapshotContentCheckandUpdateFailed';
    const failed = creates ? 'Failed to create snapshot' : 'Failed to check and update snapshot content';
    await report(sidecar, content, reason, `${failed}: ${(error as Error).message}`);
    throw error;
  }
}

async function report(
  { client, caches, events }: Sidecar,
  content: VolumeSnapshotContent,
  reason: string,
  message: string,
): Promise<void> {
  if (content.status?.error?.message === message) return;
  const path = resourcePath(VolumeSnapshotContents, undefined, content.metadata.name);
  const status = { readyToUse: false, error: { time: timestamp(), message } };
  caches.contents.observe(await client.statusPatch<VolumeSnapshotContent>(path, { status }));
  events.recordEvent(content, 'Warning', reason, message);
}
