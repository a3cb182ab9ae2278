import type { StandInContext } from '../context.ts';
import type { GuestSystem } from '../guest/journal.ts';
import { type Again, runController, source } from '../kube/controller.ts';
import { joinKey, type KubeObject, splitKey } from '../kube/objects.ts';
import { claimNameOf } from './claim-name.ts';
import { Installer } from './domain/install.ts';
import { interview, type Words } from './domain/interview.ts';
import { reconcileDomain } from './handler/reconcile.ts';
import { attachedInstanceKeys } from './hotplug/attach.ts';
import { startServers } from './servers.ts';
import { runSnapshots } from './snapshots/run.ts';
import type { VirtualMachine } from './types.ts';
import { reconcileMachine } from './vm/reconcile.ts';
import { instanceKeys } from './vmi/launchers.ts';
import { reconcileInstance } from './vmi/reconcile.ts';
import { openWorld, type World } from './world.ts';

/** Passes wait for the API server, or gather changes, far more than they work. */
const CONCURRENCY = 256;

export interface KubeVirt {
  readonly ended: Promise<void>;
  /** Makes an empty disk one with a system. */
  install(namespace: string, claim: string, system: GuestSystem): Promise<void>;
  /** What the guest of a VM says of itself. */
  ask(namespace: string, name: string): Words;
}

/**
 * Starts the stand-in for KubeVirt: admission, subresources, controllers and guests, until aborted. Resolves when
 * admission and subresources are registered and every controller watches.
 */
export async function startKubeVirt(context: StandInContext): Promise<KubeVirt> {
  const world = await openWorld(context);
  const servers = await startServers(world);
  const controllers = Promise.all([
    runMachines(world),
    runInstances(world),
    runDomains(world),
    runSnapshots(world),
  ]);
  hitRunningGuests(world);
  const ended = controllers.then(async () => {
    world.domains.close();
    await servers.close();
  });
  const installer = new Installer(world.handler.client, context.disks);
  return {
    ended,
    install: (...disk) => installer.install(...disk),
    ask: (namespace, name) => interview(world.domains.named(joinKey(namespace, name)).at(-1)),
  };
}

function runMachines(world: World): Promise<void> {
  const { vms, vmis, claims, dataVolumes, snapshotClasses, storageClasses } = world.caches;
  const using = volumeUsers(world);
  return runController({
    name: 'virt-controller vm',
    sources: [
      source(vms),
      source(vmis),
      source(claims, using),
      source(dataVolumes, using),
      source(snapshotClasses, () => world.caches.vms.list().map(key)),
      source(storageClasses, () => world.caches.vms.list().map(key)),
    ],
    reconcile: unlessLeaving(world, gathering(world, reconcileMachine)),
    concurrency: CONCURRENCY,
    signal: world.context.signal,
  });
}

function runInstances(world: World): Promise<void> {
  const { vmis, pods, claims, dataVolumes } = world.caches;
  const using = volumeUsers(world);
  return runController({
    name: 'virt-controller vmi',
    sources: [
      source(vmis),
      source(pods, instanceKeys),
      source(pods, attachedInstanceKeys(pods, instanceKeys)),
      source(claims, using),
      source(dataVolumes, using),
    ],
    reconcile: gathering(world, reconcileInstance),
    concurrency: CONCURRENCY,
    signal: world.context.signal,
  });
}

function runDomains(world: World): Promise<void> {
  const { vmis, pods } = world.caches;
  return runController({
    name: 'virt-handler',
    sources: [source(vmis), source(pods, instanceKeys), world.domains.asSource()],
    reconcile: gathering(world, reconcileDomain),
    concurrency: CONCURRENCY,
    signal: world.context.signal,
  });
}

function key({ metadata }: KubeObject): string {
  return joinKey(metadata.namespace, metadata.name);
}

type Reconcile = (world: World, key: string) => Promise<Again>;

/** A pass that first lets changes come together, where the pace says so. */
function gathering(world: World, reconcile: Reconcile): (key: string) => Promise<Again> {
  const { pace, signal } = world.context;
  if (pace.milliseconds('controllers gather changes') === 0) return (key) => reconcile(world, key);
  return async (key) => {
    await pace.wait('controllers gather changes', signal);
    return reconcile(world, key);
  };
}

/** A VM that leaves is let go of at once: the garbage collector does not wait either. */
function unlessLeaving(world: World, reconcile: (key: string) => Promise<Again>) {
  return (key: string): Promise<Again> => {
    const { namespace, name } = splitKey(key);
    const leaving = world.caches.vms.get(namespace, name)?.metadata.deletionTimestamp !== undefined;
    return leaving ? reconcileMachine(world, key) : reconcile(key);
  };
}

/** The VMs whose volumes a claim or DataVolume is behind, by an index of names kept with the VMs. */
function volumeUsers({ caches: { vms } }: World): (object: KubeObject) => string[] {
  const users = new Map<string, Set<string>>();
  const names = (vm: VirtualMachine) =>
    (vm.spec.template.spec.volumes ?? []).flatMap((volume) => claimNameOf(volume) ?? []);
  const add = (vm: VirtualMachine) => {
    for (const name of names(vm)) {
      const volume = joinKey(vm.metadata.namespace, name);
      users.set(volume, (users.get(volume) ?? new Set()).add(key(vm)));
    }
  };
  const remove = (vm: VirtualMachine) => {
    for (const name of names(vm)) users.get(joinKey(vm.metadata.namespace, name))?.delete(key(vm));
  };
  vms.list().forEach(add);
  vms.onChange((type, vm, old) => {
    if (old !== undefined) remove(old);
    if (type === 'deleted') remove(vm);
    else add(vm);
  });
  return (object) => [...(users.get(key(object)) ?? [])];
}

/** Faults that hit guests which run already. */
function hitRunningGuests({ context: { faults }, domains }: World): void {
  faults.onInject(({ name }) => {
    if (name !== 'vmi-crashes' && name !== 'guest-powers-off') return;
    for (const domain of domains.list()) {
      if (!domain.running || faults.take(name, domain.definition) === undefined) continue;
      if (name === 'vmi-crashes') domain.crash();
      else domain.powerOff();
    }
  });
}
