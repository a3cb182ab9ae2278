/** The world as the operator sees it: one cache per kind, and nothing else is read in a loop. */
import {
  type ClusterClient,
  type Informer,
  type InformerOptions,
  type Kind,
  type KubeObject,
  startInformer,
} from '../cluster/index.ts';
import {
  dataVolumes,
  environmentClones,
  environmentSnapshots,
  environments,
  namespaces,
  networkPolicies,
  persistentVolumeClaims,
  persistentVolumes,
  podDisruptionBudgets,
  pods,
  services,
  storageClasses,
  virtualMachineInstances,
  virtualMachines,
  volumeGroupSnapshotClasses,
  volumeGroupSnapshotContents,
  volumeGroupSnapshots,
  volumeSnapshotClasses,
  volumeSnapshotContents,
  volumeSnapshots,
} from '../cluster/kinds.generated.ts';
import { labels } from '../names.ts';

/** Names of the indexes: objects are found by the clone or capture that made them, or by their namespace. */
export const indexes = {
  clone: 'clone',
  snapshot: 'snapshot',
  namespace: 'namespace',
  boundTo: 'boundTo',
} as const;

export type World = ReturnType<typeof openWorld>;

/** Starts to follow every kind; `synced` resolves when all are read. */
export function openWorld(client: ClusterClient, signal: AbortSignal, onError: (error: unknown) => void) {
  const informers = new Map<Kind, Informer<KubeObject>>();
  const follow = <T extends KubeObject>(
    kind: Kind<T>,
    options: Omit<InformerOptions<T>, 'signal' | 'onError'> = {},
  ): Informer<T> => {
    const informer = startInformer(client, kind, { signal, onError, ...options });
    informers.set(kind, informer as unknown as Informer<KubeObject>);
    return informer;
  };
  const byLabel = (label: string) => (object: KubeObject) => labelOf(object, label);
  const byNamespace = { [indexes.namespace]: (object: KubeObject) => [object.metadata.namespace ?? ''] };
  const byClone = { [indexes.clone]: byLabel(labels.clone) };
  const bySnapshot = { [indexes.snapshot]: byLabel(labels.snapshot) };
  const ofKubeVirt = { optional: true } as const;

  const world = {
    environments: follow(environments, { indexes: byNamespace }),
    snapshots: follow(environmentSnapshots, { indexes: byNamespace }),
    clones: follow(environmentClones, { indexes: byNamespace }),
    machines: follow(virtualMachines, { indexes: { ...byNamespace, ...byClone }, ...ofKubeVirt }),
    instances: follow(virtualMachineInstances, { ...ofKubeVirt }),
    claims: follow(persistentVolumeClaims, { indexes: { ...byClone, ...byNamespace } }),
    volumes: follow(persistentVolumes),
    volumeSnapshots: follow(volumeSnapshots, { indexes: { ...byClone, ...bySnapshot }, optional: true }),
    contents: follow(volumeSnapshotContents, {
      indexes: { ...byClone, [indexes.boundTo]: (content) => [content.spec.volumeSnapshotRef.uid ?? ''] },
      optional: true,
    }),
    snapshotClasses: follow(volumeSnapshotClasses, { optional: true }),
    groupSnapshots: follow(volumeGroupSnapshots, { indexes: bySnapshot, optional: true }),
    groupContents: follow(volumeGroupSnapshotContents, {
      indexes: { [indexes.boundTo]: (content) => [content.spec.volumeGroupSnapshotRef.uid ?? ''] },
      optional: true,
    }),
    groupClasses: follow(volumeGroupSnapshotClasses, { optional: true }),
    dataVolumes: follow(dataVolumes, { indexes: byClone, labelSelector: labels.clone, optional: true }),
    binders: follow(pods, { indexes: byClone, labelSelector: `${labels.clone},${labels.binder}` }),
    services: follow(services, { indexes: { ...byNamespace, ...byClone } }),
    policies: follow(networkPolicies, { indexes: { ...byNamespace, ...byClone } }),
    budgets: follow(podDisruptionBudgets, { indexes: byNamespace }),
    namespaces: follow(namespaces),
    storageClasses: follow(storageClasses),
  };
  return {
    ...world,
    synced: Promise.all([...informers.values()].map((informer) => informer.synced)).then(() => undefined),
    /** The cache of a kind, for the answers to our own writes. */
    cacheOf: (kind: Kind): Informer<KubeObject> | undefined => informers.get(kind),
  };
}

function labelOf(object: KubeObject, label: string): readonly string[] {
  const value = object.metadata.labels?.[label];
  return value === undefined ? [] : [value];
}
