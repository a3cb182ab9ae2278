import { joinKey } from '../../../kube/objects.ts';
import type { Caches } from '../../world.ts';
import type {
  VirtualMachineRestore,
  VirtualMachineSnapshot,
  VirtualMachineSnapshotContent,
} from '../types.ts';

/** The snapshot that a restore is from; throws with what the restore says when there is none to be used. */
export function snapshotOf(
  { vmSnapshots }: Caches,
  { metadata, spec }: VirtualMachineRestore,
): VirtualMachineSnapshot {
  const { namespace } = metadata;
  const key = joinKey(namespace, spec.virtualMachineSnapshotName);
  const snapshot = vmSnapshots.get(namespace, spec.virtualMachineSnapshotName);
  if (snapshot === undefined) throw new Error(`VMSnapshot ${key} does not exist`);
  if (snapshot.status?.phase === 'Failed') throw new Error(`VMSnapshot ${key} failed and is invalid to use`);
  if (snapshot.status?.readyToUse !== true) throw new Error(`VMSnapshot ${key} not ready`);
  if (snapshot.status.virtualMachineSnapshotContentName === undefined)
    throw new Error(`no snapshot content name in ${key}`);
  return snapshot;
}

export function contentFor(
  { vmSnapshotContents }: Caches,
  { metadata, status }: VirtualMachineSnapshot,
): VirtualMachineSnapshotContent {
  const name = status!.virtualMachineSnapshotContentName!;
  const content = vmSnapshotContents.get(metadata.namespace, name);
  const key = joinKey(metadata.namespace, name);
  if (content === undefined) throw new Error(`VMSnapshotContent ${key} does not exist`);
  if (content.status?.readyToUse !== true) throw new Error(`VMSnapshotContent ${key} not ready`);
  return content;
}
