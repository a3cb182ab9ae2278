/** How far each VM of the clone is, read from its own objects and from nothing else. */
import type { VirtualMachine, VirtualMachineInstance } from '../../cluster/kinds.generated.ts';
import type { Application, Readiness } from '../../schema/environment.ts';
import { parseDuration } from '../quantities.ts';
import type { DesiredMachine } from './desired.ts';
import { isFilled, type LiveDisk } from './filled.ts';

/** Conditions pass through errors on the good path; only one that lasts longer than this counts. */
const failureSettlesMs = 30_000;

export type MachineState = 'Waiting' | 'Disks' | 'Starting' | 'Gate' | 'Up' | 'Failed';

export interface MachineProgress {
  readonly desired: DesiredMachine;
  readonly state: MachineState;
  /** The VM object exists. */
  readonly created: boolean;
  /** Its guest is running: it no longer counts against `concurrency`. */
  readonly running: boolean;
  /** Applications whose gate it has passed. */
  readonly passed: ReadonlySet<string>;
  readonly message: string;
  /** When it counts as failed if nothing happens (milliseconds since the epoch). */
  readonly deadline?: number;
}

export interface LiveClone {
  readonly machine?: VirtualMachine;
  readonly instance?: VirtualMachineInstance;
  readonly disks: readonly LiveDisk[];
  /** When the last of its disks was bound, where the cluster says so (milliseconds since the epoch). */
  readonly boundAt?: number;
}

export function progressOf(desired: DesiredMachine, live: LiveClone, now: number): MachineProgress {
  const { machine, instance } = live;
  const base = {
    desired,
    created: machine !== undefined,
    running: isRunning(instance),
    passed: new Set<string>(),
  };
  const unfilled = live.disks.filter((disk) => !isFilled(disk)).length;
  if (!machine) return { ...base, state: unfilled > 0 ? 'Disks' : 'Waiting', message: '' };
  if (!desired.source.ran) return haltedProgress(base, unfilled);
  const passed = new Set(
    desired.applications
      .filter(({ readiness }) => passes(readiness, machine, instance))
      .map(({ name }) => name),
  );
  const up = passed.size === desired.applications.length;
  if (up) return { ...base, passed, state: 'Up', message: '' };
  if (unfilled > 0)
    return {
      ...base,
      passed,
      state: 'Disks',
      message: `${unfilled} of ${live.disks.length} disks are not filled yet`,
    };
  return { ...base, passed, ...lateOrFailed(desired, machine, live, now) };
}

/** The gate that is put into the VM's own readinessProbe, if one of its applications has such a gate. */
export function probeOf(applications: readonly Application[]): Readiness | undefined {
  return applications.map(({ readiness }) => readiness).find(({ type }) => isProbe(type));
}

export function isProbe(type: Readiness['type']): boolean {
  return type === 'TCPSocket' || type === 'HTTPGet' || type === 'Exec';
}

export function gateName({ type, tcpSocket, httpGet, exec }: Readiness): string {
  if (type === 'TCPSocket') return `tcp ${tcpSocket!.port}`;
  if (type === 'HTTPGet') return `http ${httpGet!.port}${httpGet!.path}`;
  if (type === 'Exec') return `exec ${exec!.command[0]}`;
  return type;
}

function haltedProgress(base: Omit<MachineProgress, 'state' | 'message'>, unfilled: number): MachineProgress {
  if (unfilled > 0)
    return { ...base, state: 'Disks', message: 'it was halted; its disks are not filled yet' };
  return {
    ...base,
    state: 'Up',
    passed: new Set(base.desired.source.applications),
    message: 'it was halted, and is cloned halted',
  };
}

function isRunning(instance: VirtualMachineInstance | undefined): boolean {
  return instance?.status?.phase === 'Running';
}

function passes(
  { type }: Readiness,
  machine: VirtualMachine,
  instance: VirtualMachineInstance | undefined,
): boolean {
  if (!instance || instance.metadata.deletionTimestamp || !isRunning(instance)) return false;
  if (type === 'Running') return true;
  if (type === 'AgentConnected') return conditionOf(instance, 'AgentConnected')?.status === 'True';
  return machine.status?.ready === true && conditionOf(instance, 'Ready')?.status === 'True';
}

function lateOrFailed(
  desired: DesiredMachine,
  machine: VirtualMachine,
  { instance, boundAt = 0 }: LiveClone,
  now: number,
): Pick<MachineProgress, 'state' | 'message' | 'deadline'> {
  // A VM cannot boot before its disks are there, so that wait is not held against it.
  const began = Math.max(Date.parse(machine.metadata.creationTimestamp!), boundAt);
  const age = now - began;
  const trouble = troubleOf(machine, instance);
  const settled = trouble && Math.max(began, trouble.since ?? began) + failureSettlesMs;
  if (settled && now > settled) return { state: 'Failed', message: trouble.message };
  const timeouts = desired.applications.map(({ readiness }) => parseDuration(readiness.timeout));
  const timeout = Math.max(...timeouts);
  const waited = desired.applications.map(({ readiness }) => gateName(readiness)).join(', ');
  if (age > timeout)
    return {
      state: 'Failed',
      message: `did not pass its gate (${waited}) within ${timeout / 1000} s: see the events of the VM, or raise readiness.timeout`,
    };
  return {
    state: isRunning(instance) ? 'Gate' : 'Starting',
    message: isRunning(instance) ? `waiting for ${waited}` : (machine.status?.printableStatus ?? 'Starting'),
    deadline: Math.min(settled ?? Number.POSITIVE_INFINITY, now - age + timeout) + 1,
  };
}

interface Trouble {
  readonly message: string;
  /** Milliseconds since the epoch; absent where KubeVirt does not say. */
  readonly since?: number;
}

/** `printableStatus` passes through errors on the good path; these two conditions are where KubeVirt says it cannot go on. */
function troubleOf(
  machine: VirtualMachine,
  instance: VirtualMachineInstance | undefined,
): Trouble | undefined {
  const failure = conditionOf(machine, 'Failure');
  if (failure?.status === 'True') return describeTrouble(failure);
  const synchronized = instance && conditionOf(instance, 'Synchronized');
  return synchronized?.status === 'False' ? describeTrouble(synchronized) : undefined;
}

function describeTrouble({
  reason,
  message,
  lastTransitionTime,
}: NonNullable<ReturnType<typeof conditionOf>>): Trouble {
  return {
    message: `${reason}: ${message}`,
    since: lastTransitionTime ? Date.parse(lastTransitionTime) : undefined,
  };
}

function conditionOf(object: VirtualMachine | VirtualMachineInstance, type: string) {
  return object.status?.conditions?.find((condition) => condition.type === type);
}
