import type { KubeClient } from '../kube/client.ts';
import { type Again, runController, source } from '../kube/controller.ts';
import { unlessNotFound } from '../kube/error.ts';
import type { EventRecorder } from '../kube/events.ts';
import { Pods, resourcePath } from '../kube/kinds.ts';
import { isDeleting, joinKey, splitKey } from '../kube/objects.ts';
import type { Pace } from '../pace.ts';
import type { StorageCaches } from '../storage/caches.ts';
import type { Claim } from '../storage/objects.ts';
import { finishOnNode, isGrowing } from '../storage/resizer.ts';
import type { Containers } from './containers.ts';
import { absentImage } from './images.ts';
import { unfilled, unmountable } from './mounts.ts';
import { claimNames, isFinished, type Node, type Pod } from './objects.ts';
import { accepted, ended, hasConditions, neverStarted, prepared, readiness, started } from './pod-status.ts';
import type { PodCaches } from './pods.ts';

export interface Kubelet {
  readonly client: KubeClient;
  readonly events: EventRecorder;
  readonly pods: PodCaches;
  readonly storage: StorageCaches;
  readonly containers: Containers;
  readonly node: Node;
  readonly pace: Pace;
  readonly signal: AbortSignal;
}

/**
 * Runs the pods that are bound to the node, until aborted:
 *
 *     bound → accepted → (volumes mounted) → Running → Ready, unless held or a readiness gate is closed
 *                                               └→ exit: Succeeded or Failed
 *     deletionTimestamp → processes end → Succeeded or Failed → gone
 */
export async function runKubelet(kubelet: Kubelet): Promise<void> {
  const { pods, containers, node, signal } = kubelet;
  const life = new Lives(kubelet);
  pods.cache.onChange((type, pod) => type === 'deleted' && containers.forget(podKey(pod)));
  await runController({
    name: 'kubelet',
    sources: [
      source(pods.cache, (pod) => (pod.spec.nodeName === node.metadata.name ? [podKey(pod)] : [])),
      containers.asSource(),
    ],
    reconcile: (key) => life.next(key),
    concurrency: 20,
    signal,
  });
}

function podKey({ metadata }: Pod): string {
  return joinKey(metadata.namespace, metadata.name);
}

const NODE_IP = '10.250.0.1';

class Lives {
  readonly #kubelet: Kubelet;
  #addresses = 0;

  constructor(kubelet: Kubelet) {
    this.#kubelet = kubelet;
  }

  /** Brings a pod one step further. */
  async next(key: string): Promise<Again> {
    const { namespace, name } = splitKey(key);
    const pod = this.#kubelet.pods.cache.get(namespace, name);
    // What was said of a pod that is not there yet holds when it is.
    if (pod === undefined || pod.spec.nodeName !== this.#kubelet.node.metadata.name) return;
    if (isDeleting(pod)) return this.#terminate(key, pod);
    if (isFinished(pod)) return;
    if (pod.status?.startTime === undefined) return this.#accept(pod);
    if (pod.status.phase === 'Pending') return this.#start(pod);
    const exitCode = this.#kubelet.containers.exitCode(key);
    if (exitCode !== undefined)
      return this.#patch(pod, ended(pod, exitCode, this.#kubelet.containers.lastWords(key)));
    return this.#updateReadiness(key, pod);
  }

  async #accept(pod: Pod): Promise<void> {
    const { events, storage } = this.#kubelet;
    const obstacle = unmountable(pod, storage);
    if (obstacle !== undefined) events.recordEvent(pod, 'Warning', 'FailedMount', obstacle);
    await this.#wait('kubelet accepts a pod');
    await this.#patch(pod, accepted(pod, { ip: NODE_IP }));
  }

  async #start(pod: Pod): Promise<Again> {
    const { client, events, pace, storage, containers } = this.#kubelet;
    const obstacle = unmountable(pod, storage) ?? (await unfilled(client, pod));
    if (obstacle !== undefined) {
      events.recordEvent(pod, 'Warning', 'FailedMount', obstacle);
      return { after: pace.milliseconds('kubelet mounts again') };
    }
    if (this.#claimsOf(pod).some(isGrowing))
      return { after: pace.milliseconds('kubelet looks at a growing volume') };
    await this.#growFileSystems(pod);
    const image = absentImage(pod);
    if (image !== undefined) return this.#waitForImage(pod, image);
    await this.#wait('containers start');
    const latest = await this.#withGates(pod);
    await this.#patch(latest, started(latest, this.#address(), containers.isHeld(podKey(pod))));
  }

