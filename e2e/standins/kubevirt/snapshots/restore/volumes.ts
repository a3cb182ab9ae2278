import { sameJson } from '../../patch.ts';
import type { VirtualMachine } from '../../types.ts';
import type { SnapshotContext } from '../context.ts';
import type { VirtualMachineRestore, VirtualMachineSnapshotContent, VolumeRestore } from '../types.ts';
import { createClaim } from './claim.ts';
import { restoredName } from './names.ts';

/** Which claims a restore will make, and from what. */
function plannedRestores(
  restore: VirtualMachineRestore,
  { spec }: VirtualMachineSnapshotContent,
): VolumeRestore[] {
  return (spec.volumeBackups ?? []).map(({ volumeName, volumeSnapshotName }) => {
    const before = restore.status?.restores?.find((one) => one.volumeName === volumeName);
    if (before !== undefined) return before;
    if (volumeSnapshotName === undefined) throw new Error(`VolumeSnapshotName missing ${volumeName}`);
    const persistentVolumeClaim = restoredName(restore, volumeName);
    return { volumeName, persistentVolumeClaim, volumeSnapshotName };
  });
}

/** Makes the claims that are not there; answers the plan while they are being made, `undefined` when they are. */
export async function restoreVolumes(
  context: SnapshotContext,
  restore: VirtualMachineRestore,
  parts: { content: VirtualMachineSnapshotContent; target: VirtualMachine | undefined },
): Promise<VolumeRestore[] | undefined> {
  const planned = plannedRestores(restore, parts.content);
  // The plan is written down before anything is made by it.
  if (!sameJson(planned, restore.status?.restores ?? [])) return planned;
  let waits = false;
  for (const volume of planned) {
    const there = claimState(context, restore, volume);
    if (there === 'absent') await createClaim(context, restore, volume, parts);
    if (there !== 'usable') waits = true;
  }
  return waits ? planned : undefined;
}

/** A claim that waits for its first consumer is as good as a bound one. */
function claimState(
  { caches }: SnapshotContext,
  { metadata: { namespace } }: VirtualMachineRestore,
  { persistentVolumeClaim: name }: VolumeRestore,
): 'absent' | 'pending' | 'usable' {
  const claim = caches.claims.get(namespace, name);
  if (claim === undefined) return 'absent';
  const phase = claim.status?.phase;
  if (phase === 'Bound') return 'usable';
  if (phase !== undefined && phase !== 'Pending')
    throw new Error(`PVC ${namespace}/${name} in status "${phase}"`);
  const className = claim.spec.storageClassName;
  if (className === undefined) return 'pending';
  const storageClass = caches.storageClasses.get(undefined, className);
  if (storageClass === undefined) throw new Error(`StorageClass ${className} does not exist`);
  return storageClass.volumeBindingMode === 'WaitForFirstConsumer' ? 'usable' : 'pending';
}
