/** Everything that decides what happens next to an EnvironmentClone, read into plain values. */
import { type ClusterClient, keyFrom } from '../cluster/index.ts';
import type {
  DataVolume,
  NetworkPolicy,
  PersistentVolumeClaim,
  Pod,
  Service,
  StorageClass,
  VirtualMachine,
  VirtualMachineInstance,
  VolumeSnapshot,
  VolumeSnapshotContent,
} from '../cluster/kinds.generated.ts';
import { captureEnvironment } from '../plan/capture/begin.ts';
import { type DiskState, diskStates } from '../plan/capture/disks.ts';
import { applicationsOf, type CaptureBlocker } from '../plan/capture/machines.ts';
import type { Attempt, CapturedEnvironment } from '../plan/capture/model.ts';
import { isMadeFor } from '../plan/clone/claim-maker.ts';
import { chooseSnapshot } from '../plan/clone/source.ts';
import type { Blocker } from '../schema/environment-clone.ts';
import type {
  EnvironmentCloneObject,
  EnvironmentObject,
  EnvironmentSnapshotObject,
} from '../schema/index.ts';
import type { LabelSelector } from '../schema/kubernetes.ts';
import type { AccessGuard } from './access-guard.ts';
import { type AttemptCache, observeStorage } from './environment-snapshot.ts';
import { observeLiveMachines } from './live-machines.ts';
import { indexes, type World } from './world.ts';

/** What the clone has made. */
export interface CloneChildren {
  readonly machines: readonly VirtualMachine[];
  /** By the name of their VM. */
  readonly instances: ReadonlyMap<string, VirtualMachineInstance>;
  readonly claims: readonly PersistentVolumeClaim[];
  readonly snapshots: readonly VolumeSnapshot[];
  readonly contents: readonly VolumeSnapshotContent[];
  readonly dataVolumes: readonly DataVolume[];
  readonly binders: readonly Pod[];
  readonly services: readonly Service[];
  readonly policies: readonly NetworkPolicy[];
}

/** What is in the target namespace, whoever made it, by name. */
export interface TargetNamespace {
  readonly machines: ReadonlyMap<string, VirtualMachine>;
  readonly claims: ReadonlyMap<string, PersistentVolumeClaim>;
  /** When the volume of a claim was bound (milliseconds since the epoch), where the cluster says so. */
  readonly boundAt?: ReadonlyMap<string, number>;
  readonly services: ReadonlyMap<string, Service>;
}

/** Something in the namespace of the source that selects pods. */
export interface PodSelecting {
  readonly kind: 'Service' | 'NetworkPolicy' | 'PodDisruptionBudget';
  readonly name: string;
  readonly selector: LabelSelector;
}

export interface ObservedClone {
  readonly clone: EnvironmentCloneObject;
  readonly environment?: EnvironmentObject;
  /** What is missing of the admission policy that checks who may clone across namespaces. */
  readonly unguarded?: string;
  /** The target namespace is being deleted: nothing can be made in it any more. */
  readonly targetIsGoing?: boolean;
  /** Labels of the target namespace, by which the source's owner consents. */
  readonly targetLabels: Readonly<Record<string, string>>;
  /** The applications wanted, also where the spec names a VM; empty for all. */
  readonly applications: readonly string[];
  readonly snapshot?: EnvironmentSnapshotObject;
  readonly attempt?: Attempt;
  /** Why the capture cannot be read. */
  readonly unreadable?: string;
  readonly disks: readonly DiskState[];
  /** With `mode: Plan` and no snapshot: the Environment as it would be captured now. */
  readonly preview?:
    | { readonly captured: CapturedEnvironment }
    | { readonly blockers: readonly CaptureBlocker[] };
  readonly children: CloneChildren;
  readonly target: TargetNamespace;
  readonly selectors: readonly PodSelecting[];
  readonly storageClasses: ReadonlyMap<string, StorageClass>;
  /** What the API server said to the dry runs; undefined before they were made. */
  readonly admission?: readonly Blocker[];
}

export interface Observers {
  readonly guard: AccessGuard;
  readonly world: World;
  readonly client: ClusterClient;
  readonly attempts: AttemptCache;
}

/** Reads one EnvironmentClone; undefined when it is gone. */
export async function observeClone(
  { world, client, attempts, guard }: Observers,
  key: string,
  admissionOf: (
    clone: EnvironmentCloneObject,
    attempt: Attempt | undefined,
  ) => readonly Blocker[] | undefined,
): Promise<ObservedClone | undefined> {
  const { namespace, name } = keyFrom(key);
  const clone = world.clones.get(namespace, name);
  if (!clone) return undefined;
  const sourceNamespace = clone.spec.source.namespace ?? namespace!;
  const environment = world.environments.get(sourceNamespace, clone.spec.source.environment);
  const chosen = chooseSnapshot(clone, world.snapshots.byIndex(indexes.namespace, sourceNamespace));
  const snapshot = chosen ? world.snapshots.get(sourceNamespace, chosen) : undefined;
  const { known = [], unreadable } = snapshot ? await attempts.read(snapshot) : {};
  const attempt = known.at(-1);
  const wanted = applicationsWanted(world, clone, environment, attempt, sourceNamespace);
  const previews = clone.spec.mode === 'Plan' && !snapshot && !clone.spec.asOf && !clone.spec.source.snapshot;
  return {
    clone,
    environment,
    unguarded: sourceNamespace === namespace ? undefined : await guard.missing(),
    targetIsGoing: world.namespaces.get(undefined, namespace!)?.metadata.deletionTimestamp !== undefined,
    targetLabels: world.namespaces.get(undefined, namespace!)?.metadata.labels ?? {},
    applications: wanted,
    snapshot,
    attempt,
    unreadable,
    disks: attempt && snapshot ? diskStates(attempt, observeStorage(world, snapshot.metadata.uid!)) : [],
    preview: previews ? await preview(world, client, clone, environment, wanted, sourceNamespace) : undefined,
    children: observeChildren(world, clone),
    target: observeTarget(world, namespace!),
    selectors: sourceNamespace === namespace ? observeSelectors(world, namespace) : [],
    storageClasses: new Map([...world.storageClasses.list()].map((each) => [each.metadata.name, each])),
    admission: admissionOf(clone, attempt),
  };
}

