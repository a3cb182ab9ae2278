/** What an EnvironmentSnapshot says of itself, from what was observed and planned. */
import type { Failure } from '../apply/apply.ts';
import type { ObservedCapture } from '../observe/environment-snapshot.ts';
import { pinsOf } from '../plan/capture/cleanup.ts';
import type { DiskState } from '../plan/capture/disks.ts';
import type { Attempt } from '../plan/capture/model.ts';
import type { CapturePlan } from '../plan/capture/plan.ts';
import { formatDuration } from '../plan/quantities.ts';
import type { EnvironmentSnapshotStatus } from '../schema/environment-snapshot.ts';
import { type Finding, finding, toConditions, toSeconds } from './conditions.ts';

export function summarizeCapture(
  observed: ObservedCapture,
  plan: CapturePlan,
  failures: readonly Failure[],
  now: number,
): EnvironmentSnapshotStatus {
  const { snapshot } = observed;
  const { attempt, disks } = plan;
  const complete = completeFinding(observed, plan, failures);
  return {
    observedGeneration: snapshot.metadata.generation,
    phase: phaseOf(plan, complete),
    attempt: attempt?.attempt,
    pointInTime: attempt && pointInTimeOf(attempt),
    virtualMachines: attempt?.captured.machines.length,
    disks: attempt && {
      total: disks.length,
      cut: disks.filter((disk) => disk.cutSeen).length,
      ready: disks.filter((disk) => disk.ready).length,
    },
    revision: attempt?.revision,
    conditions: toConditions(
      [complete, readyFinding(plan, complete)],
      snapshot.status?.conditions,
      snapshot.metadata.generation,
      now,
    ),
  };
}

export function pointInTimeOf(attempt: Attempt) {
  const accepted = attempt.verdict?.outcome === 'Accepted' ? attempt.verdict : undefined;
  return {
    requested: toSeconds(Date.parse(attempt.requested)),
    achieved: accepted && toSeconds(Date.parse(accepted.achieved)),
    skew: accepted && formatDuration(accepted.skewMs),
    consistency: accepted?.consistency,
  };
}

function phaseOf(plan: CapturePlan, complete: Finding): EnvironmentSnapshotStatus['phase'] {
  if (complete.status === 'True') return 'Complete';
  if (plan.state === 'Accepted') return 'Incomplete';
  if (plan.state === 'Blocked') return 'Failed';
  return plan.state === 'Capturing' ? 'Capturing' : 'Pending';
}

/** `Complete`: every disk has its cut, and still has it. Judged again whenever a snapshot vanishes. */
function completeFinding(
  observed: ObservedCapture,
  plan: CapturePlan,
  failures: readonly Failure[],
): Finding {
  const { state, disks, blockers, attempt } = plan;
  const lost = disks.filter((disk) => !disk.cutSeen);
  if (state === 'Accepted' && lost.length > 0)
    return finding(
      'Complete',
      false,
      'DiskLost',
      `${listDisks(lost)} had been captured and the snapshot is gone: clones can no longer be made from it; capture again`,
    );
  if (state === 'Accepted')
    return finding(
      'Complete',
      true,
      'Captured',
      `${disks.length} disks of ${attempt!.captured.machines.length} VMs are captured`,
    );
  if (blockers.length > 0)
    return finding(
      'Complete',
      false,
      blockers[0]!.reason,
      blockers.map((blocker) => blocker.message).join('; '),
    );
  if (failures.length > 0) return finding('Complete', false, failures[0]!.reason, failures[0]!.message);
  if (state === 'Deleting') return finding('Complete', false, 'Deleting', deletionMessage(observed));
  const error = disks.find((disk) => disk.error);
  if (error)
    return finding(
      'Complete',
      false,
      'StorageError',
      `disk ${error.disk.claim}: ${error.error} (it may pass by itself; the attempt is repeated if it does not)`,
    );
  const gaveUp = observed.attempts.at(-1)?.verdict;
  if (state === 'Waiting' && gaveUp?.outcome === 'GivenUp')
    return finding(
      'Complete',
      false,
      'AttemptGivenUp',
      `attempt ${attempt?.attempt} was given up because ${gaveUp.reason}; the next one follows`,
    );
  return finding(
    'Complete',
    false,
    'Capturing',
    `waiting for the storage to cut ${lost.length || 'the'} disks`,
  );
}

function deletionMessage(observed: ObservedCapture): string {
  const pins = pinsOf(observed).length;
  return pins > 0
    ? `${pins} clones are still being made from it; it goes when their disks are bound`
    : 'its snapshots are being deleted';
}

/** `Ready`: a claim can be made from every disk now. */
function readyFinding({ disks }: CapturePlan, complete: Finding): Finding {
  if (complete.status !== 'True') return finding('Ready', false, complete.reason, complete.message);
  const waiting = disks.filter((disk) => !disk.ready);
  if (waiting.length > 0)
    return finding('Ready', false, 'StorageNotReady', `the storage is still preparing ${listDisks(waiting)}`);
  return finding('Ready', true, 'Captured', 'clones can be made from it');
}

function listDisks(disks: readonly DiskState[]): string {
  const names = disks.slice(0, 5).map(({ disk }) => disk.claim);
  return `${disks.length === 1 ? 'disk' : 'disks'} ${names.join(', ')}${disks.length > 5 ? ` and ${disks.length - 5} more` : ''}`;
}
