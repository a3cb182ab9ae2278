import { describe, expect, it } from 'vitest';
import { captureLabel, finalizers, pinOf } from '../../names.ts';
import type { ObservedCapture } from '../../observe/environment-snapshot.ts';
import {
  accepted,
  anAttempt,
  aSnapshot,
  at,
  cutStorage,
  noon,
  noStorage,
  observedCapture,
  told,
} from '../../testing/index.ts';
import { planCapture } from './plan.ts';

const plan = (observed: ObservedCapture) => planCapture(observed, noon);
const labelled = {
  metadata: {
    name: 'db-root',
    namespace: 'production',
    labels: { [captureLabel('uid-of-nightly', 1, 'abc')]: 'true', app: 'db' },
  },
};

describe('a deleted EnvironmentSnapshot', () => {
  const deleted = (...more: readonly string[]) =>
    aSnapshot({
      metadata: { name: 'nightly', deletionTimestamp: at(0), finalizers: [finalizers.capture, ...more] },
    });

  it('stays while a clone is being made from it', () => {
    const storage = cutStorage(anAttempt());
    expect(plan(observedCapture({ snapshot: deleted(pinOf('some-clone')), storage })).steps).toEqual([]);
  });

  it('has its snapshots and labels removed before its finalizer', () => {
    const attempt = anAttempt({ verdict: accepted });
    const storage = cutStorage(attempt);
    const observed = { snapshot: deleted(), attempts: [attempt] };
    expect(told(plan(observedCapture({ ...observed, storage, labelledClaims: [labelled] })).steps)).toEqual([
      'delete VolumeSnapshot production/nightly-1-db-root',
      'label PersistentVolumeClaim production/db-root',
    ]);
    for (const each of storage.snapshots.values()) each.metadata.deletionTimestamp = at(0);
    expect(plan(observedCapture({ ...observed, storage })).steps).toEqual([]);
    expect(told(plan(observedCapture(observed)).steps)).toEqual([
      'remove finalizer envclone.io/capture of EnvironmentSnapshot production/nightly',
    ]);
  });

  it('goes also when what was captured cannot be read', () => {
    const observed = observedCapture({ snapshot: deleted(), unreadable: 'of another version' });
    expect(told(plan(observed).steps)).toEqual([
      'remove finalizer envclone.io/capture of EnvironmentSnapshot production/nightly',
    ]);
  });

  it('finding D VolumeGroupSnapshot, F: has groups deleted, never their members', () => {
    const group = {
      metadata: { name: 'nightly-1-group', namespace: 'production', uid: 'g' },
      spec: { source: {} },
    };
    const storage = { ...noStorage, groupSnapshots: new Map([['nightly-1-group', group]]) };
    expect(told(plan(observedCapture({ snapshot: deleted(), storage })).steps)).toEqual([
      'delete VolumeGroupSnapshot production/nightly-1-group',
    ]);
  });
});
