/**
 * What is wrong with disks that are not filled: what the storage or CDI complains of, and what neither says. Both go on
 * trying, so it is no failure.
 */
import type { DataVolume, VolumeSnapshot } from '../../cluster/kinds.generated.ts';
import type { ObservedClone } from '../../observe/environment-clone.ts';
import type { Desired } from './desired.ts';
import { disksWithoutSource, isFilled, type LiveDisk, liveDisksOf } from './filled.ts';

/** Complaints come and go on the good path; only one that lasts longer than this is worth a word. */
const troubleSettlesMs = 30_000;

export interface DiskTrouble {
  /** The first complaint that has lasted, naming its object. */
  readonly message?: string;
  /** When a complaint counts as lasting, if it does not pass (milliseconds since the epoch). */
  readonly againAt?: number;
}

export function diskTrouble(observed: ObservedClone, desired: Desired, now: number): DiskTrouble {
  const complaints = complaintsOf(observed, desired).map(({ message, since }) => ({
    message,
    settles: since + troubleSettlesMs,
  }));
  const passing = complaints.filter(({ settles }) => settles > now).map(({ settles }) => settles);
  return {
    message: complaints.find(({ settles }) => settles <= now)?.message,
    ...(passing.length > 0 && { againAt: Math.min(...passing) }),
  };
}

interface Complaint {
  readonly message: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

function complaintsOf(observed: ObservedClone, desired: Desired): readonly Complaint[] {
  const liveDisk = liveDisksOf(observed);
  const snapshots = new Map(observed.children.snapshots.map((each) => [each.metadata.name, each]));
  const lost = new Set(disksWithoutSource(observed, desired));
  return desired.disks.flatMap((disk) => {
    const live = liveDisk(disk);
    if (isFilled(live)) return [];
    const complaints = [...ofSnapshot(snapshots.get(disk.snapshot)), ...ofDataVolume(live.dataVolume)];
    return lost.has(disk) ? [...complaints, ...ofLostSource(live)] : complaints;
  });
}

function ofLostSource({ claim, dataVolume }: LiveDisk): readonly Complaint[] {
  const { name, creationTimestamp } = (dataVolume ?? claim)?.metadata ?? {};
  if (!name) return [];
  const message = `disk ${name}: its snapshot is gone from the capture, and what has not been read from it yet never will be: if this does not pass, delete the clone and make another`;
  return [{ message, since: Date.parse(creationTimestamp!) }];
}

function ofSnapshot(snapshot: VolumeSnapshot | undefined): readonly Complaint[] {
  const { error } = snapshot?.status ?? {};
  if (!snapshot || !error?.message) return [];
  const { name, creationTimestamp } = snapshot.metadata;
  const since = Date.parse(error.time ?? creationTimestamp!);
  return [{ message: `VolumeSnapshot ${name}: ${error.message}`, since }];
}

type Condition = NonNullable<NonNullable<DataVolume['status']>['conditions']>[number];

/** One that cannot begin has no phase at all: only its conditions say why. */
function ofDataVolume(volume: DataVolume | undefined): readonly Complaint[] {
  const complaint = volume?.status?.conditions?.find(isComplaint);
  if (!volume || !complaint) return [];
  const { name, creationTimestamp } = volume.metadata;
  return [
    { message: `DataVolume ${name}: ${complaint.message}`, since: lastChange(complaint, creationTimestamp) },
  ];
}

/** `Error` of a clone under way, `ErrExceededQuota`, `CloneValidationFailed`, `CloneWithoutSource` and their like. */
function isComplaint({ status, reason = '' }: Condition): boolean {
  return status === 'False' && /^Err|Failed$|WithoutSource$/.test(reason);
}

/** CDI moves the transition time only with the status, and the heartbeat with the reason. */
function lastChange({ lastTransitionTime, lastHeartbeatTime }: Condition, made: string | undefined): number {
  const times = [lastTransitionTime, lastHeartbeatTime, made].filter((time) => time !== undefined);
  return Math.max(...times.map((time) => Date.parse(time)));
}
