/** What a person is shown of an EnvironmentClone: a pure function of its object, what it made, and what was captured. */
import type { Blocker, ClonePhase } from '../schema/environment-clone.ts';
import type { EnvironmentCloneObject } from '../schema/index.ts';
import type { CloneFacts } from './clone-reader.ts';
import { type MachineView, machinesOfCapture, machinesOfChildren } from './machine-view.ts';

/** An operator that is there has written a status by then. */
const operatorLooksWithinMs = 10_000;

export interface TierView {
  /** 0 starts first. */
  readonly tier: number;
  readonly machines: readonly MachineView[];
}

/** The shape that `envclone status -o json` prints; times are RFC 3339, durations milliseconds. */
export interface CloneView {
  readonly namespace: string;
  readonly name: string;
  readonly phase: ClonePhase;
  /** Whether every VM is up now. */
  readonly ready: boolean;
  /** What it waits for, or why it does not go on. */
  readonly message: string;
  /** `namespace/name` of the Environment. */
  readonly source: string;
  /** `namespace/name` of the EnvironmentSnapshot that it is made from. */
  readonly snapshot?: string;
  readonly asOf?: string;
  readonly skew?: string;
  readonly consistency?: string;
  readonly machines: { readonly total: number; readonly up: number; readonly failed: number };
  readonly disks: {
    readonly total: number;
    readonly bound: number;
    readonly bytes: number;
    readonly boundBytes: number;
  };
  /** From its creation to its completion, or to now. */
  readonly elapsedMs: number;
  readonly blockers: readonly Blocker[];
  readonly warnings: readonly Blocker[];
  readonly tiers: readonly TierView[];
  /** VMs that are only known by their number, because the capture may not be read. */
  readonly unnamed: number;
}

export function viewClone(facts: CloneFacts, now: number): CloneView {
  const { clone } = facts;
  const { status, spec, metadata } = clone;
  const machines = facts.captured
    ? machinesOfCapture(facts, facts.captured, now)
    : machinesOfChildren(facts, now);
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const elapsedMs = Math.max(0, endOf(clone, now) - Date.parse(metadata.creationTimestamp!));
  const total = Math.max(machines.length, status?.virtualMachines?.total ?? 0);
  return {
    namespace: metadata.namespace!,
    name: metadata.name,
    phase: status?.phase ?? 'Pending',
    ready: ready?.status === 'True',
    message: ready?.message ?? unseen(elapsedMs),
    source: `${spec.source.namespace ?? metadata.namespace}/${spec.source.environment}`,
    snapshot: status?.snapshot && `${status.snapshot.namespace}/${status.snapshot.name}`,
    asOf: status?.pointInTime?.achieved,
    skew: status?.pointInTime?.skew,
    consistency: status?.pointInTime?.consistency,
    machines: { total, ...countStates(machines) },
    disks: countDisks(machines, status),
    elapsedMs,
    blockers: status?.blockers ?? [],
    warnings: status?.warnings ?? [],
    tiers: inTiers(machines),
    unnamed: total - machines.length,
  };
}

function unseen(elapsedMs: number): string {
  const message = 'the operator has not looked at it yet';
  return elapsedMs > operatorLooksWithinMs ? `${message}: is it running?` : message;
}

function countStates(machines: readonly MachineView[]): { up: number; failed: number } {
  return {
    up: machines.filter(({ state }) => state === 'Up' || state === 'Halted').length,
    failed: machines.filter(({ state }) => state === 'Failed').length,
  };
}

/** A disk that several VMs share counts once, as the operator counts it; before it does, what is seen is added up. */
function countDisks(
  machines: readonly MachineView[],
  status: EnvironmentCloneObject['status'],
): CloneView['disks'] {
  const disks = [
    ...new Map(machines.flatMap((machine) => machine.disks).map((disk) => [disk.claim, disk])).values(),
  ];
  if (disks.length < (status?.disks?.total ?? 0)) return status!.disks!;
  const bound = disks.filter((disk) => disk.bound);
  const sum = (some: typeof disks) => some.reduce((bytes, disk) => bytes + disk.bytes, 0);
  return { total: disks.length, bound: bound.length, bytes: sum(disks), boundBytes: sum(bound) };
}

function endOf({ status }: EnvironmentCloneObject, now: number): number {
  return status?.completedAt ? Date.parse(status.completedAt) : now;
}

function inTiers(machines: readonly MachineView[]): readonly TierView[] {
  return [...Map.groupBy(machines, ({ tier }) => tier)]
    .toSorted(([one], [other]) => one - other)
    .map(([tier, some]) => ({
      tier,
      machines: some.toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    }));
}
