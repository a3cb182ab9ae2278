import { describe, expect, it } from 'vitest';
import type { VolumeGroupSnapshotContent } from '../../cluster/kinds.generated.ts';
import {
  aCapture,
  accepted,
  aDisk,
  aMachine,
  anAttempt,
  at,
  cutStorage,
  noon,
  noStorage,
} from '../../testing/index.ts';
import { type CaptureStorage, diskStates } from './disks.ts';
import type { Attempt } from './model.ts';

type GroupStatus = NonNullable<VolumeGroupSnapshotContent['status']>;

const single = anAttempt();
const cut = cutStorage(single);
const state = (storage: CaptureStorage, attempt: Attempt = single) => diskStates(attempt, storage)[0]!;

describe('a disk with a VolumeSnapshot of its own', () => {
  it('finding A2: is cut when the content says so, whatever the snapshot itself says', () => {
    expect(cut.snapshots.values().next().value?.status).toBeUndefined();
    expect(state(cut)).toMatchObject({
      cutSeen: true,
      cutTime: at(1_000),
      handle: 'handle-of-db-root',
      ready: true,
    });
  });

  it.each([
    ['nothing exists yet', noStorage],
    ['there is no content', { ...cut, contents: new Map() }],
    [
      'the content is of another snapshot of that name',
      { ...cut, contents: new Map([['another-uid', [...cut.contents.values()][0]!]]) },
    ],
    [
      'the content has no status',
      cutStorage(single, () => ({ creationTime: undefined, snapshotHandle: undefined })),
    ],
    ['the content has a handle and no time', cutStorage(single, () => ({ creationTime: undefined }))],
    ['the content has a time and no handle', cutStorage(single, () => ({ snapshotHandle: undefined }))],
  ])('is not cut while %s', (_, storage) => {
    expect(state(storage)).toMatchObject({ cutSeen: false, ready: false });
  });

  it('is cut before it is ready', () => {
    expect(state(cutStorage(single, () => ({ readyToUse: false })))).toMatchObject({
      cutSeen: true,
      ready: false,
    });
  });

  it('passes on what the storage complains of', () => {
    const storage = cutStorage(single, () => ({
      creationTime: undefined,
      error: { message: 'pool is full' },
    }));
    expect(state(storage).error).toBe('pool is full');
  });

  it('is lost when what bears its name was made after the verdict', () => {
    const attempt = anAttempt({ verdict: accepted });
    expect(state(cutStorage(attempt), attempt).cutSeen).toBe(true);
    const later = cutStorage(attempt, () => ({ creationTime: (noon + 3_600_000) * 1e6 }));
    expect(state(later, attempt)).toMatchObject({
      cutSeen: false,
      error: expect.stringContaining('after the capture'),
    });
    expect(state(later, attempt).handle).toBeUndefined();
  });
});

describe('a member of a group', () => {
  const disk = aDisk('db-root', { cut: { by: 'VolumeGroupSnapshot', name: 'group' } });
  const attempt = anAttempt({ captured: aCapture({ machines: [aMachine('db', { disks: [disk] })] }) });
  const member = {
    volumeHandle: 'volume-db-root',
    snapshotHandle: 'handle',
    readyToUse: true,
    restoreSize: 7,
  };
  const group = (status: GroupStatus | undefined, uid = 'uid-of-group') => ({
    ...noStorage,
    groupSnapshots: new Map([
      ['group', { metadata: { name: 'group', uid: 'uid-of-group' }, spec: { source: {} } }],
    ]),
    groupContents: new Map<string, VolumeGroupSnapshotContent>([
      [
        uid,
        {
          metadata: { name: 'content' },
          spec: {
            driver: disk.driver,
            deletionPolicy: 'Delete',
            source: {},
            volumeGroupSnapshotRef: { uid },
          },
          status,
        },
      ],
    ]),
  });

  it('finding A2: is cut when the content of the group lists its volume, long before it has an object of its own', () => {
    const seen = state(group({ creationTime: at(500), volumeSnapshotInfoList: [member] }), attempt);
    expect(seen).toMatchObject({
      cutSeen: true,
      cutTime: at(500),
      handle: 'handle',
      ready: true,
      restoreBytes: 7,
    });
  });

  it.each([
    ['the group has no content', group(undefined, 'another-uid')],
    ['the content has no time', group({ volumeSnapshotInfoList: [member] })],
    ['the content lists nothing', group({ creationTime: at(500) })],
    [
      'the content lists other volumes',
      group({ creationTime: at(500), volumeSnapshotInfoList: [{ ...member, volumeHandle: 'other' }] }),
    ],
    [
      'its entry has no handle',
      group({ creationTime: at(500), volumeSnapshotInfoList: [{ ...member, snapshotHandle: undefined }] }),
    ],
  ])('is not cut while %s', (_, storage) => {
    expect(state(storage, attempt)).toMatchObject({ cutSeen: false, ready: false });
  });
});

describe('a disk that two VMs share', () => {
  it('is one disk', () => {
    const machines = [
      aMachine('one', { disks: [aDisk('shared')] }),
      aMachine('two', { disks: [aDisk('shared')] }),
    ];
    expect(diskStates(anAttempt({ captured: aCapture({ machines }) }), noStorage)).toHaveLength(1);
  });
});
