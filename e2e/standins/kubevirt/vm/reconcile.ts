import type { Again } from '../../kube/controller.ts';
import { unlessNotFound } from '../../kube/error.ts';
import { resourcePath, VirtualMachineInstances } from '../../kube/kinds.ts';
import { hasFinalizer, splitKey } from '../../kube/objects.ts';
import { carryOutRequests } from '../hotplug/machine.ts';
import type { VirtualMachine, VirtualMachineInstance, VirtualMachineStatus } from '../types.ts';
import type { World } from '../world.ts';
import { dataVolumesAreReady, makeDataVolumes } from './data-volumes.ts';
import { decide } from './decide.ts';
import { findInstancetype } from './instancetype.ts';
import { CONTROLLED, markMachine, patchMachine } from './marks.ts';
import { printableStatus } from './printable-status.ts';
import { templateIsAsStarted } from './restart-required.ts';
import { startRevisionOf } from './revision.ts';
import { startInstance } from './start.ts';
import { type Failure, statusOf } from './status.ts';
import { volumeFacts } from './volume-facts.ts';
import { writeMachineStatus } from './write-status.ts';

const RETRY_MS = 1000;

/** What virt-controller does for a VM: its marks, its instance, its status. */
export async function reconcileMachine(world: World, key: string): Promise<Again> {
  const { namespace, name } = splitKey(key);
  const vm = world.caches.vms.get(namespace, name);
  if (vm === undefined) return;
  if (vm.metadata.deletionTimestamp !== undefined) return leave(world, vm);
  const marked = await markMachine(world, vm);
  const asked = await carryOutRequests(world, marked, instanceOfMachine(world, marked));
  const outcome = await converge(world, asked);
  await writeStatus(world, asked, outcome);
  if (outcome.after !== undefined) return { after: outcome.after };
}

interface Outcome {
  readonly failure?: Failure;
  /** When to try again, in milliseconds. */
  readonly after?: number;
  /** An instance was made: the status tells of it from the next pass on. */
  readonly started?: true;
}

async function converge(world: World, vm: VirtualMachine): Promise<Outcome> {
  const vmi = instanceOfMachine(world, vm);
  const failure = await makeDataVolumes(world, vm);
  if (failure !== undefined) return { failure, after: RETRY_MS };
  const { action } = decide(vm, vmi);
  if (vmi !== undefined) await tellGeneration(world, vm, vmi);
  if (action === 'stop') await stopInstance(world, vm, vmi!);
  return action === 'start' ? start(world, vm) : {};
}

async function start(world: World, vm: VirtualMachine): Promise<Outcome> {
  const wait = backOff(vm);
  if (wait > 0) return { after: wait };
  if (!dataVolumesAreReady(world, vm)) return {};
  const failure = (await findInstancetype(world, vm)) ?? (await startInstance(world, vm));
  return failure === undefined ? { started: true } : { failure, after: RETRY_MS };
}

/** The instance of a VM: one of its name that it owns. */
export function instanceOfMachine(
  { caches }: World,
  { metadata }: VirtualMachine,
): VirtualMachineInstance | undefined {
  const vmi = caches.vmis.get(metadata.namespace, metadata.name);
  return vmi?.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid) ? vmi : undefined;
}

function backOff({ status }: VirtualMachine): number {
  const retryAt = status?.startFailure?.retryAfterTimestamp;
  return retryAt === undefined ? 0 : Date.parse(retryAt) - Date.now();
}

/** An instance is of its VM's newest generation as long as the template is as it was started with. */
async function tellGeneration(world: World, vm: VirtualMachine, vmi: VirtualMachineInstance): Promise<void> {
  const name = 'kubevirt.io/vm-generation';
  const generation = String(vm.metadata.generation);
  if (vmi.metadata.annotations?.[name] === generation) return;
  if (!templateIsAsStarted(vm, startRevisionOf(world, vmi))) return;
  const path = resourcePath(VirtualMachineInstances, vmi.metadata.namespace, vmi.metadata.name);
  const change = { metadata: { annotations: { [name]: generation } } };
  await unlessNotFound(world.controller.client.mergePatch(path, change));
}

async function stopInstance(world: World, vm: VirtualMachine, vmi: VirtualMachineInstance): Promise<void> {
  const { client, events } = world.controller;
  const path = resourcePath(VirtualMachineInstances, vmi.metadata.namespace, vmi.metadata.name);
  await unlessNotFound(client.delete(path, { preconditions: { uid: vmi.metadata.uid } }));
  const message = `Stopped the virtual machine by deleting the virtual machine instance ${vmi.metadata.uid}`;
  events.recordEvent(vm, 'Normal', 'SuccessfulDelete', message);
}

/** A VM that is deleted goes when its instance has gone, or at once when it is to leave it behind. */
async function leave(world: World, vm: VirtualMachine): Promise<void> {
  const vmi = instanceOfMachine(world, vm);
  // Others may keep it: then its status goes on telling how it is.
  if (!hasFinalizer(vm, CONTROLLED)) return writeStatus(world, vm, {});
  if (vmi !== undefined && !hasFinalizer(vm, 'orphan')) {
    if (vmi.metadata.deletionTimestamp === undefined) await stopInstance(world, vm, vmi);
    return writeStatus(world, vm, {});
  }
  const finalizers = vm.metadata.finalizers?.filter((finalizer) => finalizer !== CONTROLLED) ?? [];
  const { resourceVersion } = vm.metadata;
  const left = await unlessNotFound(patchMachine(world, vm, { metadata: { finalizers, resourceVersion } }));
  if (left !== undefined && finalizers.length > 0) await writeStatus(world, left, {});
}

async function writeStatus(world: World, vm: VirtualMachine, { failure, started }: Outcome): Promise<void> {
  const current = world.caches.vms.get(vm.metadata.namespace, vm.metadata.name);
  if (current === undefined || current.metadata.uid !== vm.metadata.uid) return;
  // One that was told to go meanwhile is for the next pass.
  if (current.metadata.deletionTimestamp !== vm.metadata.deletionTimestamp) return;
  const vmi = started ? undefined : instanceOfMachine(world, current);
  const status = statusOf({
    vm: current,
    vmi,
    revision: vmi && startRevisionOf(world, vmi),
    volumes: volumeFacts(current, world.caches),
    requests: decide(current, vmi).requests,
    failure,
  });
  await unlessNotFound(
    writeMachineStatus(world, current, started ? starting(world, current, status) : status),
  );
}

/** In the pass that made an instance a machine says that it starts, and nothing of the instance yet. */
function starting(world: World, vm: VirtualMachine, status: VirtualMachineStatus): VirtualMachineStatus {
  const vmi = instanceOfMachine(world, vm);
  return {
    ...status,
    printableStatus: printableStatus({ ...vm, status }, vmi, volumeFacts(vm, world.caches)),
  };
}
