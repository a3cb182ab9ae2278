import { expect, test } from 'vitest';
import type { VolumeSnapshotContent, VolumeSnapshotContentStatus } from '../objects.ts';
import { statusFrom } from './status.ts';

const cutAt = Date.UTC(2026, 0, 2, 3, 4, 5, 678) * 1e6;
const cut = { creationTime: cutAt, readyToUse: true, restoreSize: 64 * 1024 * 1024 };

function content(status?: VolumeSnapshotContentStatus): VolumeSnapshotContent {
  return { metadata: { name: 'snapcontent-1' }, status } as VolumeSnapshotContent;
}

test('a snapshot is first bound and unready, before anything is cut', () => {
  const status = { readyToUse: false, boundVolumeSnapshotContentName: 'snapcontent-1' };
  expect(statusFrom(undefined, content())).toEqual(status);
});

test('then it says what its content says: the whole second of the cut and the size as a quantity', () => {
  expect(statusFrom(undefined, content(cut))).toEqual({
    boundVolumeSnapshotContentName: 'snapcontent-1',
    readyToUse: true,
    creationTime: '2026-01-02T03:04:05Z',
    restoreSize: '64Mi',
  });
});

test('what it has said once it keeps', () => {
  const before = statusFrom(undefined, content(cut))!;
  const later = { ...cut, creationTime: cutAt + 9e9, restoreSize: 1024 };
  expect(statusFrom(before, content(later))).toBeUndefined();
});

test('an error comes and goes with the content', () => {
  const error = { message: 'no room', time: '2026-01-02T03:04:06Z' };
  const failed = statusFrom(undefined, content({ readyToUse: false, error }))!;
  expect(failed).toMatchObject({ readyToUse: false, error });
  expect(statusFrom(failed, content(cut))).not.toHaveProperty('error');
});

test('a member names its group', () => {
  expect(statusFrom(undefined, content(cut), 'group')).toMatchObject({ volumeGroupSnapshotName: 'group' });
});
