import type { Again } from '../../../kube/controller.ts';
import { isAlreadyExists, isConflict } from '../../../kube/error.ts';
import { resourcePath, VirtualMachineRestores } from '../../../kube/kinds.ts';
import { hasFinalizer, isDeleting, splitKey } from '../../../kube/objects.ts';
import { conditionOf } from '../../conditions.ts';
import { sameJson } from '../../patch.ts';
import type { VirtualMachine } from '../../types.ts';
import type { SnapshotContext } from '../context.ts';
import type { VirtualMachineRestore, VirtualMachineSnapshot } from '../types.ts';
import { removeFinalizer } from '../write.ts';
import { contentFor, snapshotOf } from './captured.ts';
import { isRestoredBy } from './names.ts';
import { isProgressing } from './progress.ts';
import { readinessOf } from './readiness.ts';
import { ownedBy } from './restored-machine.ts';
import { deleteDroppedDataVolumes, releaseTarget, restoreTarget, takeTarget } from './target.ts';
import { say, tellCompletion, tellError, tellFailure } from './tell.ts';
import { restoreVolumes } from './volumes.ts';

const PROTECTION = 'snapshot.kubevirt.io/vmrestore-protection';
const INITIALIZING = 'Initializing VirtualMachineRestore';

/** What virt-controller does for a VirtualMachineRestore, a step a pass: claims, then the VM on them. */
export async function reconcileRestore(context: SnapshotContext, key: string): Promise<Again> {
  const { namespace, name } = splitKey(key);
  const restore = context.caches.vmRestores.get(namespace, name);
  if (restore === undefined) return;
  if (restore.status === undefined)
    return say(context, restore, { complete: false }, true, INITIALIZING, INITIALIZING);
  const target = context.caches.vms.get(namespace, restore.spec.target.name);
  if (isDeleting(restore)) return leave(context, restore, target);
  if (!isProgressing(restore)) return;
  const marked = await mark(context, restore, target);
  try {
    await advance(context, marked, target);
  } catch (error) {
    if (!isConflict(error) || isAlreadyExists(error)) await tellError(context, marked, error as Error);
    throw error;
  }
}

/** A restore belongs to its target as soon as there is one, unless somebody else has it. */
async function mark(
  { client, caches }: SnapshotContext,
  restore: VirtualMachineRestore,
  target: VirtualMachine | undefined,
): Promise<VirtualMachineRestore> {
  const { namespace, name, ownerReferences = [], finalizers = [], resourceVersion } = restore.metadata;
  const owners = ownerReferences.length === 0 && target !== undefined ? [ownedBy(target)] : ownerReferences;
  const kept = finalizers.includes(PROTECTION) ? finalizers : [...finalizers, PROTECTION];
  if (sameJson([owners, kept], [ownerReferences, finalizers])) return restore;
  const metadata = { ownerReferences: owners, finalizers: kept, resourceVersion };
  const path = resourcePath(VirtualMachineRestores, namespace, name);
  return caches.vmRestores.observe(await client.mergePatch<VirtualMachineRestore>(path, { metadata }));
}

async function advance(
  context: SnapshotContext,
  restore: VirtualMachineRestore,
  target: VirtualMachine | undefined,
): Promise<void> {
  const unready = await readinessOf(context, restore, target);
  if (unready?.failed) return tellFailure(context, restore, unready.reason);
  if (unready !== undefined) return say(context, restore, {}, false, unready.reason, unready.reason);
  const snapshot = snapshotOf(context.caches, restore);
  refuseOthers(restore, snapshot, target);
  const content = contentFor(context.caches, snapshot);
  const taken = await takeTarget(context, restore, target);
  const restores = await restoreVolumes(context, restore, { content, target: taken });
  if (restores !== undefined)
    return say(context, restore, { restores }, true, 'Creating new PVCs', 'Waiting for new PVCs');
  const news = await restoreTarget(context, restore, content.spec.source.virtualMachine, taken);
  if (news !== undefined)
    return say(context, restore, news, true, 'Updating target spec', 'Waiting for target update');
  await complete(context, restore, taken!);
}

/** An existing VM is only restored from a snapshot of itself. */
function refuseOthers(
  restore: VirtualMachineRestore,
  { status }: VirtualMachineSnapshot,
  target: VirtualMachine | undefined,
): void {
  if (target === undefined || isRestoredBy(restore, target)) return;
  if (target.metadata.uid === status?.sourceUID) return;
  throw new Error('restore source and restore target are different but restore target already exists');
}

async function complete(
  context: SnapshotContext,
  restore: VirtualMachineRestore,
  target: VirtualMachine,
): Promise<void> {
  await deleteDroppedDataVolumes(context, restore);
  await releaseTarget(context, restore, target);
  await tellCompletion(context, restore);
}

/** A restore that is deleted lets go of its target, says so, and goes. */
async function leave(
  context: SnapshotContext,
  restore: VirtualMachineRestore,
  target: VirtualMachine | undefined,
): Promise<void> {
  if (!hasFinalizer(restore, PROTECTION)) return;
  if (target !== undefined) await releaseTarget(context, restore, target);
  const going = 'VM restore is deleting';
  if (conditionOf(restore.status?.conditions, 'Progressing')?.reason !== going)
    return say(context, restore, {}, false, going, going);
  await removeFinalizer(context.client, context.caches.vmRestores, restore, PROTECTION);
}
