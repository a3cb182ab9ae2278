import { hasFinalizer } from '../../../kube/objects.ts';
import { conditionOf, isTrue } from '../../conditions.ts';
import type { VirtualMachine } from '../../types.ts';
import type { Caches } from '../../world.ts';
import type { VirtualMachineSnapshot } from '../types.ts';

export const SOURCE_PROTECTION = 'snapshot.kubevirt.io/snapshot-source-protection';

/** The VM that a snapshot is of, and how it is now. */
export interface SnapshotSource {
  readonly vm: VirtualMachine;
  readonly online: boolean;
  readonly paused: boolean;
  readonly guestAgent: boolean;
  readonly frozen: boolean;
  /** Whether this snapshot holds the VM. */
  readonly locked: boolean;
}

export function sourceOf(
  { vms, vmis }: Caches,
  { metadata, spec }: VirtualMachineSnapshot,
): SnapshotSource | undefined {
  const vm = vms.get(metadata.namespace, spec.source.name);
  if (vm === undefined) return undefined;
  const vmi = vmis.get(metadata.namespace, spec.source.name);
  const conditions = vmi?.status?.conditions;
  return {
    vm,
    online: vmi !== undefined,
    paused: isTrue(conditions, 'Paused'),
    guestAgent: conditionOf(conditions, 'AgentConnected') !== undefined,
    frozen: vmi?.status?.fsFreezeStatus === 'frozen',
    locked: vm.status?.snapshotInProgress === metadata.name && hasFinalizer(vm, SOURCE_PROTECTION),
  };
}
