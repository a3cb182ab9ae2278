import { describe, expect, it } from 'vitest';
import { annotations, labels, pinOf } from '../../names.ts';
import type { ObservedClone } from '../../observe/environment-clone.ts';
import {
  aClaim,
  aClonedMachine,
  aContext,
  aSnapshot,
  at,
  cloneUid,
  observedClone,
  told,
} from '../../testing/index.ts';
import { planRemoval } from './removal.ts';

type Children = Partial<ObservedClone['children']>;

const inTier = (name: string, tier: number, more = {}) =>
  aClonedMachine(name, { metadata: { name, annotations: { [annotations.tier]: String(tier) }, ...more } });
const named = (name: string, more = {}) =>
  ({ metadata: { name, namespace: 'staging', uid: name, ...more }, spec: {} }) as never;
const unpinned = aSnapshot();
const remove = (children: Children, snapshot: ObservedClone['snapshot'] = unpinned) =>
  planRemoval(observedClone({ children, snapshot }), aContext());

describe('taking a clone down', () => {
  it('begins with the VMs of the last tier alone', () => {
    const machines = [inTier('db', 0), inTier('api', 1), inTier('web', 2), inTier('web-2', 2)];
    const { steps, waitingFor } = remove({ machines, claims: [aClaim('db-root')] });
    expect(told(steps)).toEqual(['delete VirtualMachine staging/web', 'delete VirtualMachine staging/web-2']);
    expect(steps).toMatchObject([{ propagation: 'Background', uid: 'uid-of-web' }, {}]);
    expect(waitingFor).toBe('VMs to go: db, api, web and 1 more');
  });

  it('finding B §8 order at stop: waits for VMs that are on their way out before it takes the next tier, or their disks', () => {
    const machines = [inTier('db', 0), inTier('web', 2, { deletionTimestamp: at(0) })];
    expect(remove({ machines })).toMatchObject({ steps: [], finished: false });
    const last = [inTier('db', 0, { deletionTimestamp: at(0) })];
    expect(remove({ machines: last, claims: [aClaim('db-root')] })).toMatchObject({ steps: [] });
  });

  it('finding D Stop, D VolumeSnapshot: takes the disks when the VMs are gone, and their snapshots only when the disks are', () => {
    const rest = { claims: [aClaim('db-root')], binders: [named('binder')], dataVolumes: [named('db-data')] };
    const snapshots = { snapshots: [named('db-root-1')], contents: [named('content')] };
    expect(told(remove({ ...rest, ...snapshots }).steps)).toEqual([
      'delete Pod staging/binder',
      'delete DataVolume staging/db-data',
      'delete PersistentVolumeClaim staging/db-root',
    ]);
    expect(told(remove(snapshots).steps)).toEqual([
      `delete every VolumeSnapshot with envclone.io/clone=${cloneUid}`,
      `delete every VolumeSnapshotContent with envclone.io/clone=${cloneUid}`,
    ]);
  });

  it('finding B §3.8: lets the claim of a DataVolume go with it: deleted alone it would be made again', () => {
    const annotations = { 'cdi.kubevirt.io/createdForDataVolume': 'db-data' };
    const claim = { ...aClaim('db-data'), metadata: { ...aClaim('db-data').metadata, annotations } };
    const { steps, waitingFor } = remove({ claims: [claim], dataVolumes: [named('db-data')] });
    expect(told(steps)).toEqual(['delete DataVolume staging/db-data']);
    expect(waitingFor).toContain('disks to go');
    expect(told(remove({ claims: [claim] }).steps)).toEqual(['delete PersistentVolumeClaim staging/db-data']);
  });

  it('finding D Delete: deletes VMs in the background and with their own grace, and no pod but binders', () => {
    const machines = [inTier('db', 0)];
    expect(remove({ machines, binders: [named('binder')] }).steps).toEqual([
      expect.objectContaining({ step: 'delete', propagation: 'Background' }),
    ]);
    expect(remove({ machines }).steps[0]).not.toHaveProperty('gracePeriodSeconds');
  });

  it('takes its Services, its policy, its pin, and the capture that was made for it', () => {
    const own = aSnapshot({
      metadata: { name: 'nightly', labels: { [labels.clone]: cloneUid }, finalizers: [pinOf(cloneUid)] },
    });
    const { steps } = remove({ services: [named('db')], policies: [named('copy-isolation')] }, own);
    expect(told(steps)).toEqual([
      'delete Service staging/db',
      'delete NetworkPolicy staging/copy-isolation',
      `remove finalizer ${pinOf(cloneUid)} of EnvironmentSnapshot production/nightly`,
      'delete EnvironmentSnapshot production/nightly',
    ]);
  });

  it('leaves a capture that was not made for it', () => {
    expect(remove({})).toEqual({ steps: [], finished: true, waitingFor: '' });
  });

  it('does not wait for its capture, nor for a source that has gone', () => {
    const own = aSnapshot({
      metadata: { name: 'nightly', labels: { [labels.clone]: cloneUid }, deletionTimestamp: at(0) },
    });
    expect(remove({}, own).finished).toBe(true);
    expect(planRemoval(observedClone({ snapshot: undefined }), aContext()).finished).toBe(true);
  });
});
