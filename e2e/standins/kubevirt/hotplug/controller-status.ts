import { claimNameOf } from '../claim-name.ts';
import type { Claim, Pod, VirtualMachineInstance, Volume, VolumeStatus } from '../types.ts';
import { isRunning, volumesIn } from './attachment-pod.ts';
import { isHotpluggable } from './requests.ts';

export interface HotplugFacts {
  readonly vmi: VirtualMachineInstance;
  readonly attachments: readonly Pod[];
  readonly claim: (name: string) => Claim | undefined;
  /** What is said of every claim behind a volume. */
  readonly claimInfo: (claim: Claim) => Record<string, unknown>;
}

/**
 * What virt-controller says of volumes that are plugged in and pulled out; virt-handler's phases are in brackets.
 *
 *     Pending ▶ Bound ▶ AttachedToNode ▶ (MountedToPod ▶ Ready) … no longer in the spec ▶ (UnMountedFromPod) ▶ gone
 */
export function hotplugStatuses(facts: HotplugFacts): VolumeStatus[] | undefined {
  const { vmi, attachments } = facts;
  const before = vmi.status?.volumeStatus;
  const volumes = (vmi.spec.volumes ?? []).filter(isHotpluggable);
  const told = (before ?? []).filter(({ hotplugVolume }) => hotplugVolume !== undefined);
  if (volumes.length === 0 && told.length === 0) return before;
  const fixed = (before ?? []).filter((status) => !told.includes(status));
  const held = new Set(attachments.flatMap(volumesIn));
  const unplugged = told.filter(
    ({ name }) => held.has(name) && !volumes.some((volume) => volume.name === name),
  );
  const plugged = volumes.map((volume) => statusOf(volume, facts));
  return [...fixed, ...plugged, ...unplugged].sort((one, other) => (one.name < other.name ? -1 : 1));
}

const BEFORE_ATTACHED = [undefined, 'Pending', 'Bound'];

function statusOf(volume: Volume, { vmi, attachments, claim, claimInfo }: HotplugFacts): VolumeStatus {
  const { name } = volume;
  const before = vmi.status?.volumeStatus?.find((status) => status.name === name);
  const found = claim(claimNameOf(volume) ?? '');
  const base: VolumeStatus = {
    target: '',
    ...before,
    name,
    hotplugVolume: before?.hotplugVolume ?? {},
    ...(found && { persistentVolumeClaimInfo: claimInfo(found) }),
  };
  const pod = attachments.find((each) => volumesIn(each).includes(name));
  if (pod === undefined) return base.phase === 'Ready' ? base : { ...base, ...waiting(volume, found) };
  const attachPodUID = isRunning(pod) ? pod.metadata.uid : undefined;
  const hotplugVolume = { attachPodName: pod.metadata.name, ...(attachPodUID && { attachPodUID }) };
  if (!BEFORE_ATTACHED.includes(before?.phase as string | undefined)) return { ...base, hotplugVolume };
  const message = `Created hotplug attachment pod ${pod.metadata.name}, for volume ${name}`;
  return { ...base, hotplugVolume, phase: 'AttachedToNode', reason: 'SuccessfulCreate', message };
}

/** Without a pod it is told how far the claim is. */
function waiting(volume: Volume, claim: Claim | undefined): Partial<VolumeStatus> {
  if (claim === undefined) {
    const message = `PVC ${claimNameOf(volume)} not found`;
    return { phase: 'Pending', reason: 'FailedPvcNotFound', message };
  }
  if (claim.status?.phase === 'Bound')
    return { phase: 'Bound', reason: 'PVCNotReady', message: 'PVC is in phase Bound' };
  const phase = claim.status?.phase === 'Lost' ? 'Lost' : 'ClaimPending';
  return { phase: 'Pending', reason: 'PVCNotReady', message: `PVC is in phase ${phase}` };
}
