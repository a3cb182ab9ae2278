import { expect, test } from 'vitest';
import type { VolumeSnapshot } from '../../../storage/objects.ts';
import { contentStatus } from './status.ts';

function aVolume(name: string, status?: VolumeSnapshot['status']): VolumeSnapshot {
  const metadata = { name, uid: name, resourceVersion: '1', creationTimestamp: '2026-11-21T10:00:00Z' };
  return { metadata, spec: { source: {} }, status };
}

const none = { missing: [], skipped: [] };
const done = { creationTime: '2026-11-21T10:00:00Z', readyToUse: true };

test('a content is as far as the last of its volumes', () => {
  const half = contentStatus(undefined, { ...none, found: [aVolume('a', done), aVolume('b')] });
  expect(half).toMatchObject({
    readyToUse: false,
    volumeSnapshotStatus: [done, { volumeSnapshotName: 'b' }],
  });
  expect(half.creationTime).toBeUndefined();
  const whole = contentStatus(half, { ...none, found: [aVolume('a', done), aVolume('b', done)] });
  expect(whole).toMatchObject({ readyToUse: true, creationTime: expect.any(String) });
});

test('a VM without volumes is snapshotted at once', () => {
  const status = contentStatus(undefined, { ...none, found: [] });
  expect(status).toMatchObject({ readyToUse: true, creationTime: expect.any(String) });
});

test('an error of a volume is told with its name until it is over, and keeps its time', () => {
  const failing = { ...none, found: [aVolume('a', { readyToUse: false, error: { message: 'no room' } })] };
  const told = contentStatus(
    { error: { message: 'VolumeSnapshot a error: no room', time: 'then' } },
    failing,
  );
  expect(told.error).toEqual({ message: 'VolumeSnapshot a error: no room', time: 'then' });
  expect(contentStatus(told, { ...none, found: [aVolume('a', done)] }).error).toBeUndefined();
});

test('a volume that is gone makes the content unusable', () => {
  const status = contentStatus(done, { ...none, found: [], missing: ['a', 'b'] });
  expect(status).toMatchObject({ readyToUse: false, error: { message: 'VolumeSnapshots (a,b) missing' } });
});
