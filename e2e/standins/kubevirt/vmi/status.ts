import { claimNameOf } from '../claim-name.ts';
import { conditionOf, withCondition, withoutCondition, withTimedCondition } from '../conditions.ts';
import { hotplugStatuses } from '../hotplug/controller-status.ts';
import { isHotpluggable } from '../hotplug/requests.ts';
import type {
  Claim,
  Condition,
  InstanceStatus,
  Pod,
  VirtualMachineInstance,
  VolumeStatus,
} from '../types.ts';
import { HAS_LAUNCHER, nextReleased } from './finalizers.ts';
import { LAUNCHER_IMAGE, memoryOverheadMib } from './launcher-pod.ts';
import { inPhase, phaseByPod } from './phase.ts';
import { isFinal, readyCondition } from './ready.ts';

/** Everything that virt-controller decides an instance's status on. */
export interface InstanceFacts {
  readonly vmi: VirtualMachineInstance;
  readonly pod: Pod | undefined;
  /** The claims behind its volumes, as far as they are there. */
  readonly claim: (name: string) => Claim | undefined;
  /** The pods that bring it volumes while it runs. */
  readonly attachments: readonly Pod[];
  /** `undefined` when no volume comes from a DataVolume. */
  readonly dataVolumesReady: boolean | undefined;
  /** What keeps the pod from being made. */
  readonly obstacle?: Obstacle;
}

export interface Obstacle {
  readonly reason: 'FailedPvcNotFound' | 'FailedCreate';
  readonly message: string;
}

/** The status that virt-controller gives an instance, from what it finds. */
export function statusByController(facts: InstanceFacts): InstanceStatus {
  const { vmi, pod } = facts;
  const phase = phaseByPod(vmi, pod);
  let status = isPatched(vmi) ? { ...vmi.status, phase } : inPhase(vmi.status ?? {}, phase);
  if (pod !== undefined && !isFinal({ ...vmi, status })) status = withPod(status, vmi, pod);
  if (phase === 'Scheduled' && vmi.status?.phase === 'Scheduling') status = scheduled(status, facts);
  if (phase === 'Running') status = { ...status, volumeStatus: hotplugStatuses({ ...facts, claimInfo }) };
  return { ...status, ...podFields(vmi, pod), conditions: conditions(facts, { ...vmi, status }) };
}

/** What virt-handler has taken over, virt-controller only patches: when a phase began is not among that. */
function isPatched({ status }: VirtualMachineInstance): boolean {
  return status?.phase === 'Scheduled' || status?.phase === 'Running';
}

function withPod(status: InstanceStatus, vmi: VirtualMachineInstance, pod: Pod): InstanceStatus {
  return {
    ...status,
    memory: { ...status.memory, memoryOverhead: `${memoryOverheadMib(vmi)}Mi` },
    launcherContainerImageVersion: LAUNCHER_IMAGE,
    qosClass: pod.status?.qosClass ?? 'Burstable',
  };
}

function podFields(vmi: VirtualMachineInstance, pod: Pod | undefined): Partial<InstanceStatus> {
  if (pod !== undefined)
    return hasBeenScheduled(pod) ? { activePods: { [pod.metadata.uid]: pod.spec.nodeName ?? '' } } : {};
  if (vmi.status?.activePods === undefined) return {};
  if (isPatched(vmi)) return { activePods: {} };
  if (nextReleased(vmi, false) !== HAS_LAUNCHER) return {};
  return { activePods: undefined, launcherContainerImageVersion: undefined };
}

/** A pod that the scheduler has not looked at yet is not told of: it does so at once. */
function hasBeenScheduled({ spec, status }: Pod): boolean {
  return spec.nodeName !== undefined || conditionOf(status?.conditions, 'PodScheduled') !== undefined;
}

/** What is known once the launcher runs: where, on which networks, with which volumes. */
function scheduled(status: InstanceStatus, { vmi, pod, claim }: InstanceFacts): InstanceStatus {
  return {
    ...status,
    nodeName: pod?.spec.nodeName,
    migrationTransport: 'Unix',
    interfaces: linkedNetworks(vmi).map((name) => ({ name, podInterfaceName: 'eth0' })),
    volumeStatus: volumeStatuses(vmi, claim),
  };
}

