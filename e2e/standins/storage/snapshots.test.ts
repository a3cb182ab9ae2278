import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { Claims, VolumeSnapshotContents, VolumeSnapshots } from '../kube/kinds.ts';
import { isInOrder, Scratch } from '../scratch.ts';
import type { Claim, VolumeSnapshot, VolumeSnapshotContent } from './objects.ts';

let scratch: Scratch;
beforeAll(async () => {
  scratch = await Scratch.create(inject('kubeconfig'), 'snapshots');
  await scratch.boundClaim('data');
});
afterAll(() => scratch?.[Symbol.asyncDispose]());

const finalizers = ({ metadata }: { metadata: { finalizers?: string[] } }) =>
  (metadata.finalizers ?? []).map((finalizer) => finalizer.split('/')[1]).join(' ');
const error = ({ status }: VolumeSnapshot) => status?.error?.message;

async function contentOf(snapshot: VolumeSnapshot): Promise<VolumeSnapshotContent> {
  return scratch.get(VolumeSnapshotContents, snapshot.status!.boundVolumeSnapshotContentName!);
}

test('a snapshot is protected, bound, then has its time, its size and its readiness in one update', async () => {
  const states = await scratch.record<VolumeSnapshot>(VolumeSnapshots, 'one', ({ status }) =>
    [
      status?.boundVolumeSnapshotContentName && 'bound',
      status?.readyToUse,
      status?.creationTime && 'cut',
      status?.restoreSize,
    ].join(),
  );
  const guards = await scratch.record<VolumeSnapshot>(VolumeSnapshots, 'one', finalizers);
  const snapshot = await scratch.readySnapshot('one', 'data');
  expect(states.at(-1)).toBe('bound,true,cut,64Mi');
  expect(isInOrder(states, [',,,', 'bound,false,,', 'bound,true,cut,64Mi']), states.join(' → ')).toBe(true);
  const asSource = 'volumesnapshot-as-source-protection';
  expect(
    isInOrder(guards, ['', asSource, `${asSource} volumesnapshot-bound-protection`]),
    guards.join(),
  ).toBe(true);
  expect(snapshot.status).not.toHaveProperty('error');
});

test("a content has the driver's handle, its nanoseconds and bytes, and the class it was taken with", async () => {
  const snapshot = await scratch.readySnapshot('content', 'data');
  const content = await contentOf(snapshot);
  expect(content.metadata.name).toBe(`snapcontent-${snapshot.metadata.uid}`);
  expect(finalizers(content)).toBe('volumesnapshotcontent-bound-protection');
  expect(content.metadata.annotations ?? {}).toEqual({});
  expect(content.spec).toMatchObject({
    deletionPolicy: 'Delete',
    driver: 'hostpath.csi.k8s.io',
    sourceVolumeMode: 'Filesystem',
    volumeSnapshotClassName: 'hostpath-snap',
    volumeSnapshotRef: { kind: 'VolumeSnapshot', name: 'content', uid: snapshot.metadata.uid },
  });
  expect(content.status).toMatchObject({ readyToUse: true, restoreSize: 67108864 });
  expect(content.status!.creationTime! / 1e6).toBeCloseTo(Date.now(), -5);
  const events = await scratch.events('content');
  const key = `${scratch.namespace}/content`;
  expect(events).toEqual([
    `CreatingSnapshot: Waiting for a snapshot ${key} to be created by the CSI driver.`,
    `SnapshotCreated: Snapshot ${key} was successfully created by the CSI driver.`,
    `SnapshotReady: Snapshot ${key} is ready to use.`,
  ]);
});

test('without a class a snapshot gets the default one of its driver', async () => {
  await scratch.snapshot('default', {
    source: { persistentVolumeClaimName: 'data' },
    volumeSnapshotClassName: undefined,
  });
  const { spec } = await scratch.untilReady('default');
  expect(spec.volumeSnapshotClassName).toBe('hostpath-snap');
});

test('a snapshot of a missing claim says so, and recovers when the claim appears', async () => {
  const errors = await scratch.record<VolumeSnapshot>(VolumeSnapshots, 'early', error);
  await scratch.snapshot('early', { source: { persistentVolumeClaimName: 'later' } });
  await scratch.until(
    VolumeSnapshots,
    'early',
    'in error',
    (snapshot: VolumeSnapshot) => error(snapshot) !== undefined,
  );
  await scratch.boundClaim('later');
  await scratch.untilReady('early');
  const missing =
    'Failed to create snapshot content with error snapshot controller failed to update early on API server: cannot get claim from snapshot';
  expect(errors).toContain(missing);
  expect(errors.at(-1)).toBeUndefined();
});

