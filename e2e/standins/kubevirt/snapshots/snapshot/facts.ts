import { isDeleting } from '../../../kube/objects.ts';
import type { VirtualMachineSnapshot, VirtualMachineSnapshotContent } from '../types.ts';
import { timeLeft } from './deadline.ts';

export function contentName({ metadata, status }: VirtualMachineSnapshot): string {
  return status?.virtualMachineSnapshotContentName ?? `vmsnapshot-content-${metadata.uid}`;
}

export function isProgressing({ status }: VirtualMachineSnapshot): boolean {
  return status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
}

export function isLate(snapshot: VirtualMachineSnapshot, now = Date.now()): boolean {
  if (snapshot.status?.phase === 'Failed') return true;
  return isProgressing(snapshot) && (timeLeft(snapshot, now) ?? 0) < 0;
}

/** Whether a snapshot is to be given up: it is deleted, or took too long. */
export function isTerminating(snapshot: VirtualMachineSnapshot): boolean {
  return isDeleting(snapshot) || isLate(snapshot);
}

/** A content goes with its snapshot by default, and always when it is of no use. */
export function contentGoesToo(
  { spec }: VirtualMachineSnapshot,
  content: VirtualMachineSnapshotContent,
): boolean {
  return spec.deletionPolicy !== 'Retain' || content.status?.readyToUse !== true;
}
