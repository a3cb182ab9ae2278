import { conditionOf, timestamp } from '../conditions.ts';
import type { Condition, Pod, VirtualMachineInstance } from '../types.ts';

/** An instance is ready as far as its launcher pod is, once the guest runs. */
export function readyCondition(vmi: VirtualMachineInstance, pod: Pod | undefined): Condition {
  const now = timestamp();
  const times = { lastProbeTime: now, lastTransitionTime: now };
  const notReady = (reason: string, message: string): Condition => ({
    type: 'Ready',
    status: 'False',
    reason,
    message,
    ...times,
  });
  if (pod === undefined) return notReady('PodNotExists', 'virt-launcher pod has not yet been scheduled');
  if (isDownOrGoingDown(pod)) return notReady('PodTerminating', 'virt-launcher pod is terminating');
  if (vmi.status?.phase !== 'Running')
    return notReady('GuestNotRunning', 'Guest VM is not reported as running');
  const podReady = conditionOf(pod.status?.conditions, 'Ready');
  if (podReady === undefined)
    return notReady('PodConditionMissing', 'virt-launcher pod is missing the Ready condition');
  const { status, reason, message, lastTransitionTime } = podReady;
  return {
    type: 'Ready',
    status,
    lastTransitionTime,
    ...(reason ? { reason } : {}),
    ...(message ? { message } : {}),
  };
}

export function isDownOrGoingDown(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined || isDown(pod);
}

/** The launcher itself has ended: with it the domain has. */
export function isDown(pod: Pod): boolean {
  const compute = pod.status?.containerStatuses?.find(({ name }) => name === 'compute');
  return (
    compute?.state?.terminated !== undefined || ['Succeeded', 'Failed'].includes(pod.status?.phase ?? '')
  );
}

export function isFinal({ status }: VirtualMachineInstance): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}
