import type { VolumeSnapshot } from '../objects.ts';

/** Whether a snapshot was made as a member of a group, by its owner. */
export function isMember(snapshot: VolumeSnapshot): boolean {
  return snapshot.metadata.ownerReferences?.some(({ kind }) => kind === 'VolumeGroupSnapshot') ?? false;
}
