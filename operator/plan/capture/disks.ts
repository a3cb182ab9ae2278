/** How far the storage has come with each disk of an attempt. */
import type {
  VolumeGroupSnapshot,
  VolumeGroupSnapshotContent,
  VolumeSnapshot,
  VolumeSnapshotContent,
} from '../../cluster/kinds.generated.ts';
import { type Attempt, type CapturedDisk, disksOf } from './model.ts';

/** What the storage systems hold for one EnvironmentSnapshot, by the names that its attempts gave. */
export interface CaptureStorage {
  readonly snapshots: ReadonlyMap<string, VolumeSnapshot>;
  readonly groupSnapshots: ReadonlyMap<string, VolumeGroupSnapshot>;
  /** By the UID of the VolumeSnapshot or VolumeGroupSnapshot that they are bound to. */
  readonly contents: ReadonlyMap<string, VolumeSnapshotContent>;
  readonly groupContents: ReadonlyMap<string, VolumeGroupSnapshotContent>;
}

export interface DiskState {
  readonly disk: CapturedDisk;
  /**
   * The content says that the cut is made. The snapshot's own object says so seconds later, because the snapshot
   * controller may be waiting for its turn with the API server.
   */
  readonly cutSeen: boolean;
  /** The time that the storage gave, RFC 3339. */
  readonly cutTime?: string;
  /** What a pre-provisioned content refers to. */
  readonly handle?: string;
  /** Whether a claim can be made from it now. */
  readonly ready: boolean;
  /** Bytes that a claim made from it must have at least. */
  readonly restoreBytes?: number;
  /** What the storage complains of at present; it may pass by itself. */
  readonly error?: string;
}

export function diskStates(attempt: Attempt, storage: CaptureStorage): readonly DiskState[] {
  return disksOf(attempt.captured)
    .map((disk) =>
      disk.cut.by === 'VolumeSnapshot' ? singleState(disk, storage) : memberState(disk, storage),
    )
    .map((state) => withoutSuccessor(state, attempt.verdict));
}

/** What was deleted after the verdict and made again under its name holds the disk as it was at another time. */
function withoutSuccessor(state: DiskState, verdict: Attempt['verdict']): DiskState {
  if (verdict?.outcome !== 'Accepted' || !state.cutTime) return state;
  if (Date.parse(state.cutTime) <= Date.parse(verdict.achieved)) return state;
  const error = `what bears the name of its snapshot was cut at ${state.cutTime}, after the capture`;
  return { disk: state.disk, cutSeen: false, ready: false, error };
}

function singleState(disk: CapturedDisk, storage: CaptureStorage): DiskState {
  const snapshot = storage.snapshots.get(disk.cut.name);
  const content = storage.contents.get(snapshot?.metadata.uid ?? '');
  const status = content?.status;
  const error = status?.error?.message ?? snapshot?.status?.error?.message;
  if (!status?.creationTime || !status.snapshotHandle) return { disk, cutSeen: false, ready: false, error };
  return {
    disk,
    cutSeen: true,
    cutTime: fromNanoseconds(status.creationTime),
    handle: status.snapshotHandle,
    ready: status.readyToUse === true,
    restoreBytes: status.restoreSize,
    error,
  };
}

/** A group's content lists its members by volume handle long before they have objects of their own. */
function memberState(disk: CapturedDisk, storage: CaptureStorage): DiskState {
  const group = storage.groupSnapshots.get(disk.cut.name);
  const content = storage.groupContents.get(group?.metadata.uid ?? '');
  const member = content?.status?.volumeSnapshotInfoList?.find(
    (each) => each.volumeHandle === disk.volumeHandle,
  );
  const error = content?.status?.error?.message ?? group?.status?.error?.message;
  if (!content?.status?.creationTime || !member?.snapshotHandle)
    return { disk, cutSeen: false, ready: false, error };
  return {
    disk,
    cutSeen: true,
    cutTime: member.creationTime ? fromNanoseconds(member.creationTime) : content.status.creationTime,
    handle: member.snapshotHandle,
    ready: member.readyToUse === true,
    restoreBytes: member.restoreSize,
    error,
  };
}

function fromNanoseconds(nanoseconds: number): string {
  return new Date(nanoseconds / 1e6).toISOString();
}
