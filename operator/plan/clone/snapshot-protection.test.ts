import { describe, expect, it } from 'vitest';
import type { PersistentVolumeClaim, VolumeSnapshot } from '../../cluster/kinds.generated.ts';
import { at } from '../../testing/index.ts';
import { provisionerProtection, releaseSnapshot } from './snapshot-protection.ts';

const aSnapshot = (more: Partial<VolumeSnapshot['metadata']> = {}): VolumeSnapshot => ({
  metadata: {
    namespace: 'staging',
    name: 'root-1',
    deletionTimestamp: at(0),
    finalizers: [provisionerProtection],
    ...more,
  },
  spec: { source: {} },
});

const aClaim = (snapshot: string, phase: 'Bound' | 'Pending'): PersistentVolumeClaim => ({
  metadata: { namespace: 'staging', name: 'root' },
  spec: {
    dataSourceRef: { apiGroup: 'snapshot.storage.k8s.io', kind: 'VolumeSnapshot', name: snapshot },
  },
  status: { phase },
});

describe('the mark of external-provisioner on a snapshot that is being deleted', () => {
  it('is taken off when no claim names the snapshot any more', () => {
    expect(releaseSnapshot(aSnapshot(), [])).toMatchObject([
      { step: 'removeFinalizer', finalizer: provisionerProtection, object: { metadata: { name: 'root-1' } } },
    ]);
  });

  it('is taken off when the claims that name it are filled, or wait for another', () => {
    expect(
      releaseSnapshot(aSnapshot(), [aClaim('root-1', 'Bound'), aClaim('data-1', 'Pending')]),
    ).toHaveLength(1);
  });

  it('finding D VolumeSnapshot: stays while a claim waits to be made from the snapshot', () => {
    expect(releaseSnapshot(aSnapshot(), [aClaim('root-1', 'Pending')])).toEqual([]);
  });

  it('stays on a snapshot that nobody deletes, and other marks are left to their owners', () => {
    expect(releaseSnapshot(aSnapshot({ deletionTimestamp: undefined }), [])).toEqual([]);
    expect(releaseSnapshot(aSnapshot({ finalizers: ['somebody.else/protects'] }), [])).toEqual([]);
  });
});
