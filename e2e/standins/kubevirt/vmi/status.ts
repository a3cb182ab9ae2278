import { claimNameOf } from '../claim-name.ts';
import { conditionOf, withCondition, withoutCondition } from '../conditions.ts';
import type {
  Claim,
  Condition,
  InstanceStatus,
  Pod,
  VirtualMachineInstance,
  VolumeStatus,
} from '../types.ts';
import { LAUNCHER_IMAGE, MEMORY_OVERHEAD_MIB } from './launcher-pod.ts';
import { inPhase, phaseByPod } from './phase.ts';
import { isFinal, readyCondition } from './ready.ts';

/** Everything that virt-controller decides an instance's status on. */
export interface InstanceFacts {
  readonly vmi: VirtualMachineInstance;
  readonly pod: Pod | undefined;
  /** The claims behind its volumes, as far as they are there. */
  readonly claim: (name: string) => Claim | undefined;
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
  let status = inPhase(vmi.status ?? {}, phase);
  if (pod !== undefined && !isFinal({ ...vmi, status })) status = withPod(status, pod);
  if (phase === 'Scheduled' && vmi.status?.phase === 'Scheduling') status = scheduled(status, facts);
  return { ...status, ...podFields(status, pod), conditions: conditions(facts, { ...vmi, status }) };
}

function withPod(status: InstanceStatus, pod: Pod): InstanceStatus {
  return {
    ...status,
    memory: { ...status.memory, memoryOverhead: `${MEMORY_OVERHEAD_MIB}Mi` },
    launcherContainerImageVersion: LAUNCHER_IMAGE,
    qosClass: pod.status?.qosClass ?? 'Burstable',
  };
}

function podFields(status: InstanceStatus, pod: Pod | undefined): Partial<InstanceStatus> {
  if (pod === undefined) {
    return status.activePods === undefined
      ? {}
      : { activePods: undefined, launcherContainerImageVersion: undefined };
  }
  return { activePods: { [pod.metadata.uid]: pod.spec.nodeName ?? '' } };
}

/** What is known once the launcher runs: where, on which networks, with which volumes. */
function scheduled(status: InstanceStatus, { vmi, pod, claim }: InstanceFacts): InstanceStatus {
  return {
    ...status,
    nodeName: pod?.spec.nodeName,
    migrationTransport: 'Unix',
    interfaces: (vmi.spec.domain.devices.interfaces ?? []).map(({ name }, index) => ({
      name,
      podInterfaceName: index === 0 ? 'eth0' : `pod${index}`,
    })),
    volumeStatus: volumeStatuses(vmi, claim),
  };
}

function volumeStatuses({ spec }: VirtualMachineInstance, claim: InstanceFacts['claim']): VolumeStatus[] {
  const statuses = (spec.volumes ?? []).map((volume): VolumeStatus => {
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
  return withCondition(list, { type: 'PodScheduled', status: 'False', reason, message });
}

function obstacles(list: Condition[], { obstacle, pod, vmi }: InstanceFacts): Condition[] {
  if (isFinal(vmi)) return withoutCondition(list, 'Synchronized');
  const told = conditionOf(list, 'Synchronized')?.reason;
  const ours = told === 'FailedPvcNotFound' || told === 'FailedCreate';
  if (obstacle === undefined)
    return ours && pod !== undefined ? withoutCondition(list, 'Synchronized') : list;
  const { reason, message } = obstacle;
  const synchronized = withCondition(list, { type: 'Synchronized', status: 'False', reason, message });
  if (reason === 'FailedCreate') return synchronized;
  return withCondition(synchronized, {
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    message,
  });
}
