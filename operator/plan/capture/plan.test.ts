import { describe, expect, it } from 'vitest';
import { captureLabel } from '../../names.ts';
import type { ObservedCapture } from '../../observe/environment-snapshot.ts';
import {
  aCapture,
  accepted,
  aDisk,
  aLiveMachine,
  aMachine,
  anAttempt,
  anEnvironment,
  aSnapshot,
  at,
  cutStorage,
  driverClasses,
  noon,
  noStorage,
  observedCapture,
  told,
} from '../../testing/index.ts';
import { planCapture } from './plan.ts';

const seconds = 1_000;
const givenUp = (attempt: number, begun = 0) =>
  anAttempt({ attempt, requested: at(begun), verdict: { outcome: 'GivenUp', reason: 'it was too slow' } });
const ready = (more: Partial<ObservedCapture> = {}) =>
  observedCapture({ live: [aLiveMachine('db')], classes: driverClasses(), ...more });
const plan = (observed: ObservedCapture, ms = 0) => planCapture(observed, noon + ms);
const labelled = {
  metadata: {
    name: 'db-root',
    namespace: 'production',
    labels: { [captureLabel('uid-of-nightly', 1, 'abc')]: 'true', app: 'db' },
  },
};
const unlabelled = {
  step: 'patchMetadata',
  key: { name: 'db-root' },
  patch: { labels: { [captureLabel('uid-of-nightly', 1, 'abc')]: null } },
};

