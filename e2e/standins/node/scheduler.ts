import type { KubeClient } from '../kube/client.ts';
import { runController, source } from '../kube/controller.ts';
import { isNotFound } from '../kube/error.ts';
import type { EventRecorder } from '../kube/events.ts';
import { Claims, Pods, resourcePath } from '../kube/kinds.ts';
import { annotation, isDeleting, joinKey, splitKey } from '../kube/objects.ts';
import type { StorageCaches } from '../storage/caches.ts';
import { selectedNode } from '../storage/names.ts';
import type { Claim } from '../storage/objects.ts';
import { timestamp } from '../storage/time.ts';
import { type Cluster, fit } from './fit.ts';
import { isFinished, type Node, type Pod } from './objects.ts';
import type { PodCaches } from './pods.ts';

export interface Scheduler {
  readonly client: KubeClient;
  readonly events: EventRecorder;
  readonly pods: PodCaches;
  readonly storage: StorageCaches;
  readonly node: Node;
  readonly signal: AbortSignal;
}

/** Binds pods to the one node when it and their claims allow it, as kube-scheduler does. Ends when aborted. */
export async function runScheduler(scheduler: Scheduler): Promise<void> {
  const { pods, storage, signal } = scheduler;
  await runController({
    name: 'scheduler',
    sources: [source(pods.cache, unscheduledKey), source(storage.claims, (claim) => pods.using(claim))],
    reconcile: (key) => schedule(scheduler, key),
    concurrency: 4,
    signal,
  });
}

function unscheduledKey(pod: Pod): string[] {
  return isUnscheduled(pod) ? [joinKey(pod.metadata.namespace, pod.metadata.name)] : [];
}

function isUnscheduled(pod: Pod): boolean {
  return !pod.spec.nodeName && !isDeleting(pod) && !isFinished(pod);
}

async function schedule(scheduler: Scheduler, key: string): Promise<void> {
  const { namespace, name } = splitKey(key);
  const pod = scheduler.pods.cache.get(namespace, name);
  if (pod === undefined || !isUnscheduled(pod)) return;
  refuseUnmodelled(pod);
  const result = fit(pod, clusterOf(scheduler));
  if (result.kind === 'unschedulable') await reportUnschedulable(scheduler, pod, result.message);
  else if (result.kind === 'binds') await selectNode(scheduler, pod, result.claims);
  else await bind(scheduler, pod);
}

function refuseUnmodelled({ metadata, spec }: Pod): void {
  const unmodelled = spec.volumes?.find(({ ephemeral }) => ephemeral !== undefined);
  if (unmodelled === undefined) return;
  throw new Error(
    `pod ${metadata.name}: this stand-in does not model ephemeral volumes (${unmodelled.name})`,
  );
}

function clusterOf({ node, storage }: Scheduler): Cluster {
  return {
    node,
    claim: (namespace, name) => storage.claims.get(namespace, name),
    storageClass: (name) => storage.classes.get(undefined, name),
    volume: (name) => storage.volumes.get(undefined, name),
  };
}

/** A claim that waits for its first consumer is told where that will run; binding it brings the pod here again. */
async function selectNode(scheduler: Scheduler, pod: Pod, claims: readonly Claim[]): Promise<void> {
  const { client, storage, node } = scheduler;
  await nominate(scheduler, pod);
  for (const claim of claims) {
    if (annotation(claim, selectedNode) === node.metadata.name) continue;
    const path = resourcePath(Claims, claim.metadata.namespace, claim.metadata.name);
    const patch = { metadata: { annotations: { [selectedNode]: node.metadata.name } } };
    storage.claims.observe(await client.mergePatch<Claim>(path, patch));
  }
}

/** While claims are being bound for a pod, it says where it is expected to run. */
async function nominate({ client, pods, node }: Scheduler, { metadata, status }: Pod): Promise<void> {
  const nominatedNodeName = node.metadata.name;
  if (status?.nominatedNodeName === nominatedNodeName) return;
  const path = `${resourcePath(Pods, metadata.namespace, metadata.name)}/status`;
  pods.cache.observe(await client.strategicPatch<Pod>(path, { status: { nominatedNodeName } }));
}

async function bind({ client, node }: Scheduler, pod: Pod): Promise<void> {
  const { namespace, name, uid } = pod.metadata;
  const target = { apiVersion: 'v1', kind: 'Node', name: node.metadata.name };
  const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { namespace, name, uid }, target };
  try {
    await client.create(`${resourcePath(Pods, namespace, name)}/binding`, binding);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

async function reportUnschedulable(
  { client, events, pods }: Scheduler,
  pod: Pod,
  message: string,
): Promise<void> {
  const before = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (before?.message === message) return;
  const { namespace, name } = pod.metadata;
  const condition = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    message,
    lastTransitionTime: timestamp(),
  };
  const path = `${resourcePath(Pods, namespace, name)}/status`;
  pods.cache.observe(await client.strategicPatch<Pod>(path, { status: { conditions: [condition] } }));
  events.recordEvent(pod, 'Warning', 'FailedScheduling', message);
}
