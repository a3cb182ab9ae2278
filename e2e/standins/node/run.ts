import type { StandInContext } from '../context.ts';
import { Cache } from '../kube/cache.ts';
import type { KubeClient } from '../kube/client.ts';
import { EventRecorder } from '../kube/events.ts';
import { clientOf, ensure } from '../kube/identity.ts';
import { Nodes, Pods, resourcePath } from '../kube/kinds.ts';
import type { StorageCaches } from '../storage/caches.ts';
import type { Containers } from './containers.ts';
import { runKubelet } from './kubelet.ts';
import { NODE_NAME, nodeManifest, nodeStatus } from './node-object.ts';
import type { Node, Pod } from './objects.ts';
import { PodCaches } from './pods.ts';
import { runScheduler } from './scheduler.ts';

/** Adds a node to the cluster, with a scheduler and a kubelet, until aborted. */
export async function runNode(
  context: StandInContext,
  storage: StorageCaches,
  containers: Containers,
  pods: PodCaches,
): Promise<void> {
  const { signal, pace } = context;
  const [client, schedulerClient] = await Promise.all([
    clientOf(context.adminKubeconfig, kubeletIdentity),
    clientOf(context.adminKubeconfig, schedulerIdentity),
  ]);
  const node = await makeNode(client);
  const schedulerEvents = new EventRecorder(schedulerClient, 'default-scheduler');
  const kubeletEvents = new EventRecorder(client, 'kubelet', NODE_NAME);
  await Promise.all([
    runScheduler({ client: schedulerClient, events: schedulerEvents, pods, storage, node, signal }),
    runKubelet({ client, events: kubeletEvents, pods, storage, containers, node, pace, signal }),
  ]);
}

/** Starts watching pods; resolves when they are listed. */
export async function startPodCaches(context: StandInContext): Promise<PodCaches> {
  const client = await clientOf(context.adminKubeconfig, kubeletIdentity);
  const cache = new Cache<Pod>(client, Pods);
  await cache.start(context.signal);
  return new PodCaches(cache);
}

async function makeNode(client: KubeClient): Promise<Node> {
  await ensure(client, Nodes, nodeManifest());
  return client.statusPatch<Node>(resourcePath(Nodes, undefined, NODE_NAME), { status: nodeStatus() });
}

const read = ['get', 'list', 'watch'];

const schedulerIdentity = {
  namespace: 'kube-system',
  name: 'standin-scheduler',
  rules: [
    { apiGroups: [''], resources: ['pods', 'pods/status', 'nodes'], verbs: [...read, 'patch', 'update'] },
    { apiGroups: [''], resources: ['pods/binding', 'bindings'], verbs: ['create'] },
    { apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: [...read, 'patch', 'update'] },
    { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  ],
};

const kubeletIdentity = {
  namespace: 'kube-system',
  name: 'standin-kubelet',
  rules: [
    { apiGroups: [''], resources: ['nodes', 'nodes/status'], verbs: [...read, 'create', 'patch', 'update'] },
    { apiGroups: [''], resources: ['pods', 'pods/status'], verbs: [...read, 'patch', 'update', 'delete'] },
    { apiGroups: [''], resources: ['secrets', 'configmaps'], verbs: ['get'] },
    { apiGroups: [''], resources: ['persistentvolumeclaims/status', 'persistentvolumes'], verbs: ['patch'] },
    { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  ],
};
