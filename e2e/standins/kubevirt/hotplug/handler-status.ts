import type { VirtualMachineInstance, VolumeStatus } from '../types.ts';

/**
 * What virt-handler makes of a plugged volume in one pass: one step at a time, and it is called again after each.
 * `device` is what the guest will call its disk.
 */
export function nextHotplugStatus(
  status: VolumeStatus,
  { spec }: VirtualMachineInstance,
  device: string,
): VolumeStatus {
  const { name, phase } = status;
  const isWanted = spec.volumes?.some((volume) => volume.name === name) ?? false;
  if (!isWanted) return mayBeUnmounted(phase) ? unmounted(status) : status;
  const { attachPodUID } = (status.hotplugVolume ?? {}) as { attachPodUID?: string };
  if (phase === 'AttachedToNode' && attachPodUID !== undefined) return mounted(status);
  return phase === 'MountedToPod' ? ready(status, device) : status;
}

function mayBeUnmounted(phase: unknown): boolean {
  return phase === 'Ready' || phase === 'MountedToPod' || phase === 'AttachedToNode';
}

function mounted(status: VolumeStatus): VolumeStatus {
  const message = `Volume ${status.name} has been mounted in virt-launcher pod`;
  return { ...status, phase: 'MountedToPod', reason: 'VolumeMountedToPod', message };
}

function ready(status: VolumeStatus, target: string): VolumeStatus {
  const message = `Successfully attach hotplugged volume ${status.name} to VM`;
  return { ...status, target, phase: 'Ready', reason: 'VolumeReady', message };
}

function unmounted(status: VolumeStatus): VolumeStatus {
  const message = `Volume ${status.name} has been unmounted from virt-launcher pod`;
  return { ...status, target: '', phase: 'UnMountedFromPod', reason: 'VolumeUnMountedFromPod', message };
}

/** Of the volumes whose phase changed (to the one given), what is told as an Event. */
export function phaseChanges(
  before: readonly VolumeStatus[] = [],
  after: readonly VolumeStatus[] = [],
  to?: string,
): { readonly reason: string; readonly message: string }[] {
  return after
    .filter(({ phase }) => to === undefined || phase === to)
    .filter(({ name, phase }) => phase !== before.find((status) => status.name === name)?.phase)
    .map(({ reason, message }) => ({ reason: String(reason), message: String(message) }));
}
