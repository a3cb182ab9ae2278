import { expect, test } from 'vitest';
import type { CloneStatus } from '../types.ts';
import type { Progress } from './progress.ts';
import { cloneStatus } from './status.ts';

function status(before: CloneStatus, progress: Progress) {
  const { conditions, ...said } = JSON.parse(JSON.stringify(cloneStatus(before, progress))) as CloneStatus;
  return { ...said, ready: conditions?.find(({ type }) => type === 'Ready')?.reason };
}

test('a clone comes through as many phases in a pass as it can', () => {
  const atWork: CloneStatus = { phase: 'RestoreInProgress', snapshotName: 's', restoreName: 'r' };
  const all = { restoreReady: true, targetName: 'vm', targetMade: true, claimsBound: true };
  expect(status({}, { snapshotName: 's' })).toEqual({
    phase: 'SnapshotInProgress',
    snapshotName: 's',
    ready: 'Still processing',
  });
  expect(status(atWork, all)).toEqual({ phase: 'Succeeded', targetName: 'vm', ready: 'Ready' });
});

test('it keeps the names of what it made until the volumes are filled', () => {
  const atWork: CloneStatus = { phase: 'RestoreInProgress', snapshotName: 's', restoreName: 'r' };
  const progress = { restoreReady: true, targetName: 'vm', targetMade: true };
  expect(status(atWork, progress)).toMatchObject({ phase: 'Succeeded', snapshotName: 's', restoreName: 'r' });
});

test('one that waits for its source has no phase; one that cannot go on has failed', () => {
  const told = { event: 'X', reason: 'why' };
  expect(status({}, { pending: told })).toEqual({ ready: 'why' });
  expect(status({ phase: 'SnapshotInProgress' }, { failing: told })).toEqual({
    phase: 'Failed',
    ready: 'why',
  });
});

test('a restore that is refused leaves it in the phase of the restore, without one', () => {
  const progress = { snapshotReady: true, error: new Error('refused') };
  expect(status({ phase: 'SnapshotInProgress', snapshotName: 's' }, progress)).toEqual({
    phase: 'RestoreInProgress',
    snapshotName: 's',
    ready: 'Still processing',
  });
});
