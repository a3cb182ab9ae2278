import type { Again } from '../../../kube/controller.ts';
import { isDeleting, splitKey } from '../../../kube/objects.ts';
import type { VolumeSnapshot } from '../../../storage/objects.ts';
import type { SnapshotContext } from '../context.ts';
import { contentGoesToo, isTerminating } from '../snapshot/facts.ts';
import { freezeSource, unfreezeSource } from '../source/quiesce.ts';
import { sourceOf } from '../source/source.ts';
import type { VirtualMachineSnapshot, VirtualMachineSnapshotContent, VolumeBackup } from '../types.ts';
import { removeFinalizer, writeStatus } from '../write.ts';
import { CONTENT_PROTECTION } from './create.ts';
import { contentStatus, errorOf, type Volumes } from './status.ts';
import { createVolumeSnapshot } from './volume-snapshot.ts';

/** What virt-controller does for a VirtualMachineSnapshotContent: freeze, VolumeSnapshots, thaw, status. */
export async function reconcileContent(context: SnapshotContext, key: string): Promise<Again> {
  const { namespace, name } = splitKey(key);
  const { client, caches } = context;
  const content = caches.vmSnapshotContents.get(namespace, name);
  if (content === undefined) return;
  const snapshot = caches.vmSnapshots.get(namespace, content.spec.virtualMachineSnapshotName ?? '');
  if (snapshot === undefined || isTerminating(snapshot)) {
    await letGo(context, content, snapshot);
    if (snapshot !== undefined && contentGoesToo(snapshot, content)) return;
  }
  const current = caches.vmSnapshotContents.get(namespace, name);
  if (current === undefined || isDeleting(current)) return;
  const frozen = await freezeBefore(context, current, snapshot);
  if (frozen !== undefined) return refused(context, current, frozen);
  const status = contentStatus(current.status, await volumesOf(context, current, snapshot));
  const thaws = current.status?.creationTime === undefined && status.creationTime !== undefined;
  if (thaws) await thaw(context, snapshot);
  await writeStatus(client, caches.vmSnapshotContents, current, status);
}

async function letGo(
  context: SnapshotContext,
  content: VirtualMachineSnapshotContent,
  snapshot: VirtualMachineSnapshot | undefined,
): Promise<void> {
  await thaw(context, snapshot).catch((error: Error) =>
    console.error(`${content.metadata.name}: ${error.message}`),
  );
  await removeFinalizer(context.client, context.caches.vmSnapshotContents, content, CONTENT_PROTECTION);
}

async function thaw({ world, caches }: SnapshotContext, snapshot: VirtualMachineSnapshot | undefined) {
  const source = snapshot && sourceOf(caches, snapshot);
  if (source !== undefined) await unfreezeSource(world, source);
}

/** Freezes the guest if there are VolumeSnapshots to be made; answers why it could not. */
async function freezeBefore(
  { world, caches }: SnapshotContext,
  content: VirtualMachineSnapshotContent,
  snapshot: VirtualMachineSnapshot | undefined,
): Promise<Error | undefined> {
  if (snapshot === undefined || isDeleting(snapshot) || content.status?.creationTime !== undefined)
    return undefined;
  const made = ({ volumeSnapshotName: name }: VolumeBackup) =>
    name === undefined || caches.volumeSnapshots.get(content.metadata.namespace, name) !== undefined;
  if (content.spec.volumeBackups?.every(made) ?? true) return undefined;
  const source = sourceOf(caches, snapshot);
  if (source === undefined) throw new Error('unable to get snapshot source');
  return freezeSource(world, snapshot, source).then(
    () => undefined,
    (error: Error) => error,
  );
}

async function refused(
  { client, caches, world }: SnapshotContext,
  content: VirtualMachineSnapshotContent,
  { message }: Error,
): Promise<Again> {
  const status = { ...content.status, readyToUse: false, error: errorOf(content.status?.error, message) };
  await writeStatus(client, caches.vmSnapshotContents, content, status);
  return { after: world.context.pace.milliseconds('freeze for a snapshot is tried again') };
}

async function volumesOf(
  context: SnapshotContext,
  content: VirtualMachineSnapshotContent,
  snapshot: VirtualMachineSnapshot | undefined,
): Promise<Volumes> {
  const { caches, events } = context;
  const volumes = { found: [] as VolumeSnapshot[], missing: [] as string[], skipped: [] as string[] };
  for (const backup of content.spec.volumeBackups ?? []) {
    const name = backup.volumeSnapshotName;
    if (name === undefined) continue;
    const found = caches.volumeSnapshots.get(content.metadata.namespace, name);
    if (found !== undefined) volumes.found.push(found);
    else if (content.status?.creationTime !== undefined) {
      events.recordEvent(
        content,
        'Warning',
        'VolumeSnapshotMissing',
        `VolumeSnapshot ${name} no longer exists`,
      );
      volumes.missing.push(name);
    } else if (snapshot === undefined || isDeleting(snapshot)) volumes.skipped.push(name);
    else volumes.found.push(await createVolumeSnapshot(context, content, backup));
  }
  return volumes;
}
