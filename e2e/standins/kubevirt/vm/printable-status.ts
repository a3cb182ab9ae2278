import { conditionOf } from '../conditions.ts';
import type { VirtualMachine, VirtualMachineInstance } from '../types.ts';
import { isFinal } from '../vmi/ready.ts';
import { isSetToStart } from './decide.ts';

/** What a VM's printable status depends on besides the two objects. */
export interface VolumeFacts {
  /** Some claim that the VM names is not bound to a volume yet. */
  readonly unbound: boolean;
  /** Some DataVolume that the VM names as such is being made. */
  readonly provisioning: boolean;
  /** Some DataVolume that the VM names as such has failed. */
  readonly failed: boolean;
}

type Check = (vm: VirtualMachine, vmi: VirtualMachineInstance | undefined, volumes: VolumeFacts) => boolean;

/** The first that holds is the status: errors are looked at before progress, so that it passes through them. */
const checks: readonly (readonly [string, Check])[] = [
  ['Terminating', (vm) => vm.metadata.deletionTimestamp !== undefined],
  [
    'Stopping',
    (_vm, vmi) => vmi !== undefined && !isFinal(vmi) && vmi.metadata.deletionTimestamp !== undefined,
  ],
  ['Paused', (_vm, vmi) => vmi?.status?.phase === 'Running' && has(vmi, 'Paused', 'PausedByUser')],
  ['Running', (_vm, vmi) => vmi?.status?.phase === 'Running'],
  ['ErrorPvcNotFound', (_vm, vmi) => has(vmi, 'Synchronized', 'FailedPvcNotFound')],
  ['DataVolumeError', (_vm, _vmi, { failed }) => failed],
  ['ErrorUnschedulable', (_vm, vmi) => has(vmi, 'PodScheduled', 'Unschedulable')],
  ['Provisioning', (_vm, vmi, { provisioning }) => !(vmi && isFinal(vmi)) && provisioning],
  [
    'WaitingForVolumeBinding',
    (vm, vmi, { unbound }) => !(vmi && isFinal(vmi)) && isSetToStart(vm) && unbound,
  ],
  ['Starting', (_vm, vmi) => vmi !== undefined && !isFinal(vmi)],
  [
    'CrashLoopBackOff',
    (vm, vmi) => vmi === undefined && isSetToStart(vm) && vm.status?.startFailure !== undefined,
  ],
];

export function printableStatus(
  vm: VirtualMachine,
  vmi: VirtualMachineInstance | undefined,
  volumes: VolumeFacts,
): string {
  return checks.find(([, holds]) => holds(vm, vmi, volumes))?.[0] ?? 'Stopped';
}

function has(vmi: VirtualMachineInstance | undefined, type: string, reason: string): boolean {
  return vmi !== undefined && !isFinal(vmi) && conditionOf(vmi.status?.conditions, type)?.reason === reason;
}
