import type { RunStrategy, StateChangeRequest, VirtualMachine, VirtualMachineInstance } from '../types.ts';
import { isFinal } from '../vmi/ready.ts';

/** What a VM's run strategy asks for now. */
export interface Decision {
  /** Make an instance, or delete the one that is there. */
  readonly action: 'start' | 'stop' | 'none';
  /** The requests that remain to be done. */
  readonly requests: readonly StateChangeRequest[];
}

/** What to do with a VM and its instance. A pure function of both. */
export function decide(vm: VirtualMachine, vmi: VirtualMachineInstance | undefined): Decision {
  const requests = remaining(vm.status?.stateChangeRequests ?? [], vmi);
  if (vm.metadata.deletionTimestamp !== undefined) return { action: 'none', requests };
  const wanted = vmi === undefined ? withoutInstance(vm, requests) : withInstance(vm, vmi, requests);
  const leaving = vmi?.metadata.deletionTimestamp !== undefined;
  return leaving ? { action: 'none', requests: wanted.requests } : wanted;
}

export function runStrategyOf({ spec }: VirtualMachine): RunStrategy {
  return spec.runStrategy ?? (spec.running === true ? 'Always' : 'Halted');
}

/** A VM that is meant to run, or would if it could. */
export function isSetToStart(vm: VirtualMachine): boolean {
  const starts = vm.status?.stateChangeRequests?.some(({ action }) => action === 'Start') ?? false;
  const strategy = runStrategyOf(vm);
  if (strategy === 'Always') return true;
  if (strategy === 'Halted') return false;
  return starts || vm.status?.created === true || startsByItself(vm, strategy);
}

/** A stop is done when its instance is gone, a start when one is there that nobody asked to stop. */
function remaining(
  requests: readonly StateChangeRequest[],
  vmi: VirtualMachineInstance | undefined,
): readonly StateChangeRequest[] {
  const stops = requests.filter(({ action, uid }) => action === 'Stop' && uid === vmi?.metadata.uid);
  const running = vmi !== undefined && vmi.metadata.deletionTimestamp === undefined && stops.length === 0;
  const starts = running ? [] : requests.filter(({ action }) => action === 'Start');
  return [...stops, ...starts];
}

function withoutInstance(vm: VirtualMachine, requests: readonly StateChangeRequest[]): Decision {
  const strategy = runStrategyOf(vm);
  const asked = requests.some(({ action }) => action === 'Start');
  const start = strategy !== 'Halted' && (asked ? strategy !== 'Once' : startsByItself(vm, strategy));
  return { action: start ? 'start' : 'none', requests };
}

/** Once and RerunOnFailure start a VM that comes to them from elsewhere, and one that they ran before never again. */
function startsByItself({ status }: VirtualMachine, strategy: RunStrategy): boolean {
  if (strategy === 'Always') return true;
  return (strategy === 'Once' || strategy === 'RerunOnFailure') && status?.runStrategy !== strategy;
}

function withInstance(
  vm: VirtualMachine,
  vmi: VirtualMachineInstance,
  requests: readonly StateChangeRequest[],
): Decision {
  const stop: Decision = { action: 'stop', requests };
  if (requests.some(({ action }) => action === 'Stop')) return stop;
  switch (runStrategyOf(vm)) {
    case 'Always':
      return isFinal(vmi) ? stop : { action: 'none', requests };
    case 'RerunOnFailure':
      return rerun(vmi, requests);
    case 'Manual':
    case 'Once':
      return { action: 'none', requests };
    case 'Halted':
      return stop;
    case 'WaitAsReceiver':
      throw new Error('runStrategy WaitAsReceiver is not modelled by the stand-in');
  }
}

/** What failed is deleted and started again, what succeeded only deleted. */
function rerun(vmi: VirtualMachineInstance, requests: readonly StateChangeRequest[]): Decision {
  if (!isFinal(vmi)) return { action: 'none', requests };
  const again = vmi.status?.phase === 'Failed' && !requests.some(({ action }) => action === 'Start');
  return { action: 'stop', requests: again ? [...requests, { action: 'Start' }] : requests };
}
