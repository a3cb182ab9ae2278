import { describe, expect, it } from 'vitest';
import { annotations, pinOf } from '../../names.ts';
import {
  aCapture,
  aClone,
  aClonedMachine,
  anAttempt,
  aSnapshot,
  at,
  cloneUid,
  noon,
  observedClone,
  told,
  upAndRunning,
} from '../../testing/index.ts';
import { planClone } from './plan.ts';

type Parts = Parameters<typeof observedClone>[0];

const plan = (parts: Parts = {}, ms = 0) =>
  planClone(observedClone(parts), { now: noon + ms, binderImage: 'example.com/pause' });
const completed = (spec = {}, metadata = {}) =>
  aClone(spec, { annotations: { [annotations.completed]: at(60_000) }, ...metadata });
const policy = { metadata: { name: 'copy-isolation' }, spec: {} };
const brief = (steps: Parameters<typeof told>[0]) =>
  told(steps).map((text) => text.replace(/-[0-9a-f]{8,}/, ''));

describe('an EnvironmentClone', () => {
  it('takes its finalizer before anything else', () => {
    expect(told(plan({ clone: aClone({}, { finalizers: [] }) }).steps)).toEqual([
      'add finalizer envclone.io/clone of EnvironmentClone staging/copy',
    ]);
  });

  it('asks for a capture of its own where it names none and no time', () => {
    const clone = aClone({ source: { namespace: 'production', environment: 'shop' } });
    const { state, steps } = plan({ clone, snapshot: undefined, attempt: undefined });
    expect(state).toBe('Capturing');
    expect(told(steps)).toEqual([`create EnvironmentSnapshot production/shop-${cloneUid.slice(0, 8)}`]);
  });

  it('has nothing captured for a VM that is misspelt', () => {
    const clone = aClone({ source: { namespace: 'production', environment: 'shop', virtualMachine: 'bd' } });
    const { blockers, steps } = plan({ clone, snapshot: undefined, attempt: undefined });
    expect(blockers.map(({ reason }) => reason)).toEqual(['VirtualMachineNotFound']);
    expect(steps).toEqual([]);
  });

  it('asks the API server every question before it makes anything', () => {
    const { state, steps } = plan({ admission: undefined });
    expect(state).toBe('Asking');
    expect(new Set(steps.map(({ step }) => step))).toEqual(new Set(['dryRun']));
  });

  it('is stopped by what the API server refused', () => {
    const { state, steps } = plan({ admission: [{ reason: 'AdmissionRefused', message: 'no' }] });
    expect({ state, steps }).toEqual({ state: 'Blocked', steps: [] });
  });

  it('waits for the verdict on its capture', () => {
    expect(plan({ attempt: anAttempt() })).toMatchObject({ state: 'Capturing', steps: [] });
  });

  it('pins its capture before it makes a disk from it', () => {
    expect(told(plan({ snapshot: aSnapshot({ status: { phase: 'Complete' } }) }).steps)).toEqual([
      `add finalizer ${pinOf(cloneUid)} of EnvironmentSnapshot production/nightly`,
    ]);
  });

  it('makes its policy and its disks first, and VMs only behind the policy', () => {
    expect(brief(plan().steps)).toEqual([
      'create NetworkPolicy staging/copy-isolation',
      'create VolumeSnapshotContent envclone',
      'create VolumeSnapshot staging/db-root',
      'create PersistentVolumeClaim staging/db-root',
    ]);
    const { claims } = upAndRunning('db');
    expect(told(plan({ children: { claims } }).steps)).not.toContain('create VirtualMachine staging/db');
    expect(told(plan({ children: { claims, policies: [policy] } }).steps)).toContain(
      'create VirtualMachine staging/db',
    );
  });

  it('is completed when every disk is bound and every VM is up', () => {
    const children = { ...upAndRunning('db'), policies: [policy] };
    expect(plan({ children }, 60_000).steps).toMatchObject([
      { step: 'patchMetadata', patch: { annotations: { [annotations.completed]: at(60_000) } } },
    ]);
    expect(plan({ children: { ...children, machines: [] } }).steps).not.toMatchObject([
      { step: 'patchMetadata' },
    ]);
  });

  it('looks again when a gate is due', () => {
    const machines = [aClonedMachine('db', { status: { printableStatus: 'Starting' } })];
    const children = { ...upAndRunning('db'), machines, instances: new Map(), policies: [policy] };
    expect(plan({ children }, 1_000).againAfterMs).toBe(599_001);
  });
});

