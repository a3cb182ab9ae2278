/**
 * What to do next for an EnvironmentSnapshot. Its life, each state told by what exists:
 *
 *     (no attempt) ──begin──▶ table ──ask──▶ snapshots ──cut seen──▶ verdict Accepted
 *                                 └─ partly asked, or timed out ──▶ verdict GivenUp ──▶ next attempt
 */
import { controllerRevisions, environmentSnapshots } from '../../cluster/kinds.generated.ts';
import { finalizers } from '../../names.ts';
import type { ObservedCapture } from '../../observe/environment-snapshot.ts';
import { parseDuration } from '../quantities.ts';
import type { Step } from '../steps.ts';
import { askForDisks } from './ask.ts';
import { beginAttempt } from './begin.ts';
import { deleteSnapshots, planDeletion, unlabelClaims } from './cleanup.ts';
import { type DiskState, diskStates } from './disks.ts';
import type { CaptureBlocker } from './machines.ts';
import type { Attempt, Verdict } from './model.ts';
import { encodeVerdict } from './revisions.ts';

/** An attempt that was interrupted while it asked for its disks has a hole in time; longer than this and it is given up. */
const askWindowMs = 30_000;
const firstRetryMs = 5_000;
const longestRetryMs = 300_000;

export interface CapturePlan {
  readonly steps: readonly Step[];
  readonly state: 'Deleting' | 'Blocked' | 'Waiting' | 'Capturing' | 'Accepted';
  readonly attempt?: Attempt;
  readonly disks: readonly DiskState[];
  readonly blockers: readonly CaptureBlocker[];
  /** Look again after this many milliseconds, whatever happens. */
  readonly againAfterMs?: number;
}

export function planCapture(observed: ObservedCapture, now: number): CapturePlan {
  const { snapshot } = observed;
  if (snapshot.metadata.deletionTimestamp) return doing('Deleting', planDeletion(observed));
  if (!snapshot.metadata.finalizers?.includes(finalizers.capture))
    return doing('Waiting', [
      { step: 'addFinalizer', kind: environmentSnapshots, object: snapshot, finalizer: finalizers.capture },
    ]);
  const unreadable = observed.unreadable ?? attemptsAreGone(observed);
  if (unreadable) return stuck(unreadable);
  const attempt = observed.attempts.at(-1);
  if (!attempt || attempt.verdict?.outcome === 'GivenUp') return planBeginning(observed, attempt, now);
  const disks = diskStates(attempt, observed.storage);
  if (attempt.verdict) return { ...doing('Accepted', stepsAfterAcceptance(observed)), attempt, disks };
  return planAttempt(observed, attempt, disks, now);
}

function planAttempt(
  observed: ObservedCapture,
  attempt: Attempt,
  disks: readonly DiskState[],
  now: number,
): CapturePlan {
  const age = now - Date.parse(attempt.requested);
  const missing = askForDisks(observed, attempt);
  if (disks.every((disk) => disk.cutSeen)) {
    const verdict = accept(attempt, disks, age);
    return { ...doing('Capturing', [record(observed, attempt, verdict)]), attempt, disks, againAfterMs: 0 };
  }
  const timeout = parseDuration(observed.environment?.spec.capture.timeout ?? '10m');
  if (missing.length > 0 && age > askWindowMs) {
    return giveUp(observed, attempt, disks, 'it was interrupted while it asked for its disks');
  }
  if (age > timeout)
    return giveUp(observed, attempt, disks, `the storage did not make the cut in ${timeout / 1000} s`);
  const left = (missing.length > 0 ? askWindowMs : timeout) - age;
  return { ...doing('Capturing', missing), attempt, disks, againAfterMs: left + 1 };
}

function planBeginning(observed: ObservedCapture, last: Attempt | undefined, now: number): CapturePlan {
  const leftovers = [...deleteSnapshots(observed), ...unlabelClaims(observed)];
  if (leftovers.length > 0) return { ...doing('Waiting', leftovers), againAfterMs: 1_000 };
  const wait = last ? retryAfter(last, now) : 0;
  if (wait > 0) return { ...doing('Waiting', []), attempt: last, againAfterMs: wait };
  const begun = beginAttempt(observed, (last?.attempt ?? 0) + 1, now);
  if ('blockers' in begun)
    return { ...doing('Blocked', []), attempt: last, blockers: begun.blockers, againAfterMs: 30_000 };
  return { ...doing('Capturing', begun.steps), againAfterMs: 0 };
}

/** Doubled after each attempt that was given up, counted from when that one began. */
function retryAfter(last: Attempt, now: number): number {
  const pause = Math.min(firstRetryMs * 2 ** (last.attempt - 1), longestRetryMs);
  return Date.parse(last.requested) + pause - now;
}

function accept(attempt: Attempt, disks: readonly DiskState[], skewMs: number): Verdict {
  const times = disks.map((disk) => Date.parse(disk.cutTime ?? attempt.requested));
  return {
    outcome: 'Accepted',
    achieved: times.length > 0 ? new Date(Math.max(...times)).toISOString() : attempt.requested,
    skewMs,
    consistency: 'BestEffort',
  };
}

/** Clones wait for the status to say so; tidying up comes after it. */
function stepsAfterAcceptance(observed: ObservedCapture): readonly Step[] {
  const { phase } = observed.snapshot.status ?? {};
  return phase === 'Complete' || phase === 'Incomplete' ? unlabelClaims(observed) : [];
}

function giveUp(
  observed: ObservedCapture,
  attempt: Attempt,
  disks: readonly DiskState[],
  reason: string,
): CapturePlan {
  return {
    ...doing('Capturing', [record(observed, attempt, { outcome: 'GivenUp', reason })]),
    attempt,
    disks,
    againAfterMs: 0,
  };
}

/** A verdict is written before anything is accepted or thrown away: it is what a restart goes by. */
function record(observed: ObservedCapture, attempt: Attempt, verdict: Verdict): Step {
  return {
    step: 'create',
    kind: controllerRevisions,
    object: encodeVerdict(observed.snapshot, attempt.attempt, verdict),
  };
}

/** Nothing is asked of the storage before a table says so: where there are snapshots, there was one. */
function attemptsAreGone({ attempts, storage }: ObservedCapture): string | undefined {
  if (attempts.length > 0 || storage.snapshots.size + storage.groupSnapshots.size === 0) return undefined;
  return 'the ControllerRevisions of what was captured are gone: capture again';
}

/** Captured again under the same names it would be another instant, and what was captured would be deleted first. */
function stuck(message: string): CapturePlan {
  return { ...doing('Blocked', []), blockers: [{ reason: 'SnapshotUnreadable', message }] };
}

function doing(state: CapturePlan['state'], steps: readonly Step[]): CapturePlan {
  return { state, steps, disks: [], blockers: [] };
}
