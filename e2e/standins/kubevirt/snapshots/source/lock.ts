import type { ObjectMeta } from '../../../kube/objects.ts';
import { conditionOf } from '../../conditions.ts';
import { writeMachineStatus } from '../../vm/write-status.ts';
import type { Caches } from '../../world.ts';
import type { SnapshotContext } from '../context.ts';
import { isProgressing, isTerminating } from '../snapshot/facts.ts';
import type { VirtualMachineSnapshot } from '../types.ts';
import { addFinalizer, removeFinalizer } from '../write.ts';
import { obstacleToLock } from './obstacles.ts';
import { type SnapshotSource, SOURCE_PROTECTION } from './source.ts';

export const NOT_LOCKED = 'Source not locked';
const LOCKED = 'Source locked and operation in progress';

export interface Lock {
  readonly locked: boolean;
  /** What the snapshot says of it. */
  readonly message: string;
}

export function lockOf(source: SnapshotSource): Lock {
  return { locked: source.locked, message: source.locked ? LOCKED : NOT_LOCKED };
}

/** Takes a VM for one snapshot: first its status says so, then it is kept from going away. */
export async function lock(
  { client, caches, world }: SnapshotContext,
  { metadata, status: said }: VirtualMachineSnapshot,
  source: SnapshotSource,
): Promise<Lock> {
  if (!isFirst(caches, metadata, source))
    return { locked: false, message: conditionOf(said?.conditions, 'Progressing')?.reason ?? NOT_LOCKED };
  const obstacle = obstacleToLock(caches, metadata.name, source);
  if (obstacle !== undefined) return { locked: false, message: NOT_LOCKED + obstacle };
  const status = { ...source.vm.status, snapshotInProgress: metadata.name };
  const vm = await writeMachineStatus(world, source.vm, status);
  await addFinalizer(client, caches.vms, vm, SOURCE_PROTECTION);
  return { locked: true, message: LOCKED };
}

/** Who takes a free VM is a matter of luck in the real one; here it is who came first. */
function isFirst({ vmSnapshots }: Caches, { namespace, uid }: ObjectMeta, { vm }: SnapshotSource): boolean {
  if (vm.status?.snapshotInProgress !== undefined) return true;
  const waiting = vmSnapshots
    .list(namespace)
    .filter(({ spec }) => spec.source.name === vm.metadata.name)
    .find((snapshot) => snapshot.status !== undefined && isProgressing(snapshot) && !isTerminating(snapshot));
  return waiting === undefined || waiting.metadata.uid === uid;
}

/** Lets go of a VM in the other order, if this snapshot holds it. */
export async function unlock(
  { client, caches, world }: SnapshotContext,
  { metadata }: VirtualMachineSnapshot,
  { vm }: SnapshotSource,
): Promise<void> {
  if (vm.status?.snapshotInProgress !== metadata.name) return;
  const released = await removeFinalizer(client, caches.vms, vm, SOURCE_PROTECTION);
  await writeMachineStatus(world, released, { ...released.status, snapshotInProgress: undefined });
}