describe('a completed clone', () => {
  it('has nothing started or made again, whatever became of its VMs', () => {
    const stopped = aClonedMachine('db', { status: { printableStatus: 'Stopped' } });
    for (const machines of [[], [stopped]])
      expect(plan({ clone: completed(), snapshot: aSnapshot(), children: { machines } }).steps).toEqual([]);
  });

  it('finding B §3.8: lets go of all that was only needed to make it', () => {
    const named = (name: string) =>
      ({ metadata: { name, namespace: 'staging', uid: name }, spec: {} }) as never;
    const { steps } = plan({
      clone: completed(),
      children: {
        ...upAndRunning('db'),
        snapshots: [named('db-root-1')],
        contents: [named('content')],
        dataVolumes: [named('db-root')],
        binders: [named('db-binder')],
      },
    });
    expect(told(steps)).toEqual([
      `remove finalizer ${pinOf(cloneUid)} of EnvironmentSnapshot production/nightly`,
      'delete Pod staging/db-binder',
      'label PersistentVolumeClaim staging/db-root',
      'delete DataVolume staging/db-root',
      'label PersistentVolumeClaim staging/db-root',
      `delete every VolumeSnapshot with envclone.io/clone=${cloneUid}`,
      `delete every VolumeSnapshotContent with envclone.io/clone=${cloneUid}`,
    ]);
    expect(steps[2]).toMatchObject({ steps: [{}, { propagation: 'Orphan' }, {}] });
  });

  it('stays completed when its status is lost, its capture is gone, or it is cancelled', () => {
    const gone = { snapshot: undefined, attempt: undefined };
    expect(plan({ clone: completed(), ...gone }).state).toBe('Completed');
    expect(plan({ clone: completed({ cancel: true }) }).state).toBe('Completed');
    expect(plan({ clone: completed({ paused: true }) }).state).toBe('Completed');
  });
});

describe('the owner of a clone', () => {
  it('pauses it: nothing more is done', () => {
    const paused = aClone({ paused: true });
    expect(plan({ clone: paused })).toMatchObject({ state: 'Paused', steps: [] });
    expect(plan({ clone: paused, admission: undefined })).toMatchObject({ state: 'Paused', steps: [] });
    const now = aClone({ paused: true, source: { namespace: 'production', environment: 'shop' } });
    expect(plan({ clone: now, snapshot: undefined, attempt: undefined })).toMatchObject({
      state: 'Paused',
      steps: [],
    });
  });

  it('plans only: everything is checked and nothing is made', () => {
    const clone = aClone({ mode: 'Plan' });
    expect(plan({ clone, admission: undefined }).steps.every(({ step }) => step === 'dryRun')).toBe(true);
    expect(plan({ clone })).toMatchObject({ state: 'Planned', steps: [] });
  });

  it('plans a clone of now from the Environment as it is, without a capture', () => {
    const clone = aClone({ mode: 'Plan', source: { namespace: 'production', environment: 'shop' } });
    const preview = { captured: aCapture() };
    const { state, desired } = plan({ clone, snapshot: undefined, attempt: undefined, preview });
    expect(state).toBe('Planned');
    expect(desired?.machines).toHaveLength(1);
  });

  it('cancels it: what was made is removed, and nothing is made again', () => {
    const clone = aClone({ cancel: true });
    expect(told(plan({ clone, children: upAndRunning('db') }).steps)).toEqual([
      'delete VirtualMachine staging/db',
    ]);
    expect(plan({ clone, snapshot: undefined })).toMatchObject({ state: 'Cancelled', steps: [] });
  });

  it('lets it expire, also when it is completed or paused', () => {
    for (const clone of [completed({ expiresAfter: '1h' }), aClone({ expiresAfter: '1h', paused: true })]) {
      expect(plan({ clone }, 3_599_000).againAfterMs).toBe(1_001);
      expect(plan({ clone }, 3_600_000)).toMatchObject({ state: 'Expired', steps: [{ step: 'delete' }] });
    }
  });

  it('may let it live longer than a timer can wait', () => {
    expect(plan({ clone: completed({ expiresAfter: '2400h' }) }).againAfterMs).toBe(24 * 3_600_000);
  });

  it('deletes it: its finalizer goes last', () => {
    const deleted = aClone({}, { deletionTimestamp: at(0) });
    expect(told(plan({ clone: deleted, children: upAndRunning('db') }).steps)).toEqual([
      'delete VirtualMachine staging/db',
    ]);
    expect(told(plan({ clone: deleted, snapshot: undefined }).steps)).toEqual([
      'remove finalizer envclone.io/clone of EnvironmentClone staging/copy',
    ]);
    const waiting = aClone({}, { deletionTimestamp: at(0), finalizers: ['somebody/else'] });
    expect(plan({ clone: waiting, children: upAndRunning('db') }).steps).toEqual([]);
  });
});
