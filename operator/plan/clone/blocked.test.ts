import { describe, expect, it } from 'vitest';
import {
  aClone,
  anEnvironment,
  aSnapshot,
  at,
  noon,
  observedClone,
  upAndRunning,
} from '../../testing/index.ts';
import { planClone } from './plan.ts';

type Parts = Parameters<typeof observedClone>[0];

const plan = (parts: Parts = {}) =>
  planClone(observedClone(parts), { now: noon, binderImage: 'example.com/pause' });
const policy = { metadata: { name: 'copy-isolation' }, spec: {} };
const pinned = observedClone().snapshot!;

describe('a clone is blocked', () => {
  const blockedBy = (parts: Parts) => plan(parts).blockers.map(({ reason }) => reason);
  const now = aClone({ source: { namespace: 'production', environment: 'shop' } });
  const nothing = { snapshot: undefined, attempt: undefined };
  const consents = (allowClonesFrom?: object, allowCaptureFrom?: object) =>
    anEnvironment({ allowClonesFrom, allowCaptureFrom });
  const staging = { matchLabels: { stage: 'test' } };

  it.each<[string, Parts, string]>([
    ['where there is no such Environment', { environment: undefined }, 'EnvironmentNotFound'],
    ['where its owner does not allow clones', { environment: consents() }, 'ClonesNotAllowed'],
    ['where its owner allows other namespaces', { environment: consents(staging) }, 'ClonesNotAllowed'],
    [
      'where its owner does not allow captures',
      { clone: now, ...nothing, environment: consents({}) },
      'CaptureNotAllowed',
    ],
    ['where nobody checks who asks', { unguarded: 'the policy' }, 'AccessNotGuarded'],
    ['where the snapshot does not exist', nothing, 'SnapshotNotFound'],
    [
      'where no snapshot is old enough',
      { clone: aClone({ source: now.spec.source, asOf: at(0) }), ...nothing },
      'NoSnapshot',
    ],
    [
      'where the snapshot is of another Environment',
      { snapshot: { ...pinned, spec: { environment: 'mail', applications: [] } } },
      'SnapshotOfAnother',
    ],
    ['where the capture cannot be read', { unreadable: 'of another version' }, 'SnapshotUnreadable'],
    [
      'where the capture is incomplete',
      { snapshot: { ...pinned, status: { phase: 'Incomplete' } } },
      'SnapshotIncomplete',
    ],
    [
      'where the snapshot is being deleted',
      { snapshot: aSnapshot({ metadata: { name: 'nightly', deletionTimestamp: at(0) } }) },
      'SnapshotDeleting',
    ],
    [
      'where an application was not captured',
      {
        clone: aClone({ source: { ...now.spec.source, snapshot: 'nightly', applications: ['web'] } }),
        applications: ['web'],
      },
      'UnknownApplication',
    ],
  ])('%s', (_, parts, reason) => {
    expect(blockedBy(parts)).toEqual([reason]);
  });

  it('no more when it has begun: consent that is withdrawn stops new clones only', () => {
    const half = { ...upAndRunning('db'), machines: [], policies: [policy] };
    expect(plan({ environment: consents(), children: half }).state).toBe('Building');
  });

  it('finding A10: where the capture that it is half made from is gone: another would be of another instant', () => {
    const half = { ...upAndRunning('db'), machines: [], policies: [policy] };
    for (const clone of [now, aClone()]) {
      const { blockers, steps } = plan({ clone, ...nothing, children: half });
      expect(blockers.map(({ reason }) => reason)).toEqual(['SnapshotGone']);
      expect(steps).toEqual([]);
    }
  });

  it('finding A10: no more by disks that the capture has lost since, where it has them already', () => {
    const snapshot = { ...pinned, status: { phase: 'Incomplete' as const } };
    const half = { ...upAndRunning('db'), machines: [], policies: [policy] };
    expect(plan({ snapshot, disks: [], children: half }).state).toBe('Building');
  });

  it('no more while its own pin holds a snapshot that is being deleted', () => {
    const snapshot = { ...pinned, metadata: { ...pinned.metadata, deletionTimestamp: at(0) } };
    expect(plan({ snapshot }).state).toBe('Building');
  });

  it('and looks again, since some of it is mended without an event', () => {
    expect(plan({ environment: undefined }).againAfterMs).toBe(30_000);
  });
});
