import type { StandInContext } from '../context.ts';
import { Fleet } from '../guest/fleet.ts';
import { Cache } from '../kube/cache.ts';
import type { KubeClient } from '../kube/client.ts';
import { EventRecorder } from '../kube/events.ts';
import { clientOf } from '../kube/identity.ts';
import {
  Claims,
  ControllerRevisions,
  DataVolumes,
  Pods,
  StorageClasses,
  StorageProfiles,
  VirtualMachineClones,
  VirtualMachineInstances,
  VirtualMachineRestores,
  VirtualMachineSnapshotContents,
  VirtualMachineSnapshots,
  VirtualMachines,
  VolumeSnapshotClasses,
  VolumeSnapshots,
  Volumes,
} from '../kube/kinds.ts';
import type { KubeObject } from '../kube/objects.ts';
import type { VolumeSnapshot } from '../storage/objects.ts';
import { Domains } from './domain/domains.ts';
import { apiIdentity, controllerIdentity, handlerIdentity } from './identities.ts';
import type {
  VirtualMachineClone,
  VirtualMachineRestore,
  VirtualMachineSnapshot,
  VirtualMachineSnapshotContent,
} from './snapshots/types.ts';
import type {
  Claim,
  DataVolume,
  PersistentVolume,
  Pod,
  VirtualMachine,
  VirtualMachineInstance,
} from './types.ts';
import type { StartRevision } from './vm/restart-required.ts';
import { Launchers } from './vmi/launchers.ts';

export interface Caches {
  readonly vms: Cache<VirtualMachine>;
  readonly vmis: Cache<VirtualMachineInstance>;
  readonly pods: Cache<Pod>;
  readonly claims: Cache<Claim>;
  readonly volumes: Cache<PersistentVolume>;
  readonly dataVolumes: Cache<DataVolume>;
  readonly revisions: Cache<KubeObject & { data?: StartRevision }>;
  readonly storageClasses: Cache<KubeObject & { provisioner: string; volumeBindingMode?: string }>;
  readonly snapshotClasses: Cache<KubeObject & { driver: string }>;
  readonly storageProfiles: Cache<KubeObject & { status?: { snapshotClass?: string } }>;
  readonly volumeSnapshots: Cache<VolumeSnapshot>;
  readonly vmSnapshots: Cache<VirtualMachineSnapshot>;
  readonly vmSnapshotContents: Cache<VirtualMachineSnapshotContent>;
  readonly vmRestores: Cache<VirtualMachineRestore>;
  readonly vmClones: Cache<VirtualMachineClone>;
}

/** One of KubeVirt's components: what it speaks as, and what it reports as. */
export interface Component {
  readonly client: KubeClient;
  readonly events: EventRecorder;
}

/** All that KubeVirt's parts share. */
export interface World {
  readonly context: StandInContext;
  readonly controller: Component;
  readonly handler: Component;
  readonly api: Component;
  readonly caches: Caches;
  readonly domains: Domains;
  readonly launchers: Launchers;
}

/** Makes the components' identities, starts to watch, and readies the node for domains. */
export async function openWorld(context: StandInContext): Promise<World> {
  const [controller, handler, api] = await Promise.all([
    component(context, controllerIdentity, 'virtualmachine-controller'),
    component(context, handlerIdentity, 'virt-handler'),
    component(context, apiIdentity, 'virt-api'),
  ]);
  const caches = cachesOf(controller.client, handler.client);
  await Promise.all(Object.values(caches).map((cache) => cache.start(context.signal)));
  const domains = new Domains(context.pace, new Fleet());
  return { context, controller, handler, api, caches, domains, launchers: new Launchers(caches.pods) };
}

async function component(
  context: StandInContext,
  identity: typeof controllerIdentity,
  reportsAs: string,
): Promise<Component> {
  const client = await clientOf(context.adminKubeconfig, identity);
  return { client, events: new EventRecorder(client, reportsAs) };
}

function cachesOf(controller: KubeClient, handler: KubeClient): Caches {
  return {
    vms: new Cache(controller, VirtualMachines),
    vmis: new Cache(controller, VirtualMachineInstances),
    pods: new Cache(controller, Pods),
    claims: new Cache(controller, Claims),
    volumes: new Cache(handler, Volumes),
    dataVolumes: new Cache(controller, DataVolumes),
    revisions: new Cache(controller, ControllerRevisions),
    storageClasses: new Cache(controller, StorageClasses),
    snapshotClasses: new Cache(controller, VolumeSnapshotClasses),
    storageProfiles: new Cache(controller, StorageProfiles),
    volumeSnapshots: new Cache(controller, VolumeSnapshots),
    vmSnapshots: new Cache(controller, VirtualMachineSnapshots),
    vmSnapshotContents: new Cache(controller, VirtualMachineSnapshotContents),
    vmRestores: new Cache(controller, VirtualMachineRestores),
    vmClones: new Cache(controller, VirtualMachineClones),
  };
}