describe('an EnvironmentSnapshot', () => {
  it('takes its finalizer before anything else', () => {
    const { steps } = plan(ready({ snapshot: aSnapshot({ metadata: { name: 'nightly', finalizers: [] } }) }));
    expect(told(steps)).toEqual([
      'add finalizer envclone.io/capture of EnvironmentSnapshot production/nightly',
    ]);
  });

  it('writes down what it captures, the table last, before it asks the storage for anything', () => {
    const { steps } = plan(ready());
    expect(told(steps).map((text) => text.replace(/-1-\w+$/, '-1-…'))).toEqual([
      'create ControllerRevision production/nightly-1-…',
      'create ControllerRevision production/nightly-1-…',
    ]);
    expect(steps[0]).toMatchObject({ step: 'sequence' });
  });

  it('says what keeps it from beginning, and looks again', () => {
    const { state, blockers, steps, againAfterMs } = plan(ready({ environment: undefined }));
    expect({ state, steps, reason: blockers[0]?.reason }).toEqual({
      state: 'Blocked',
      steps: [],
      reason: 'EnvironmentNotFound',
    });
    expect(againAfterMs).toBe(30 * seconds);
  });

  it('asks for every disk once its table is written', () => {
    const captured = aCapture({
      machines: [aMachine('db', { disks: [aDisk('db-root'), aDisk('db-data')] })],
    });
    const { steps } = plan(observedCapture({ attempts: [anAttempt({ captured })] }));
    expect(told(steps)).toEqual([
      'create VolumeSnapshot production/nightly-1-db-root',
      'create VolumeSnapshot production/nightly-1-db-data',
    ]);
  });

  it('asks again only for what is missing', () => {
    const captured = aCapture({
      machines: [aMachine('db', { disks: [aDisk('db-root'), aDisk('db-data')] })],
    });
    const attempt = anAttempt({ captured });
    const storage = cutStorage(attempt, () => ({ creationTime: undefined }));
    const left = new Map([...storage.snapshots].slice(0, 1));
    const observed = observedCapture({ attempts: [attempt], storage: { ...storage, snapshots: left } });
    expect(told(plan(observed).steps)).toEqual(['create VolumeSnapshot production/nightly-1-db-data']);
  });

  it('finding D VolumeGroupSnapshot: finds the members of a group by a label that goes on before the group is made', () => {
    const disks = ['db-root', 'db-data'].map((claim) =>
      aDisk(claim, { cut: { by: 'VolumeGroupSnapshot', name: 'nightly-1-group' } }),
    );
    const groups = [{ name: 'nightly-1-group', driver: 'csi.example.com', groupClass: 'groups' }];
    const attempt = anAttempt({ captured: aCapture({ machines: [aMachine('db', { disks })] }), groups });
    const { steps } = plan(observedCapture({ attempts: [attempt] }));
    expect(steps).toMatchObject([
      { step: 'sequence', steps: [{ step: 'together' }, { step: 'create', object: { spec: {} } }] },
    ]);
    expect(told(steps)).toEqual([
      'label PersistentVolumeClaim production/db-root',
      'label PersistentVolumeClaim production/db-data',
      'create VolumeGroupSnapshot production/nightly-1-group',
    ]);
  });

  it('accepts the attempt when every content has its cut, with the latest time and the skew by its own clock', () => {
    const captured = aCapture({
      machines: [aMachine('db', { disks: [aDisk('db-root'), aDisk('db-data')] })],
    });
    const attempt = anAttempt({ captured });
    const storage = cutStorage(attempt, (claim) =>
      claim === 'db-data' ? { creationTime: (noon + 1_500) * 1e6 } : {},
    );
    const { steps } = plan(observedCapture({ attempts: [attempt], storage }), 2_500);
    expect(steps).toMatchObject([
      { step: 'create', object: { data: { outcome: 'Accepted', achieved: at(1_500), skewMs: 2_500 } } },
    ]);
  });

  it('never deletes or accepts before the verdict is written', () => {
    const attempt = anAttempt();
    const late = plan(
      observedCapture({
        attempts: [attempt],
        storage: cutStorage(attempt, () => ({ creationTime: undefined })),
      }),
      601 * seconds,
    );
    expect(told(late.steps)).toEqual([
      expect.stringMatching(/^create ControllerRevision production\/nightly-1-/),
    ]);
    expect(late.steps).toMatchObject([{ object: { data: { outcome: 'GivenUp' } } }]);
  });

  it('gives up an attempt that was interrupted while it asked for its disks', () => {
    const observed = observedCapture({ attempts: [anAttempt()] });
    expect(plan(observed, 30 * seconds).steps).toMatchObject([{ kind: { kind: 'VolumeSnapshot' } }]);
    expect(plan(observed, 30 * seconds + 1).steps).toMatchObject([
      { object: { data: { outcome: 'GivenUp', reason: expect.stringContaining('interrupted') } } },
    ]);
  });

  it('gives up an attempt that the storage does not cut within spec.capture.timeout', () => {
    const attempt = anAttempt();
    const storage = cutStorage(attempt, () => ({ creationTime: undefined }));
    const environment = anEnvironment({ capture: { consistency: 'BestEffort', timeout: '1m' } });
    const observed = observedCapture({ attempts: [attempt], storage, environment });
    const waiting = plan(observed, 59 * seconds);
    expect(waiting.steps).toEqual([]);
    expect(waiting.againAfterMs).toBe(1 * seconds + 1);
    expect(plan(observed, 61 * seconds).steps).toMatchObject([{ object: { data: { outcome: 'GivenUp' } } }]);
  });

  it('deletes what a given-up attempt left, and its labels, before it begins the next', () => {
    const storage = cutStorage(anAttempt());
    const { state, steps } = plan(
      ready({ attempts: [givenUp(1)], storage, labelledClaims: [labelled] }),
      60 * seconds,
    );
    expect(state).toBe('Waiting');
    expect(told(steps)).toEqual([
      'delete VolumeSnapshot production/nightly-1-db-root',
      'label PersistentVolumeClaim production/db-root',
    ]);
    expect(steps[1]).toMatchObject(unlabelled);
  });

  it('doubles the pause after each attempt that was given up', () => {
    expect(plan(ready({ attempts: [givenUp(1)] })).againAfterMs).toBe(5 * seconds);
    expect(plan(ready({ attempts: [givenUp(3)] })).againAfterMs).toBe(20 * seconds);
    expect(plan(ready({ attempts: [givenUp(40)] })).againAfterMs).toBe(300 * seconds);
  });

  it('numbers the next attempt on, so that its names are new', () => {
    const { steps } = plan(ready({ attempts: [givenUp(1), givenUp(2)] }), 60 * seconds);
    expect(told(steps)[0]).toMatch(/nightly-3-/);
  });

  it('is tidied up only after its status says what became of it', () => {
    const attempt = anAttempt({ verdict: accepted });
    const observed = { attempts: [attempt], storage: cutStorage(attempt), labelledClaims: [labelled] };
    expect(plan(observedCapture(observed)).steps).toEqual([]);
    for (const phase of ['Complete', 'Incomplete'] as const) {
      const { state, steps } = plan(
        observedCapture({ ...observed, snapshot: aSnapshot({ status: { phase } }) }),
      );
      expect(state).toBe('Accepted');
      expect(steps).toMatchObject([unlabelled]);
    }
  });

  it('is never captured again after an accepted verdict, also when its snapshots vanish', () => {
    const observed = ready({ attempts: [anAttempt({ verdict: accepted })], storage: noStorage });
    const { state, steps, disks } = plan(observed, 3_600 * seconds);
    expect({ state, steps }).toEqual({ state: 'Accepted', steps: [] });
    expect(disks).toMatchObject([{ cutSeen: false }]);
  });

  it('touches nothing while what was captured cannot be read', () => {
    const storage = cutStorage(anAttempt());
    for (const observed of [ready({ unreadable: 'of another version', storage }), ready({ storage })]) {
      const { state, steps, blockers } = plan(observed);
      expect({ state, steps, reason: blockers[0]?.reason }).toEqual({
        state: 'Blocked',
        steps: [],
        reason: 'SnapshotUnreadable',
      });
    }
  });
});
