import type { VolumeSnapshot } from '../../../storage/objects.ts';
import { timestamp } from '../../conditions.ts';
import type { ContentStatus, SnapshotError, VolumeStatus } from '../types.ts';

/** What has become of the VolumeSnapshots of a content. */
export interface Volumes {
  readonly found: readonly VolumeSnapshot[];
  /** Names of those that were there and are not any more. */
  readonly missing: readonly string[];
  /** Names of those that are not made because the snapshot is deleted. */
  readonly skipped: readonly string[];
}

export function contentStatus(before: ContentStatus | undefined, volumes: Volumes): ContentStatus {
  const volumeSnapshotStatus = volumes.found.map(volumeStatus);
  const complaint = complaintOf(volumes, volumeSnapshotStatus);
  const complete = volumes.missing.length + volumes.skipped.length === 0;
  const readyToUse = complete && volumeSnapshotStatus.every((volume) => volume.readyToUse === true);
  const created = complete && volumeSnapshotStatus.every((volume) => volume.creationTime !== undefined);
  return {
    ...before,
    readyToUse,
    creationTime: before?.creationTime ?? (created ? timestamp() : undefined),
    error: complaint === undefined || readyToUse ? undefined : errorOf(before?.error, complaint),
    volumeSnapshotStatus: volumeSnapshotStatus.length === 0 ? undefined : volumeSnapshotStatus,
  };
}

/** The same error keeps its time. */
export function errorOf(before: SnapshotError | undefined, message: string): SnapshotError {
  return before?.message === message ? before : { message, time: timestamp() };
}

function volumeStatus({ metadata, status }: VolumeSnapshot): VolumeStatus {
  const { creationTime, readyToUse, error } = status ?? {};
  return { volumeSnapshotName: metadata.name, creationTime, readyToUse, error };
}

function complaintOf({ missing, skipped }: Volumes, volumes: readonly VolumeStatus[]): string | undefined {
  if (missing.length > 0) return `VolumeSnapshots (${missing.join(',')}) missing`;
  if (skipped.length > 0)
    return `VolumeSnapshots (${skipped.join(',')}) skipped because vm snapshot is deleted`;
  const failed = volumes.find(({ error }) => error?.message !== undefined);
  return failed && `VolumeSnapshot ${failed.volumeSnapshotName} error: ${failed.error!.message}`;
}
