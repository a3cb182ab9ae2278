/** What an EnvironmentClone says of itself: counts and what is unfinished, so that it stays small at 1,000 VMs. */
import type { Failure } from '../apply/apply.ts';
import { annotations } from '../names.ts';
import type { ObservedClone } from '../observe/environment-clone.ts';
import type { Desired } from '../plan/clone/desired.ts';
import { isBound } from '../plan/clone/filled.ts';
import type { MachineProgress } from '../plan/clone/gates.ts';
import { type ClonePlan, isCompleted } from '../plan/clone/plan.ts';
import type { Blocker, ClonePhase, EnvironmentCloneStatus } from '../schema/environment-clone.ts';
import { cloneConditions } from './clone-conditions.ts';
import { toConditions, toSeconds } from './conditions.ts';
import { pointInTimeOf } from './environment-snapshot.ts';

export interface CloneReport {
  readonly observed: ObservedClone;
  readonly plan: ClonePlan;
  readonly failures: readonly Failure[];
  readonly now: number;
}

/** The lists in a status have at most this many entries; what is left out is in the objects themselves. */
const listed = { tiers: 64, unfinished: 50, blockers: 50 } as const;

export function summarizeClone(report: CloneReport): EnvironmentCloneStatus {
  const { observed, plan, now } = report;
  const { clone, snapshot, attempt } = observed;
  const { progress, desired } = plan;
  const before = clone.status;
  const findings = cloneConditions(report);
  return {
    observedGeneration: clone.metadata.generation,
    phase: phaseOf(report),
    ready: desired
      ? `${progress.filter(({ state }) => state === 'Up').length}/${progress.length}`
      : before?.ready,
    snapshot: snapshot
      ? { namespace: snapshot.metadata.namespace!, name: snapshot.metadata.name }
      : before?.snapshot,
    pointInTime: attempt ? pointInTimeOf(attempt) : before?.pointInTime,
    virtualMachines: desired ? countMachines(progress) : before?.virtualMachines,
    disks: desired ? countDisks(observed, desired) : before?.disks,
    strategies: desired ? strategiesOf(desired) : before?.strategies,
    tiers: desired ? tiersOf(progress).slice(0, listed.tiers) : before?.tiers,
    tierCount: desired?.tierCount ?? before?.tierCount,
    unfinished: plan.state === 'Completed' ? [] : unfinishedOf(progress),
    blockers: plan.blockers.slice(0, listed.blockers).map(cut),
    warnings: warningsOf(report).slice(0, listed.blockers).map(cut),
    startedAt: before?.startedAt ?? toSeconds(now),
    completedAt: clone.metadata.annotations?.[annotations.completed] ?? before?.completedAt,
    conditions: toConditions(findings, before?.conditions, clone.metadata.generation, now),
  };
}

function phaseOf({ observed, plan, failures }: CloneReport): ClonePhase {
  if (plan.state === 'Deleting' || plan.state === 'Expired') return 'Deleting';
  if (isCompleted(observed)) return 'Completed';
  if (plan.state === 'Cancelling' || plan.state === 'Cancelled') return 'Cancelled';
  if (plan.state === 'Blocked' || failures.some(({ reason }) => reason !== 'Failed')) return 'Blocked';
  if (plan.state === 'Building')
    return plan.progress.some(({ state }) => state === 'Failed') ? 'Failed' : 'Starting';
  return plan.state === 'Asking' ? 'Capturing' : plan.state;
}

function countMachines(
  progress: readonly MachineProgress[],
): NonNullable<EnvironmentCloneStatus['virtualMachines']> {
  const count = (matches: (each: MachineProgress) => boolean) => progress.filter(matches).length;
  return {
    total: progress.length,
    created: count(({ created }) => created),
    running: count(({ running }) => running),
    up: count(({ state }) => state === 'Up'),
    failed: count(({ state }) => state === 'Failed'),
  };
}

function countDisks(
  { target }: ObservedClone,
  { disks }: Desired,
): NonNullable<EnvironmentCloneStatus['disks']> {
  const bound = disks.filter(({ claim }) => isBound(target.claims.get(claim)));
  const sum = (some: Desired['disks']) => some.reduce((total, { bytes }) => total + bytes, 0);
  return { total: disks.length, bound: bound.length, bytes: sum(disks), boundBytes: sum(bound) };
}

function strategiesOf({ disks }: Desired): EnvironmentCloneStatus['strategies'] {
  const groups = Map.groupBy(disks, ({ strategy, reason }) => `${strategy}\0${reason}`);
  return [...groups.values()]
    .slice(0, 16)
    .map((some) => ({ strategy: some[0]!.strategy, reason: some[0]!.reason, disks: some.length }));
}

function tiersOf(progress: readonly MachineProgress[]): NonNullable<EnvironmentCloneStatus['tiers']> {
  const groups = Map.groupBy(progress, ({ desired }) => desired.tier);
  return [...groups]
    .toSorted(([one], [other]) => one - other)
    .map(([tier, some]) => ({
      tier,
      virtualMachines: some.length,
      created: some.filter(({ created }) => created).length,
      up: some.filter(({ state }) => state === 'Up').length,
    }));
}

/** Failed ones first, then those that are furthest. */
function unfinishedOf(
  progress: readonly MachineProgress[],
): NonNullable<EnvironmentCloneStatus['unfinished']> {
  const rank = { Failed: 0, Gate: 1, Starting: 2, Disks: 3, Waiting: 4, Up: 5 } as const;
  return progress
    .filter(({ state }) => state !== 'Up')
    .toSorted((one, other) => rank[one.state] - rank[other.state])
    .slice(0, listed.unfinished)
    .flatMap(({ desired, state, message }) =>
      state === 'Up'
        ? []
        : [
            {
              name: desired.name,
              tier: desired.tier,
              state,
              ...(message && { message: message.slice(0, 1024) }),
            },
          ],
    );
}

function warningsOf({ plan }: CloneReport): readonly Blocker[] {
  const inConfigDrive =
    plan.desired?.machines.filter(({ source }) =>
      source.spec.template.spec?.volumes?.some((volume) => volume.cloudInitConfigDrive),
    ) ?? [];
  return inConfigDrive.map(({ name }) => ({
    reason: 'InstanceIDChanges',
    message: `VM ${name} has its cloud-init data on a config drive, whose instance-id is its name and namespace: cloud-init runs its first-boot actions again`,
  }));
}

function cut({ reason, message }: Blocker): Blocker {
  return { reason, message: message.slice(0, 1024) };
}
