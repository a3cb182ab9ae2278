import type { Again } from '../../../kube/controller.ts';
import { unlessNotFound } from '../../../kube/error.ts';
import { resourcePath, VirtualMachineSnapshotContents } from '../../../kube/kinds.ts';
import { isDeleting, splitKey } from '../../../kube/objects.ts';
import { conditionOf } from '../../conditions.ts';
import { createContent } from '../content/create.ts';
import type { SnapshotContext } from '../context.ts';
import { type Lock, lock, lockOf, NOT_LOCKED, unlock } from '../source/lock.ts';
import { type SnapshotSource, sourceOf } from '../source/source.ts';
import type { VirtualMachineSnapshot, VirtualMachineSnapshotContent } from '../types.ts';
import { addFinalizer, removeFinalizer, writeStatus } from '../write.ts';
import { timeLeft } from './deadline.ts';
import { contentGoesToo, contentName, isProgressing, isTerminating } from './facts.ts';
import { snapshotStatus } from './status.ts';

const PROTECTION = 'snapshot.kubevirt.io/vmsnapshot-protection';

/** What virt-controller does for a VirtualMachineSnapshot: locks its VM, has its content made, says how far it is. */
export async function reconcileSnapshot(context: SnapshotContext, key: string): Promise<Again> {
  const { namespace, name } = splitKey(key);
  const { client, caches } = context;
  if (isToLock(caches.vmSnapshots.get(namespace, name))) {
    const { pace, signal } = context.world.context;
    await pace.wait('snapshot locks its VM', signal);
  }
  const found = caches.vmSnapshots.get(namespace, name);
  if (found === undefined) return;
  const source = sourceOf(caches, found);
  const snapshot = isTerminating(found)
    ? found
    : await addFinalizer(client, caches.vmSnapshots, found, PROTECTION);
  const held =
    snapshot.status === undefined ? source && lockOf(source) : await hold(context, snapshot, source);
  if (isTerminating(snapshot)) await deleteContent(context, snapshot);
  const content = contentOf(context, snapshot);
  const status = snapshotStatus({ snapshot, content, source, lock: held });
  const current = await writeStatus(client, caches.vmSnapshots, snapshot, status);
  if (isDeleting(current) && !held?.locked) {
    await removeFinalizer(client, caches.vmSnapshots, current, PROTECTION);
    return;
  }
  return again(context, current, source, held);
}

/** Whether a snapshot has told that it is under way, and has not tried yet to take its VM. */
function isToLock(snapshot: VirtualMachineSnapshot | undefined): boolean {
  return conditionOf(snapshot?.status?.conditions, 'Progressing')?.reason === NOT_LOCKED;
}

/** Holds the VM as long as the snapshot is under way, and lets go of it afterwards. */
async function hold(
  context: SnapshotContext,
  snapshot: VirtualMachineSnapshot,
  source: SnapshotSource | undefined,
): Promise<Lock | undefined> {
  if (source === undefined) return undefined;
  const content = contentOf(context, snapshot);
  if (isProgressing(snapshot) && !isTerminating(snapshot)) {
    if (!source.locked) return lock(context, snapshot, source);
    if (content === undefined) await createContent(context, snapshot, source);
  } else if (!isProgressing(snapshot) || content === undefined || !contentGoesToo(snapshot, content)) {
    await unlock(context, snapshot, source);
  }
  return lockOf(source);
}

function contentOf(
  { caches }: SnapshotContext,
  snapshot: VirtualMachineSnapshot,
): VirtualMachineSnapshotContent | undefined {
  return caches.vmSnapshotContents.get(snapshot.metadata.namespace, contentName(snapshot));
}

async function deleteContent(context: SnapshotContext, snapshot: VirtualMachineSnapshot): Promise<void> {
  const content = contentOf(context, snapshot);
  if (content === undefined || isDeleting(content) || !contentGoesToo(snapshot, content)) return;
  const { namespace, name } = content.metadata;
  await unlessNotFound(context.client.delete(resourcePath(VirtualMachineSnapshotContents, namespace, name)));
}

function again(
  { world }: SnapshotContext,
  snapshot: VirtualMachineSnapshot,
  source: SnapshotSource | undefined,
  held: Lock | undefined,
): Again {
  if (!isProgressing(snapshot)) return;
  if (source !== undefined && !held?.locked)
    return { after: world.context.pace.milliseconds('snapshot lock is tried again') };
  const left = timeLeft(snapshot, Date.now());
  if (left !== undefined) return { after: Math.max(0, left) + 1 };
}