function applicationsWanted(
  world: World,
  clone: EnvironmentCloneObject,
  environment: EnvironmentObject | undefined,
  attempt: Attempt | undefined,
  sourceNamespace: string,
): readonly string[] {
  const { applications, virtualMachine } = clone.spec.source;
  if (!virtualMachine) return applications;
  const captured = attempt?.captured.machines.find(({ name }) => name === virtualMachine);
  if (captured) return captured.applications;
  const machine = world.machines.get(sourceNamespace, virtualMachine);
  return machine && environment ? applicationsOf(machine, environment.spec.applications) : [];
}

async function preview(
  world: World,
  client: ClusterClient,
  clone: EnvironmentCloneObject,
  environment: EnvironmentObject | undefined,
  applications: readonly string[],
  sourceNamespace: string,
): Promise<ObservedClone['preview']> {
  const snapshot: EnvironmentSnapshotObject = {
    metadata: { name: 'plan', namespace: sourceNamespace },
    spec: { environment: clone.spec.source.environment, applications: [...applications] },
  };
  const live = environment
    ? await observeLiveMachines(world, client, sourceNamespace, environment.spec.applications)
    : [];
  const classes = { snapshot: [...world.snapshotClasses.list()], group: [...world.groupClasses.list()] };
  const services = world.services.byIndex(indexes.namespace, sourceNamespace);
  return captureEnvironment(
    { snapshot, environment, live, classes, services },
    { snapshot: 'plan', attempt: 0 },
  );
}

function observeChildren(world: World, clone: EnvironmentCloneObject): CloneChildren {
  const uid = clone.metadata.uid!;
  const { namespace } = clone.metadata;
  const machines = world.machines.byIndex(indexes.clone, uid);
  const volumes = world.dataVolumes.byIndex(indexes.clone, uid);
  const filled = volumes.flatMap((volume) => {
    const claim = world.claims.get(namespace, volume.metadata.name);
    return claim && isMadeFor(claim, volume) ? [claim] : [];
  });
  return {
    machines,
    instances: new Map(
      machines.flatMap(({ metadata }) => {
        const instance = world.instances.get(namespace, metadata.name);
        return instance ? [[metadata.name, instance]] : [];
      }),
    ),
    claims: [...new Set([...world.claims.byIndex(indexes.clone, uid), ...filled])],
    snapshots: world.volumeSnapshots.byIndex(indexes.clone, uid),
    contents: world.contents.byIndex(indexes.clone, uid),
    dataVolumes: volumes,
    binders: world.binders.byIndex(indexes.clone, uid),
    services: world.services.byIndex(indexes.clone, uid),
    policies: world.policies.byIndex(indexes.clone, uid),
  };
}

function observeTarget(world: World, namespace: string): TargetNamespace {
  const byName = <T extends { metadata: { name: string } }>(objects: readonly T[]) =>
    new Map(objects.map((each) => [each.metadata.name, each]));
  return {
    machines: byName(world.machines.byIndex(indexes.namespace, namespace)),
    claims: byName(world.claims.byIndex(indexes.namespace, namespace)),
    boundAt: boundTimes(world, namespace),
    services: byName(world.services.byIndex(indexes.namespace, namespace)),
  };
}

function boundTimes(world: World, namespace: string): ReadonlyMap<string, number> {
  const claims = world.claims.byIndex(indexes.namespace, namespace);
  return new Map(
    claims.flatMap(({ metadata, spec }): readonly [string, number][] => {
      const volume = spec?.volumeName ? world.volumes.get(undefined, spec.volumeName) : undefined;
      const time = volume?.status?.lastPhaseTransitionTime;
      return time ? [[metadata.name, Date.parse(time)]] : [];
    }),
  );
}

function observeSelectors(world: World, namespace: string): readonly PodSelecting[] {
  const services = world.services
    .byIndex(indexes.namespace, namespace)
    .flatMap(({ metadata, spec }): readonly PodSelecting[] => {
      const matchLabels = spec?.selector ?? {};
      return Object.keys(matchLabels).length > 0
        ? [{ kind: 'Service', name: metadata.name, selector: { matchLabels } }]
        : [];
    });
  const policies = world.policies.byIndex(indexes.namespace, namespace).map(
    ({ metadata, spec }): PodSelecting => ({
      kind: 'NetworkPolicy',
      name: metadata.name,
      selector: (spec?.podSelector ?? {}) as LabelSelector,
    }),
  );
  const budgets = world.budgets.byIndex(indexes.namespace, namespace).map(
    ({ metadata, spec }): PodSelecting => ({
      kind: 'PodDisruptionBudget',
      name: metadata.name,
      selector: (spec?.selector ?? {}) as LabelSelector,
    }),
  );
  return [...services, ...policies, ...budgets];
}