test('a snapshot with a missing class has an error, no readiness and no finalizer', async () => {
  await scratch.snapshot('noclass', {
    source: { persistentVolumeClaimName: 'data' },
    volumeSnapshotClassName: 'nope',
  });
  const said = (snapshot: VolumeSnapshot) => error(snapshot) !== undefined;
  const snapshot = await scratch.until<VolumeSnapshot>(VolumeSnapshots, 'noclass', 'in error', said);
  const cause = 'volumesnapshotclass.snapshot.storage.k8s.io "nope" not found';
  expect(error(snapshot)).toBe(`Failed to get snapshot class with error ${cause}`);
  expect(snapshot.status).not.toHaveProperty('readyToUse');
  expect(finalizers(snapshot)).toBe('');
});

test('a snapshot of a claim that waits for a consumer has an error that names the claim', async () => {
  await scratch.claim('waits', { storageClassName: 'wffc' });
  await scratch.snapshot('of-waits', { source: { persistentVolumeClaimName: 'waits' } });
  const said = (snapshot: VolumeSnapshot) => error(snapshot) !== undefined;
  const snapshot = await scratch.until<VolumeSnapshot>(VolumeSnapshots, 'of-waits', 'in error', said);
  expect(error(snapshot)).toContain(
    '"the PVC waits is not yet bound to a PV, will not attempt to take a snapshot"',
  );
  expect(snapshot.status?.readyToUse).toBe(false);
});

test('deleting a snapshot deletes its content first', async () => {
  const snapshot = await scratch.readySnapshot('goes', 'data');
  const { metadata } = await contentOf(snapshot);
  const marks = await scratch.record<VolumeSnapshotContent>(
    VolumeSnapshotContents,
    metadata.name,
    ({ metadata: { annotations }, status }) =>
      [
        Object.keys(annotations ?? {}).map((key) => key.split('/')[1]),
        Object.keys(status ?? {}).length,
      ].join(),
  );
  await scratch.delete(VolumeSnapshots, 'goes');
  await scratch.untilGone(VolumeSnapshots, 'goes');
  await scratch.untilGone(VolumeSnapshotContents, metadata.name);
  const recorded = ['volumesnapshot-being-deleted,4', 'volumesnapshot-being-deleted,0'];
  expect(isInOrder(marks, recorded), marks.join(' → ')).toBe(true);
});

test('a snapshot and a claim that is made from it wait for each other once the snapshot is being deleted', async () => {
  await scratch.readySnapshot('locked', 'data');
  const dataSource = { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 'locked' };
  await scratch.claim('from-locked', { storageClassName: 'wffc', dataSource });
  await scratch.delete(VolumeSnapshots, 'locked');
  const pending = 'SnapshotDeletePending: Snapshot is being used to restore a PVC';
  await expect.poll(() => scratch.events('locked')).toContain(pending);
  await scratch.delete(Claims, 'from-locked');
  await scratch.untilGone(VolumeSnapshots, 'locked');
});

test('a claim that is too small for its snapshot stays Pending', async () => {
  await scratch.readySnapshot('large', 'data');
  const dataSource = { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: 'large' };
  await scratch.claim('small', { dataSource, resources: { requests: { storage: '16Mi' } } });
  const why = 'requested volume size 16777216 is less than the size 67108864 for the source snapshot large';
  const message = `ProvisioningFailed: error getting handle for DataSource Type VolumeSnapshot by Name large: ${why}`;
  await expect.poll(() => scratch.events('small')).toContain(message);
  expect((await scratch.get<Claim>(Claims, 'small')).status?.phase).toBe('Pending');
});

test('a pre-provisioned content is bound to its snapshot, and with policy Retain outlives it', async () => {
  const original = await scratch.readySnapshot('original', 'data');
  const handle = (await contentOf(original)).status!.snapshotHandle!;
  const name = `pre-${scratch.namespace}`;
  await scratch.create(VolumeSnapshotContents, preProvisioned(name, scratch.namespace, handle));
  await scratch.snapshot('given', { source: { volumeSnapshotContentName: name } });
  const snapshot = await scratch.untilReady('given');
  expect(finalizers(snapshot)).toBe('volumesnapshot-as-source-protection');
  await scratch.delete(VolumeSnapshots, 'given');
  await scratch.untilGone(VolumeSnapshots, 'given');
  const content = await scratch.get<VolumeSnapshotContent>(VolumeSnapshotContents, name);
  expect(content.status).toMatchObject({ snapshotHandle: handle, readyToUse: true });
  await scratch.delete(VolumeSnapshotContents, name);
  await scratch.untilGone(VolumeSnapshotContents, name);
});

function preProvisioned(name: string, namespace: string, snapshotHandle: string) {
  return {
    apiVersion: 'snapshot.storage.k8s.io/v1',
    kind: 'VolumeSnapshotContent',
    metadata: { name },
    spec: {
      deletionPolicy: 'Retain',
      driver: 'hostpath.csi.k8s.io',
      source: { snapshotHandle },
      sourceVolumeMode: 'Filesystem',
      volumeSnapshotClassName: 'hostpath-snap',
      volumeSnapshotRef: { namespace, name: 'given' },
    },
  };
}
