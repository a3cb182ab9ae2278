import { unlessNotFound } from '../../../kube/error.ts';
import { Claims, DataVolumes, resourcePath, VirtualMachines } from '../../../kube/kinds.ts';
import { annotation } from '../../../kube/objects.ts';
import { sameJson } from '../../patch.ts';
import type { Claim, VirtualMachine } from '../../types.ts';
import { writeMachineStatus } from '../../vm/write-status.ts';
import type { SnapshotContext } from '../context.ts';
import type { CapturedMachine, RestoreStatus, VirtualMachineRestore } from '../types.ts';
import { nameDataVolumes, restoreDataVolumes } from './data-volumes.ts';
import { isRestoredBy, OWNED_BY_MACHINE } from './names.ts';
import { ownedBy, patched, restoredMachine } from './restored-machine.ts';

/** Makes or changes the target VM; answers what is new of the restore, `undefined` when there is no more to do. */
export async function restoreTarget(
  context: SnapshotContext,
  restore: VirtualMachineRestore,
  captured: CapturedMachine,
  target: VirtualMachine | undefined,
): Promise<RestoreStatus | undefined> {
  if (isRestoredBy(restore, target)) return undefined;
  const restores = await nameDataVolumes(context, restore, captured);
  if (!sameJson(restores, restore.status?.restores ?? [])) return { restores };
  const restored = restoredMachine(restore, captured, target);
  if (await restoreDataVolumes(context, restore, restored)) return {};
  const deletedDataVolumes = target && droppedDataVolumes(target, restored);
  if (!sameJson(deletedDataVolumes, restore.status?.deletedDataVolumes)) return { deletedDataVolumes };
  const written = await write(context, restore, restored, target);
  await ownClaims(context, restore, written);
  return {};
}

function droppedDataVolumes(before: VirtualMachine, after: VirtualMachine): string[] | undefined {
  const kept = new Set((after.spec.dataVolumeTemplates ?? []).map(({ metadata }) => metadata.name));
  const dropped = (before.spec.dataVolumeTemplates ?? [])
    .map(({ metadata }) => metadata.name)
    .filter((name) => !kept.has(name));
  return dropped.length === 0 ? undefined : dropped;
}

async function write(
  { client, caches }: SnapshotContext,
  restore: VirtualMachineRestore,
  restored: VirtualMachine,
  target: VirtualMachine | undefined,
): Promise<VirtualMachine> {
  const path = resourcePath(VirtualMachines, restore.metadata.namespace, target?.metadata.name);
  const written = target ? client.replace(path, restored) : client.create(path, patched(restored, restore));
  return caches.vms.observe((await written) as VirtualMachine);
}

/** Claims that are marked as a VM's, and have no owner, become the new VM's. */
async function ownClaims(
  { client, caches }: SnapshotContext,
  { metadata, spec }: VirtualMachineRestore,
  vm: VirtualMachine,
): Promise<void> {
  if (spec.volumeOwnershipPolicy === 'None') return;
  for (const { persistentVolumeClaim } of vm.spec.template.spec.volumes ?? []) {
    const claim = caches.claims.get(metadata.namespace, persistentVolumeClaim?.claimName ?? '');
    if (claim === undefined || claim.metadata.ownerReferences?.length) continue;
    if (annotation(claim, OWNED_BY_MACHINE) !== metadata.name) continue;
    const path = resourcePath(Claims, metadata.namespace, claim.metadata.name);
    const marks = { annotations: { [OWNED_BY_MACHINE]: null }, ownerReferences: [ownedBy(vm)] };
    caches.claims.observe(await client.mergePatch<Claim>(path, { metadata: marks }));
  }
}

/** Takes a VM that is there for a restore; while it is taken its run strategy cannot be changed. */
export async function takeTarget(
  { world }: SnapshotContext,
  restore: VirtualMachineRestore,
  target: VirtualMachine | undefined,
): Promise<VirtualMachine | undefined> {
  if (target === undefined || isRestoredBy(restore, target)) return target;
  const { name } = restore.metadata;
  const other = target.status?.restoreInProgress;
  if (other !== undefined && other !== name) throw new Error(`vm restore ${other} in progress`);
  return writeMachineStatus(world, target, { ...target.status, restoreInProgress: name });
}

export async function releaseTarget(
  { world }: SnapshotContext,
  { metadata }: VirtualMachineRestore,
  target: VirtualMachine,
): Promise<void> {
  if (target.status?.restoreInProgress !== metadata.name) return;
  await writeMachineStatus(world, target, { ...target.status, restoreInProgress: undefined });
}

export async function deleteDroppedDataVolumes(
  { client, caches }: SnapshotContext,
  { metadata: { namespace }, status }: VirtualMachineRestore,
): Promise<void> {
  for (const name of status?.deletedDataVolumes ?? []) {
    if (caches.dataVolumes.get(namespace, name) === undefined) continue;
    await unlessNotFound(client.delete(resourcePath(DataVolumes, namespace, name)));
  }
}
