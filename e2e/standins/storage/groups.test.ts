import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { VolumeGroupSnapshotContents, VolumeGroupSnapshots, VolumeSnapshots } from '../kube/kinds.ts';
import { Scratch } from '../scratch.ts';
import type { VolumeGroupSnapshot, VolumeGroupSnapshotContent, VolumeSnapshot } from './objects.ts';
import { memberHash } from './snapshots/group-members.ts';

let scratch: Scratch;
beforeAll(async () => {
  scratch = await Scratch.create(inject('kubeconfig'), 'groups');
  await Promise.all(['a', 'b'].map((name) => scratch.boundClaim(name, {}, { capture: 'one' })));
});
afterAll(() => scratch?.[Symbol.asyncDispose]());

function group(name: string, capture: string): Promise<VolumeGroupSnapshot> {
  return scratch.create(VolumeGroupSnapshots, {
    apiVersion: 'groupsnapshot.storage.k8s.io/v1',
    kind: 'VolumeGroupSnapshot',
    metadata: { name },
    spec: {
      source: { selector: { matchLabels: { capture } } },
      volumeGroupSnapshotClassName: 'hostpath-group',
    },
  });
}

function ready(name: string): Promise<VolumeGroupSnapshot> {
  const is = ({ status }: VolumeGroupSnapshot) => status?.readyToUse === true;
  return scratch.until<VolumeGroupSnapshot>(VolumeGroupSnapshots, name, 'ready', is);
}

function failed(name: string): Promise<VolumeGroupSnapshot> {
  const is = ({ status }: VolumeGroupSnapshot) => status?.error !== undefined;
  return scratch.until<VolumeGroupSnapshot>(VolumeGroupSnapshots, name, 'in error', is);
}

async function contentOf({ status }: VolumeGroupSnapshot): Promise<VolumeGroupSnapshotContent> {
  return scratch.get(VolumeGroupSnapshotContents, status!.boundVolumeGroupSnapshotContentName!);
}

async function members(owner: VolumeGroupSnapshot): Promise<VolumeSnapshot[]> {
  const { status } = await contentOf(owner);
  const names = status!.volumeSnapshotInfoList!.map((info) => `snapshot-${memberHash(owner, info)}`);
  return Promise.all(names.map((name) => scratch.get<VolumeSnapshot>(VolumeSnapshots, name)));
}

test('the content lists every volume, cut at one instant, before the group says anything', async () => {
  await group('g', 'one');
  const bound = ({ status }: VolumeGroupSnapshot) =>
    status?.boundVolumeGroupSnapshotContentName !== undefined;
  const early = await scratch.until<VolumeGroupSnapshot>(VolumeGroupSnapshots, 'g', 'bound', bound);
  const done = await ready('g');
  const { spec, status } = await contentOf(early);
  expect(status!.volumeSnapshotInfoList!.map((info) => info.volumeHandle)).toEqual(spec.source.volumeHandles);
  expect(new Set(status!.volumeSnapshotInfoList!.map((info) => info.creationTime)).size).toBe(1);
  expect(done.status).toMatchObject({ readyToUse: true, creationTime: status!.creationTime });
});

test('each member is owned by its group, protected in it, without a class, and names it in its status', async () => {
  await group('owner', 'one');
  const owner = await ready('owner');
  for (const { metadata, spec, status } of await members(owner)) {
    expect(metadata.ownerReferences).toMatchObject([
      { kind: 'VolumeGroupSnapshot', uid: owner.metadata.uid },
    ]);
    expect(metadata.finalizers).toContain(
      'snapshot.storage.kubernetes.io/volumesnapshot-in-group-protection',
    );
    expect(spec).not.toHaveProperty('volumeSnapshotClassName');
    expect(status).toMatchObject({ readyToUse: true, volumeGroupSnapshotName: 'owner', restoreSize: '64Mi' });
  }
});

test('a group that selects nothing, or a claim that is Pending, has an error and no content', async () => {
  await group('nothing', 'none');
  const cause = '"label selector capture=none for group snapshot not applied to any PVC"';
  const prefix = (name: string) =>
    `failed to create group snapshot content with error failed to get input parameters to create group snapshot ${name}: `;
  expect((await failed('nothing')).status!.error!.message).toBe(prefix('nothing') + cause);
  await scratch.claim('p', { storageClassName: 'wffc' }, { capture: 'two' });
  await group('pending', 'two');
  const pending = await failed('pending');
  const unbound = '"the PVC p is not yet bound to a PV, will not attempt to take a group snapshot"';
  expect(pending.status!.error!.message).toBe(prefix('pending') + unbound);
  expect(pending.status).not.toHaveProperty('boundVolumeGroupSnapshotContentName');
});

test('a member that is deleted alone stays until its group is deleted, then all go', async () => {
  await group('whole', 'one');
  const whole = await ready('whole');
  const [first, second] = await members(whole);
  const content = await contentOf(whole);
  await scratch.delete(VolumeSnapshots, first!.metadata.name);
  const says = async () => (await scratch.events(first!.metadata.name)).join('\n');
  await expect.poll(says).toContain('is not allowed as it belongs to group snapshot');
  await scratch.get(VolumeSnapshots, first!.metadata.name);
  await scratch.delete(VolumeGroupSnapshots, 'whole');
  await scratch.untilGone(VolumeGroupSnapshots, 'whole');
  await scratch.untilGone(VolumeGroupSnapshotContents, content.metadata.name);
  for (const { metadata } of [first!, second!]) await scratch.untilGone(VolumeSnapshots, metadata.name);
});

test('a driver without groups is refused: there is no class for it', async () => {
  await scratch.boundClaim('o', { storageClassName: 'other' }, { capture: 'other' });
  await group('wrong', 'other');
  const { status } = await failed('wrong');
  expect(status!.error!.message).toContain('Volume CSI driver (other.csi.envclone.test) mismatch');
});
