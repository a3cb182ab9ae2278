import { timestamp } from '../storage/time.ts';
import type { Container, Pod, PodCondition } from './objects.ts';

/** What a kubelet writes of a pod at each step: patches of its status, in which conditions merge by type. */

export function accepted(pod: Pod) {
  const waiting = containersOf(pod).map(({ name }) => name);
  return {
    phase: 'Pending',
    startTime: timestamp(),
    conditions: [
      condition('PodReadyToStartContainers', false),
      condition('Initialized', true),
      ...unready(waiting),
      condition('PodScheduled', true),
    ],
    containerStatuses: pod.spec.containers.map((container) => waitingStatus(container)),
  };
}

export function started(pod: Pod, node: { readonly ip: string }, podIP: string, held: boolean) {
  const conditions = [condition('PodReadyToStartContainers', true), ...readiness(pod, held)];
  return {
    phase: 'Running',
    conditions,
    hostIP: node.ip,
    hostIPs: [{ ip: node.ip }],
    podIP,
    podIPs: [{ ip: podIP }],
    containerStatuses: pod.spec.containers.map((container) => runningStatus(container, !held)),
  };
}

/** The two readiness conditions of a running pod; a pod's readiness gates count beside its containers. */
export function readiness(pod: Pod, held: boolean): PodCondition[] {
  if (held) return unready(pod.spec.containers.map(({ name }) => name));
  const closed = (pod.spec.readinessGates ?? []).flatMap(({ conditionType }) =>
    gateMessage(pod, conditionType),
  );
  if (closed.length === 0) return [condition('Ready', true), condition('ContainersReady', true)];
  const ready = condition('Ready', false, 'ReadinessGatesNotReady', closed.join(', '));
  return [ready, condition('ContainersReady', true)];
}

export function ended(pod: Pod, exitCode: number) {
  const startedAt = pod.status?.startTime;
  const reason = exitCode === 0 ? 'Completed' : 'Error';
  const terminated = { exitCode, reason, startedAt, finishedAt: timestamp() };
  const why = exitCode === 0 ? 'PodCompleted' : 'PodFailed';
  return {
    phase: exitCode === 0 ? 'Succeeded' : 'Failed',
    conditions: [
      condition('PodReadyToStartContainers', false),
      condition('Ready', false, why),
      condition('ContainersReady', false, why),
    ],
    containerStatuses: pod.spec.containers.map((container) => ({
      ...containerStatus(container),
      state: { terminated },
      ready: false,
      started: false,
    })),
  };
}

/** Whether a status has these conditions already. */
export function hasConditions(pod: Pod, wanted: readonly PodCondition[]): boolean {
  return wanted.every(({ type, status, reason, message }) => {
    const found = pod.status?.conditions?.find((each) => each.type === type);
    return (
      found?.status === status && (found.reason ?? null) === reason && (found.message ?? null) === message
    );
  });
}

function unready(names: readonly string[]): PodCondition[] {
  const message = `containers with unready status: [${names.join(' ')}]`;
  return ['Ready', 'ContainersReady'].map((type) => condition(type, false, 'ContainersNotReady', message));
}

function gateMessage(pod: Pod, type: string): string[] {
  const found = pod.status?.conditions?.find((each) => each.type === type);
  if (found?.status === 'True') return [];
  if (found === undefined) return [`corresponding condition of pod readiness gate "${type}" does not exist.`];
  return [`the status of pod readiness gate "${type}" is not "True", but ${found.status}`];
}

function condition(
  type: string,
  holds: boolean,
  reason: string | null = null,
  message: string | null = null,
) {
  const status = holds ? ('True' as const) : ('False' as const);
  return { type, status, reason, message, lastTransitionTime: timestamp() };
}

function containersOf({ spec }: Pod): Container[] {
  const sidecars = spec.initContainers?.filter(({ restartPolicy }) => restartPolicy === 'Always') ?? [];
  return [...sidecars, ...spec.containers];
}

function containerStatus({ name, image }: Container) {
  return { name, image, imageID: '', restartCount: 0 };
}

function waitingStatus(container: Container) {
  const state = { waiting: { reason: 'ContainerCreating' } };
  return { ...containerStatus(container), state, ready: false, started: false };
}

function runningStatus(container: Container, ready: boolean) {
  const state = { running: { startedAt: timestamp() } };
  return { ...containerStatus(container), state, ready, started: true };
}
