import { timestamp } from '../conditions.ts';
import type { InstancePhase, InstanceStatus, Pod, VirtualMachineInstance } from '../types.ts';
import { isDownOrGoingDown } from './ready.ts';

/**
 * The phase that virt-controller gives an instance; the rest is virt-handler's.
 *
 *     Pending ──pod──▶ Scheduling ──pod runs──▶ Scheduled ┄virt-handler┄▶ Running ┄▶ Succeeded | Failed
 *        └──────────────────┴── the pod is gone or goes ──┴──▶ Failed
 */
export function phaseByPod(vmi: VirtualMachineInstance, pod: Pod | undefined): InstancePhase {
  const phase = vmi.status?.phase ?? 'Pending';
  switch (phase) {
    case 'Pending':
      if (pod === undefined) return vmi.metadata.deletionTimestamp === undefined ? 'Pending' : 'Failed';
      return isDownOrGoingDown(pod) ? 'Failed' : 'Scheduling';
    case 'Scheduling':
      if (pod === undefined || isDownOrGoingDown(pod)) return 'Failed';
      return launcherRuns(pod) ? 'Scheduled' : 'Scheduling';
    case 'Scheduled':
    case 'Running':
      return pod === undefined ? 'Failed' : phase;
    case 'Succeeded':
    case 'Failed':
      return phase;
  }
}

/** A status in a phase, with the time at which it came into it. */
export function inPhase(status: InstanceStatus, phase: InstancePhase): InstanceStatus {
  if (status.phase === phase) return status;
  const phaseTransitionTimestamps = [
    ...(status.phaseTransitionTimestamps ?? []),
    { phase, phaseTransitionTimestamp: timestamp() },
  ];
  return { ...status, phase, phaseTransitionTimestamps };
}

function launcherRuns(pod: Pod): boolean {
  const compute = pod.status?.containerStatuses?.find(({ name }) => name === 'compute');
  return pod.status?.phase === 'Running' && compute?.state?.running !== undefined;
}
