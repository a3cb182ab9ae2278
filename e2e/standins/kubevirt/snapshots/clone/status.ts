import { progressing, ready, withConditions } from '../conditions.ts';
import type { ClonePhase, CloneStatus } from '../types.ts';
import type { Progress } from './progress.ts';

/** A clone's status after a pass: as many phases further as the pass came. */
export function cloneStatus(before: CloneStatus, progress: Progress): CloneStatus {
  const { pending, failing, claimsBound } = progress;
  const status = advanced({ ...before, phase: phaseOf(before, progress) }, progress);
  const names = claimsBound ? { snapshotName: undefined, restoreName: undefined } : {};
  const told = status.phase === 'Succeeded' ? succeeded : failing ? failed : pending ? waiting : atWork;
  const reason = (failing ?? pending)?.reason ?? '';
  return { ...status, ...names, conditions: withConditions(before.conditions, ...told(reason)) };
}

const succeeded = () => [progressing(false, 'Ready'), ready(true, 'Ready')];
const failed = (reason: string) => [progressing(false, 'Failed'), ready(false, reason)];
const waiting = (reason: string) => [progressing(false, 'Pending'), ready(false, reason)];
const atWork = () => [progressing(true, 'Still processing'), ready(false, 'Still processing')];

function phaseOf({ phase }: CloneStatus, { failing, pending }: Progress): ClonePhase | undefined {
  if (failing !== undefined) return 'Failed';
  return phase ?? (pending === undefined ? 'SnapshotInProgress' : undefined);
}

function advanced(before: CloneStatus, progress: Progress): CloneStatus {
  const status = { ...before };
  if (status.phase === 'SnapshotInProgress') {
    status.snapshotName = progress.snapshotName ?? status.snapshotName;
    if (progress.snapshotReady) status.phase = 'RestoreInProgress';
  }
  if (status.phase === 'RestoreInProgress') {
    status.restoreName = progress.restoreName ?? status.restoreName;
    if (progress.restoreReady) status.phase = 'CreatingTargetVM';
  }
  if (status.phase === 'CreatingTargetVM') {
    status.targetName = progress.targetName ?? status.targetName;
    if (progress.targetMade) status.phase = 'Succeeded';
  }
  return status;
}
