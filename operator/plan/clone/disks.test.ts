import { describe, expect, it } from 'vitest';
import type {
  DataVolume,
  PersistentVolumeClaim,
  VolumeSnapshot,
  VolumeSnapshotContent,
} from '../../cluster/kinds.generated.ts';
import {
  aClaim,
  aContext,
  aDisk,
  aStorageClass,
  classes,
  cloneUid,
  gibibyte,
  made,
  told,
} from '../../testing/index.ts';
import { adoptClaim, desireDisk, makeDisk } from './disks.ts';

const mapped = (to: string) => aContext({ disks: { storageClasses: [{ from: 'fast', to }] } });
const all = classes(
  aStorageClass('fast', { parameters: { pool: 'ssd', type: 'thin' } }),
  aStorageClass('twin', { parameters: { type: 'thin', pool: 'ssd' } }),
  aStorageClass('slow', { parameters: { pool: 'hdd' } }),
  aStorageClass('foreign', { provisioner: 'other.example.com' }),
  aStorageClass('later', {
    parameters: { pool: 'ssd', type: 'thin' },
    volumeBindingMode: 'WaitForFirstConsumer',
  }),
);
const desired = (context = aContext(), disk = aDisk()) => desireDisk(disk, 'db', all, context);
const state = (more = {}) => ({ disk: aDisk(), cutSeen: true, ready: true, handle: 'the-handle', ...more });
const steps = (context = aContext(), disk = aDisk(), more = {}) => [
  makeDisk(desired(context, disk), state(more), context),
];

describe('how a disk is made', () => {
  it.each([
    ['fast', 'Snapshot', 'same storage class'],
    ['twin', 'Snapshot', 'same driver and parameters'],
    ['slow', 'DataVolume', 'other parameters'],
    ['foreign', 'DataVolume', 'driver other.example.com'],
    ['absent', 'DataVolume', 'driver undefined'],
  ])('on class %s: by a %s', (to, strategy, reason) => {
    expect(desired(mapped(to))).toMatchObject({
      strategy,
      storageClass: to,
      reason: expect.stringContaining(reason),
    });
  });

  it('waits for a consumer where its class does', () => {
    expect(desired(mapped('later')).waitsForConsumer).toBe(true);
    expect(desired().waitsForConsumer).toBe(false);
  });

  it('bears the names of the clone, and names of its own for what is only needed to make it', () => {
    const one = desired(aContext({ names: { prefix: 'a-', suffix: '-z' } }));
    expect(one.claim).toBe('a-db-root-z');
    const other = desired(aContext({}, { uid: 'another' }));
    expect([other.content, other.snapshot]).not.toContain(desired().content);
    expect(other.snapshot).not.toBe(desired().snapshot);
  });
});

describe('a disk of the same kind of storage', () => {
  it('is made of a content on the captured handle, a snapshot and a claim, in this order', () => {
    expect(told(steps()).map((text) => text.replace(/-[0-9a-f]{8,}/, ''))).toEqual([
      'create VolumeSnapshotContent envclone',
      'create VolumeSnapshot staging/db-root',
      'create PersistentVolumeClaim staging/db-root',
    ]);
    expect(steps()[0]!.step).toBe('sequence');
  });

  it('finding A9: leaves the handle to the capture, says its volume mode, and names its snapshot', () => {
    const [content] = made<VolumeSnapshotContent>(steps(), 'VolumeSnapshotContent');
    const [snapshot] = made<VolumeSnapshot>(steps(), 'VolumeSnapshot');
    expect(content!.spec).toMatchObject({
      deletionPolicy: 'Retain',
      source: { snapshotHandle: 'the-handle' },
      sourceVolumeMode: 'Block',
      volumeSnapshotClassName: 'fast-snapshots',
      volumeSnapshotRef: { namespace: 'staging', name: snapshot!.metadata.name },
    });
    expect(snapshot!.spec.source).toEqual({ volumeSnapshotContentName: content!.metadata.name });
  });

  it('is found by the sweep when its clone is gone', () => {
    const [content] = made<VolumeSnapshotContent>(steps(), 'VolumeSnapshotContent');
    expect(content!.metadata).toMatchObject({
      labels: { 'envclone.io/clone': cloneUid },
      annotations: { 'envclone.io/clone-name': 'staging/copy' },
    });
    expect(content!.metadata.ownerReferences).toBeUndefined();
  });

  it('finding D VolumeSnapshot: is as large as the source, or as the storage says that it must be', () => {
    const sizeWith = (restoreBytes?: number) =>
      made<PersistentVolumeClaim>(steps(aContext(), aDisk(), { restoreBytes }), 'PersistentVolumeClaim')[0]!
        .spec!.resources!.requests!.storage;
    expect(sizeWith()).toBe(String(gibibyte));
    expect(sizeWith(gibibyte / 2)).toBe(String(gibibyte));
    expect(sizeWith(2 * gibibyte)).toBe(String(2 * gibibyte));
  });

  it('finding B §10: must keep its source, which the API server may drop without a word', () => {
    expect(steps()[0]).toMatchObject({ steps: [{}, { mustKeep: ['spec.dataSourceRef'] }] });
  });

  it('is found by KubeVirt where it holds TPM and EFI variables', () => {
    const context = aContext({ names: { suffix: '-copy' } });
    const [claim] = made<PersistentVolumeClaim>(
      steps(context, aDisk('db-state', { role: 'State' })),
      'PersistentVolumeClaim',
    );
    expect(claim!.metadata.labels).toMatchObject({ 'persistent-state-for': 'db-copy' });
  });
});

describe('a disk that was captured in a group', () => {
  const member = aDisk('db-root', { cut: { by: 'VolumeGroupSnapshot', name: 'group' } });

  it.each(['fast', 'slow'])(
    'finding F: is made (on class %s) from a snapshot of its own on the member, with a class, for CDI refuses the member',
    (storageClass) => {
      const some = steps(mapped(storageClass), member);
      const [content] = made<VolumeSnapshotContent>(some, 'VolumeSnapshotContent');
      const [snapshot] = made<VolumeSnapshot>(some, 'VolumeSnapshot');
      expect(content!.spec).toMatchObject({
        source: { snapshotHandle: 'the-handle' },
        volumeSnapshotClassName: 'fast-snapshots',
      });
      expect(snapshot!.spec).toEqual({
        source: { volumeSnapshotContentName: content!.metadata.name },
        volumeSnapshotClassName: 'fast-snapshots',
      });
    },
  );
});

describe('a disk of another kind of storage', () => {
  const [volume] = made<DataVolume>(steps(mapped('slow')), 'DataVolume');

  it('finding B §3.2, B §3.5 temp claim, B §3.6: is asked of CDI, from a snapshot in the namespace of the clone', () => {
    expect(volume!.spec.source?.snapshot).toMatchObject({ namespace: 'staging' });
    expect(volume!.spec.storage).not.toHaveProperty('dataSourceRef');
    expect(volume!.metadata.annotations ?? {}).toEqual({});
  });

  it('finding A9, B §3.5 sizes: always says its volume mode and never a size', () => {
    expect(volume!.spec.storage).toEqual({
      storageClassName: 'slow',
      volumeMode: 'Block',
      accessModes: ['ReadWriteOnce'],
    });
  });

  it('finding D DataVolume: belongs to the clone once it is let go from its DataVolume', () => {
    expect(adoptClaim(aClaim('db-root'), aContext())).toMatchObject({
      key: { namespace: 'staging', name: 'db-root' },
      patch: { labels: { 'envclone.io/clone': cloneUid }, ownerReferences: [{ uid: cloneUid }] },
    });
  });
});
