import { timestamp } from '../storage/time.ts';
import type { Container, Pod, PodCondition } from './objects.ts';

/** What a kubelet writes of a pod at each step: patches of its status, in which conditions merge by type. */

export function accepted(pod: Pod, node: { readonly ip: string }) {
  const initial = pod.spec.initContainers ?? [];
  const waiting = containersOf(pod).map(({ name }) => name);
  const reason = initial.length > 0 ? 'PodInitializing' : 'ContainerCreating';
  const state = { waiting: { reason } };
  return observed(pod, {
    phase: 'Pending',
    startTime: timestamp(),
    conditions: [
      condition('PodReadyToStartContainers', false),
      initialized(initial.map(({ name }) => name)),
      ...unready(waiting),
      condition('PodScheduled', true),
    ],
    hostIP: node.ip,
    hostIPs: [{ ip: node.ip }],
    ...containerStatuses(pod, { state, ready: false, started: false }),
  });
}

/** Its network and what runs beside the others are there, the others cannot start. */
export function prepared(pod: Pod, podIP: string) {
  const state = { running: { startedAt: timestamp() } };
  const { initContainerStatuses } = containerStatuses(pod, { state, ready: true, started: true });
  return observed(pod, {
    conditions: [
      condition('PodReadyToStartContainers', true),
      initialized([]),
      ...unready(pod.spec.containers.map(({ name }) => name)),
      condition('PodScheduled', true),
    ],
    podIP,
    podIPs: [{ ip: podIP }],
    initContainerStatuses,
  });
}

/** What is deleted before its containers ran has failed. */
export function neverStarted(pod: Pod) {
  const conditions = unready(containersOf(pod).map(({ name }) => name));
  return observed(pod, { phase: 'Failed', conditions });
}

export function started(pod: Pod, podIP: string, held: boolean) {
  const state = { running: { startedAt: timestamp() } };
  const statuses = containerStatuses(pod, { state, ready: true, started: true });
  return observed(pod, {
    phase: 'Running',
    conditions: [
      condition('PodReadyToStartContainers', true),
      initialized([]),
      ...readiness(pod, held),
      condition('PodScheduled', true),
    ],
    podIP,
    podIPs: [{ ip: podIP }],
    ...statuses,
    containerStatuses: statuses.containerStatuses.map((status) => ({ ...status, ready: !held })),
  });
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

export function ended(pod: Pod, exitCode: number, message?: string) {
  const startedAt = pod.status?.startTime;
  const reason = exitCode === 0 ? 'Completed' : 'Error';
  const state = {
    terminated: { exitCode, reason, ...(message && { message }), startedAt, finishedAt: timestamp() },
  };
  const why = exitCode === 0 ? 'PodCompleted' : 'PodFailed';
  return observed(pod, {
    phase: exitCode === 0 ? 'Succeeded' : 'Failed',
    conditions: [
      condition('PodReadyToStartContainers', false),
      condition('Initialized', true, exitCode === 0 ? why : null),
      condition('Ready', false, why),
      condition('ContainersReady', false, why),
      condition('PodScheduled', true),
    ],
    ...containerStatuses(pod, { state, ready: false, started: false }),
  });
}

/** A kubelet says which generation of a pod it speaks of: beside its status, and in every condition of its own. */
function observed<T extends { conditions: readonly PodCondition[] }>({ metadata }: Pod, status: T) {
  const observedGeneration = metadata.generation;
  const conditions = status.conditions.map((each) => ({ ...each, observedGeneration }));
  return { ...status, conditions, observedGeneration };
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

/** Pods run once their init containers have ended, or run beside the others. */
function initialized(waiting: readonly string[]): PodCondition {
  if (waiting.length === 0) return condition('Initialized', true);
  const message = `containers with incomplete status: [${waiting.join(' ')}]`;
  return condition('Initialized', false, 'ContainersNotInitialized', message);
}

function containersOf({ spec }: Pod): Container[] {
  const sidecars = spec.initContainers?.filter(({ restartPolicy }) => restartPolicy === 'Always') ?? [];
  return [...sidecars, ...spec.containers];
}

function containerStatuses({ spec }: Pod, said: { state: object; ready: boolean; started: boolean }) {
  const statusOf = ({ name, image }: Container) => ({ name, image, imageID: '', restartCount: 0, ...said });
  const initial = spec.initContainers?.map(statusOf);
  return {
    containerStatuses: spec.containers.map(statusOf),
    ...(initial && { initContainerStatuses: initial }),
  };
}
