import { describe, expect, it } from 'vitest';
import { finalizers, pinOf } from '../names.ts';
import type { ObservedCapture } from '../observe/environment-snapshot.ts';
import { planCapture } from '../plan/capture/plan.ts';
import { EnvironmentSnapshot } from '../schema/environment-snapshot.ts';
import {
  accepted,
  aLiveMachine,
  anAttempt,
  aSnapshot,
  at,
  cutStorage,
  driverClasses,
  noon,
  noStorage,
  observedCapture,
} from '../testing/index.ts';
import { summarizeCapture } from './environment-snapshot.ts';

const attempt = anAttempt({ verdict: accepted });
const uncut = (error?: string) =>
  cutStorage(anAttempt(), () => ({ creationTime: undefined, ...(error && { error: { message: error } }) }));

function summarize(parts: Partial<ObservedCapture> = {}, ms = 1_000) {
  const observed = observedCapture(parts);
  return summarizeCapture(observed, planCapture(observed, noon + ms), [], noon + ms);
}

const conditionOf = (status: ReturnType<typeof summarize>, type: string) =>
  status.conditions?.find((condition) => condition.type === type);
const givenUp = anAttempt({ verdict: { outcome: 'GivenUp', reason: 'it was too slow' } });

describe('the status of a capture', () => {
  it.each<[string, string, Partial<ObservedCapture>]>([
    ['Failed', 'EnvironmentNotFound', { environment: undefined }],
    ['Failed', 'SnapshotUnreadable', { unreadable: 'of another version' }],
    ['Capturing', 'Capturing', { attempts: [anAttempt()], storage: uncut() }],
    ['Capturing', 'StorageError', { attempts: [anAttempt()], storage: uncut('pool is full') }],
    ['Pending', 'AttemptGivenUp', { attempts: [givenUp], live: [aLiveMachine()], classes: driverClasses() }],
    ['Complete', 'Captured', { attempts: [attempt], storage: cutStorage(attempt) }],
    ['Incomplete', 'DiskLost', { attempts: [attempt], storage: noStorage }],
  ])('is %s with reason %s', (phase, reason, parts) => {
    const status = summarize(parts);
    expect(status.phase).toBe(phase);
    expect(conditionOf(status, 'Complete')).toMatchObject({
      reason,
      status: phase === 'Complete' ? 'True' : 'False',
    });
    expect(EnvironmentSnapshot.status.parse(status)).toEqual(status);
  });

  it('is complete before it is ready: the storage may still prepare what is cut', () => {
    const preparing = summarize({
      attempts: [attempt],
      storage: cutStorage(attempt, () => ({ readyToUse: false })),
    });
    expect(conditionOf(preparing, 'Complete')?.status).toBe('True');
    expect(conditionOf(preparing, 'Ready')).toMatchObject({ status: 'False', reason: 'StorageNotReady' });
    const ready = summarize({ attempts: [attempt], storage: cutStorage(attempt) });
    expect(conditionOf(ready, 'Ready')?.status).toBe('True');
  });

  it('tells the instant, how sharp it is, and what is promised of it', () => {
    expect(summarize({ attempts: [attempt], storage: cutStorage(attempt) })).toMatchObject({
      attempt: 1,
      revision: 'nightly-1-table',
      virtualMachines: 1,
      disks: { total: 1, cut: 1, ready: 1 },
      pointInTime: {
        requested: '2026-11-21T12:00:00Z',
        achieved: '2026-11-21T12:00:02Z',
        skew: '2.5s',
        consistency: 'BestEffort',
      },
    });
  });

  it('says the same as before while nothing changes, whatever time it is', () => {
    const parts = { attempts: [attempt], storage: cutStorage(attempt) };
    const status = summarize(parts);
    expect(summarize({ ...parts, snapshot: aSnapshot({ status }) }, 3_600_000)).toEqual(status);
  });

  it('says what its deletion waits for', () => {
    const metadata = {
      name: 'nightly',
      deletionTimestamp: at(0),
      finalizers: [finalizers.capture, pinOf('some-clone')],
    };
    expect(conditionOf(summarize({ snapshot: aSnapshot({ metadata }) }), 'Complete')?.message).toContain(
      '1 clones are still being made',
    );
  });
});