/** A launcher has the pod's own link only: no Multus is installed that would make others. */
function linkedNetworks({ spec }: VirtualMachineInstance): string[] {
  return (spec.networks ?? []).filter(({ pod }) => pod !== undefined).map(({ name }) => name);
}

function volumeStatuses({ spec }: VirtualMachineInstance, claim: InstanceFacts['claim']): VolumeStatus[] {
  const fixed = (spec.volumes ?? []).filter((volume) => !isHotpluggable(volume));
  const statuses = fixed.map((volume): VolumeStatus => {
    const found = claim(claimNameOf(volume) ?? '');
    if (found === undefined) return { name: volume.name, target: '' };
    return { name: volume.name, persistentVolumeClaimInfo: claimInfo(found), target: '' };
  });
  return statuses.sort((one, other) => (one.name < other.name ? -1 : 1));
}

function claimInfo({ metadata, spec, status }: Claim): Record<string, unknown> {
  return {
    accessModes: spec.accessModes,
    capacity: status?.capacity,
    claimName: metadata.name,
    ...(spec.volumeMode === 'Block' ? {} : { filesystemOverhead: '0.06' }),
    requests: { storage: spec.resources?.requests?.storage },
    volumeMode: spec.volumeMode,
  };
}

function conditions(facts: InstanceFacts, vmi: VirtualMachineInstance): Condition[] {
  let list = withCondition(vmi.status?.conditions, readyOrMissing(facts, vmi));
  list = facts.vmi.status?.conditions === undefined && !readyIsDue(facts) ? [] : list;
  list = dataVolumes(list, facts);
  list = podScheduled(list, facts);
  return obstacles(list, { ...facts, vmi });
}

function readyOrMissing({ pod }: InstanceFacts, vmi: VirtualMachineInstance): Condition {
  return readyCondition(vmi, pod);
}

/** An instance has no Ready condition before it has a pod, unless it is known why it has none. */
function readyIsDue({ vmi, pod, obstacle }: InstanceFacts): boolean {
  if (obstacle?.reason === 'FailedCreate') return false;
  return pod !== undefined || obstacle !== undefined || vmi.metadata.deletionTimestamp !== undefined;
}

function dataVolumes(list: Condition[], { dataVolumesReady }: InstanceFacts): Condition[] {
  if (dataVolumesReady === undefined) return list;
  return withCondition(
    list,
    dataVolumesReady
      ? {
          type: 'DataVolumesReady',
          status: 'True',
          reason: 'AllDVsReady',
          message: "All of the VMI's DVs are bound and ready",
        }
      : {
          type: 'DataVolumesReady',
          status: 'False',
          reason: 'NotAllDVsReady',
          message: "Not all of the VMI's DVs are ready",
        },
  );
}

/** The pod's word that no node fits, unless a missing claim was told before: either stays until it is scheduled. */
function podScheduled(list: Condition[], { pod }: InstanceFacts): Condition[] {
  const word = conditionOf(pod?.status?.conditions, 'PodScheduled');
  if (word === undefined) return list;
  if (word.status === 'True') return withoutCondition(list, 'PodScheduled');
  if (conditionOf(list, 'PodScheduled') !== undefined) return list;
  const { reason, message } = word;
  return withTimedCondition(list, { type: 'PodScheduled', status: 'False', reason, message });
}

function obstacles(list: Condition[], { obstacle, pod, vmi }: InstanceFacts): Condition[] {
  if (isFinal(vmi)) return withoutCondition(list, 'Synchronized');
  const told = conditionOf(list, 'Synchronized')?.reason;
  const ours = told === 'FailedPvcNotFound' || told === 'FailedCreate';
  if (obstacle === undefined)
    return ours && pod !== undefined ? withoutCondition(list, 'Synchronized') : list;
  const { reason, message } = obstacle;
  // What it said first stays, although every attempt is of another pod.
  const synchronized =
    told === 'FailedCreate' && reason === told
      ? list
      : withTimedCondition(list, { type: 'Synchronized', status: 'False', reason, message });
  if (reason === 'FailedCreate') return synchronized;
  return withCondition(synchronized, {
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    message,
  });
}