  async #waitForImage(pod: Pod, image: string): Promise<Again> {
    const { events, pace } = this.#kubelet;
    const message = `Container image "${image}" is not present with pull policy of Never`;
    events.recordEvent(pod, 'Warning', 'ErrImageNeverPull', message);
    events.recordEvent(pod, 'Warning', 'Failed', 'Error: ErrImageNeverPull');
    if (pod.status?.podIP === undefined) await this.#patch(pod, prepared(pod, this.#address()));
    return { after: pace.milliseconds('kubelet mounts again') };
  }

  #claimsOf(pod: Pod): Claim[] {
    const { claims } = this.#kubelet.storage;
    const found = claimNames(pod).map((name) => claims.get(pod.metadata.namespace, name));
    return found.filter((claim) => claim !== undefined);
  }

  async #growFileSystems(pod: Pod): Promise<void> {
    const { client, events, storage, node } = this.#kubelet;
    for (const claim of this.#claimsOf(pod)) {
      if (!(await finishOnNode({ client, caches: storage }, claim))) continue;
      const { volumeName } = claim.spec;
      const message = `MountVolume.NodeExpandVolume succeeded for volume "${volumeName}" ${node.metadata.name}`;
      for (const each of [pod, claim])
        events.recordEvent(each, 'Normal', 'FileSystemResizeSuccessful', message);
    }
  }

  async #updateReadiness(key: string, seen: Pod): Promise<void> {
    const pod = await this.#withGates(seen);
    const conditions = readiness(pod, this.#kubelet.containers.isHeld(key));
    if (hasConditions(pod, conditions)) return;
    const ready = !this.#kubelet.containers.isHeld(key);
    const containerStatuses = pod.status!.containerStatuses?.map((status) => ({ ...status, ready }));
    await this.#patch(pod, { conditions, containerStatuses });
  }

  /** The pod as it is now, if what was seen of it lacks what a readiness gate waits for. */
  async #withGates(pod: Pod): Promise<Pod> {
    const gates = pod.spec.readinessGates ?? [];
    const told = pod.status?.conditions ?? [];
    if (gates.every(({ conditionType }) => told.some(({ type }) => type === conditionType))) return pod;
    const { namespace, name } = pod.metadata;
    const request = this.#kubelet.client.get<Pod>(resourcePath(Pods, namespace, name));
    const latest = await unlessNotFound(request);
    return latest?.metadata.uid === pod.metadata.uid ? latest : pod;
  }

  async #terminate(key: string, pod: Pod): Promise<Again> {
    const { containers } = this.#kubelet;
    if (!isFinished(pod) && pod.status?.phase === 'Running') {
      const left = millisecondsLeft(pod);
      const exitCode = containers.exitCode(key);
      if (exitCode === undefined && containers.endsByItself(key) && left > 0) return { after: left };
      if (exitCode === undefined) await this.#wait('containers stop');
      return this.#patch(pod, ended(pod, exitCode ?? (left > 0 ? 0 : KILLED)));
    }
    if (!isFinished(pod) && pod.status?.startTime !== undefined) return this.#giveUp(pod);
    if (isUnobserved(pod)) return this.#patch(pod, { observedGeneration: pod.metadata.generation });
    await this.#wait('kubelet removes a pod');
    await this.#remove(pod);
  }

  async #giveUp(pod: Pod): Promise<void> {
    await this.#wait('kubelet gives up a pod');
    await this.#patch(pod, neverStarted(pod));
  }

  async #remove({ metadata }: Pod): Promise<void> {
    const path = resourcePath(Pods, metadata.namespace, metadata.name);
    const options = { gracePeriodSeconds: 0, preconditions: { uid: metadata.uid } };
    await unlessNotFound(this.#kubelet.client.delete(path, options));
  }

  async #patch(pod: Pod, status: object): Promise<void> {
    const { client, pods } = this.#kubelet;
    const { namespace, name, uid } = pod.metadata;
    const path = `${resourcePath(Pods, namespace, name)}/status`;
    const patched = await unlessNotFound(client.strategicPatch<Pod>(path, { metadata: { uid }, status }));
    if (patched) pods.cache.observe(patched);
  }

  #address(): string {
    this.#addresses += 1;
    return `10.244.${Math.floor(this.#addresses / 250) % 250}.${(this.#addresses % 250) + 2}`;
  }

  #wait(delay: KubeletDelay) {
    return this.#kubelet.pace.wait(delay, this.#kubelet.signal);
  }
}

type KubeletDelay =
  | 'kubelet accepts a pod'
  | 'containers start'
  | 'containers stop'
  | 'kubelet gives up a pod'
  | 'kubelet removes a pod';

const KILLED = 137;

/** Its deletion came when it had ended already. */
function isUnobserved({ metadata, status }: Pod): boolean {
  return status?.observedGeneration !== undefined && status.observedGeneration !== metadata.generation;
}

function millisecondsLeft({ metadata }: Pod): number {
  return Date.parse(metadata.deletionTimestamp!) - Date.now();
}
