import { conditionOf, isTrue, timestamp, withCondition, withoutCondition } from '../conditions.ts';
import { openRequests } from '../hotplug/requests.ts';
import type {
  Condition,
  StartFailure,
  StateChangeRequest,
  VirtualMachine,
  VirtualMachineInstance,
  VirtualMachineStatus,
} from '../types.ts';
import { isFinal } from '../vmi/ready.ts';
import { runStrategyOf } from './decide.ts';
import { printableStatus, type VolumeFacts } from './printable-status.ts';
import { restartRequired, type StartRevision } from './restart-required.ts';

/** Everything that a VM's status is decided on. */
export interface VirtualMachineFacts {
  readonly vm: VirtualMachine;
  readonly vmi: VirtualMachineInstance | undefined;
  /** What the instance was started with. */
  readonly revision: StartRevision | undefined;
  readonly volumes: VolumeFacts;
  readonly requests: readonly StateChangeRequest[];
  /** Why an instance could not be made; `undefined` when it could, or was not tried. */
  readonly failure: Failure | undefined;
}

export interface Failure {
  readonly reason: string;
  readonly message: string;
}

export function failedCreate(message: string): Failure {
  return { reason: 'FailedCreate', message };
}

export function statusOf(facts: VirtualMachineFacts): VirtualMachineStatus {
  const { vm, vmi, requests } = facts;
  const status: VirtualMachineStatus = {
    ...vm.status,
    stateChangeRequests: requests.length === 0 ? undefined : [...requests],
    volumeRequests: openRequests(vm),
    startFailure: startFailure(vm.status?.startFailure, vmi),
    conditions: withFailure(withRestart(conditions(vm.status?.conditions, vmi), facts), facts),
    created: vmi === undefined ? undefined : true,
    ready: vmi !== undefined && isTrue(vmi.status?.conditions, 'Ready') ? true : undefined,
    ...(vmi === undefined ? {} : ofInstance(vm, vmi)),
  };
  return { ...status, printableStatus: printableStatus({ ...vm, status }, vmi, facts.volumes) };
}

function ofInstance(vm: VirtualMachine, vmi: VirtualMachineInstance): Partial<VirtualMachineStatus> {
  return {
    runStrategy: runStrategyOf(vm),
    desiredGeneration: vm.metadata.generation,
    observedGeneration: Number(
      vmi.metadata.annotations?.['kubevirt.io/vm-generation'] ?? vm.metadata.generation,
    ),
  };
}

/** A VM has all its instance's conditions; those of an instance that is gone stay until the next. */
function conditions(before: Condition[] = [], vmi: VirtualMachineInstance | undefined): Condition[] {
  const ready = readyOf(vmi);
  if (vmi === undefined) return withCondition(before, ready);
  const instance = (vmi.status?.conditions ?? []).filter(({ type }) => type !== 'Ready');
  const gone = before.filter(({ type }) => !isOwn(type) && !conditionOf(instance, type));
  const kept = gone.reduce<Condition[]>((list, { type }) => withoutCondition(list, type), before);
  return [ready, ...instance].reduce<Condition[]>(withCondition, kept);
}

function isOwn(type: string): boolean {
  return ['Ready', 'Failure', 'RestartRequired', 'Initialized'].includes(type);
}

function readyOf(vmi: VirtualMachineInstance | undefined): Condition {
  const now = timestamp();
  const notReady = { type: 'Ready', status: 'False' as const, lastProbeTime: now, lastTransitionTime: now };
  if (vmi === undefined) return { ...notReady, reason: 'VMINotExists', message: 'VMI does not exist' };
  return (
    conditionOf(vmi.status?.conditions, 'Ready') ?? {
      ...notReady,
      reason: 'VMIConditionMissing',
      message: 'VMI is missing the Ready condition',
    }
  );
}

function withRestart(list: Condition[], { vm, vmi, revision }: VirtualMachineFacts): Condition[] {
  const required = vmi === undefined ? undefined : restartRequired(vm, revision);
  return required === undefined ? withoutCondition(list, 'RestartRequired') : withCondition(list, required);
}

function withFailure(list: Condition[], { vmi, failure }: VirtualMachineFacts): Condition[] {
  if (failure !== undefined) {
    const lastTransitionTime = timestamp();
    return withCondition(list, { type: 'Failure', status: 'True', ...failure, lastTransitionTime });
  }
  return vmi === undefined ? list : withoutCondition(list, 'Failure');
}

const BACK_OFF_SECONDS = 10;
const LONGEST_BACK_OFF_SECONDS = 300;

/** Counts instances that ended before they ever ran; one that ran clears the count. */
function startFailure(
  before: StartFailure | undefined,
  vmi: VirtualMachineInstance | undefined,
): StartFailure | undefined {
  if (vmi === undefined) return before;
  const ran = vmi.status?.phaseTransitionTimestamps?.some(({ phase }) => phase === 'Running') ?? false;
  if (ran) return undefined;
  if (!isFinal(vmi) || before?.lastFailedVMIUID === vmi.metadata.uid) return before;
  const count = (before?.consecutiveFailCount ?? 0) + 1;
  const seconds = Math.min(LONGEST_BACK_OFF_SECONDS, BACK_OFF_SECONDS * 2 ** (count - 1));
  return {
    consecutiveFailCount: count,
    lastFailedVMIUID: vmi.metadata.uid,
    retryAfterTimestamp: timestamp(new Date(Date.now() + seconds * 1000)),
  };
}
