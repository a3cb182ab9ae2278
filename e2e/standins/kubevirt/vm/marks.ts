import { resourcePath, VirtualMachines } from '../../kube/kinds.ts';
import { hasFinalizer } from '../../kube/objects.ts';
import { sameJson } from '../patch.ts';
import type { VirtualMachine } from '../types.ts';
import type { World } from '../world.ts';
import { legacyFirmwareUuid } from './firmware.ts';
import { volumeSnapshotStatuses } from './volume-facts.ts';
import { writeMachineStatus } from './write-status.ts';

export const CONTROLLED = 'kubevirt.io/virtualMachineControllerFinalize';
const LATEST_VERSION = 'kubevirt.io/latest-observed-api-version';
const STORAGE_VERSION = 'kubevirt.io/storage-observed-api-version';

type Mark = (world: World, vm: VirtualMachine) => Promise<VirtualMachine>;

/** What every VM gets before anything is done for it, one write each. */
const marks: readonly Mark[] = [snapshotStatuses, observedVersionsAndFinalizer, firmwareUuid];

export async function markMachine(world: World, vm: VirtualMachine): Promise<VirtualMachine> {
  let marked = vm;
  for (const mark of marks) marked = await mark(world, marked);
  return marked;
}

async function snapshotStatuses(world: World, vm: VirtualMachine): Promise<VirtualMachine> {
  const statuses = volumeSnapshotStatuses(vm, world.caches);
  if (sameJson(statuses, vm.status?.volumeSnapshotStatuses ?? [])) return vm;
  const printableStatus = vm.status?.printableStatus ?? 'Stopped';
  return writeMachineStatus(world, vm, {
    ...vm.status,
    printableStatus,
    volumeSnapshotStatuses: statuses,
  });
}

async function observedVersionsAndFinalizer(world: World, vm: VirtualMachine): Promise<VirtualMachine> {
  if (vm.metadata.annotations?.[LATEST_VERSION] !== undefined && hasFinalizer(vm, CONTROLLED)) return vm;
  const annotations = { [LATEST_VERSION]: 'v1', [STORAGE_VERSION]: 'v1' };
  const finalizers = [...new Set([...(vm.metadata.finalizers ?? []), CONTROLLED])];
  const { resourceVersion } = vm.metadata;
  return patchMachine(world, vm, { metadata: { annotations, finalizers, resourceVersion } });
}

/** A VM whose firmware was emptied gets the UUID of its name written back. */
async function firmwareUuid(world: World, vm: VirtualMachine): Promise<VirtualMachine> {
  if (vm.spec.template.spec.domain.firmware?.uuid) return vm;
  const domain = { firmware: { uuid: legacyFirmwareUuid(vm.metadata.name) } };
  return patchMachine(world, vm, { spec: { template: { spec: { domain } } } });
}

/** Merge-patches a VM; what it is now is known from then on. */
export async function patchMachine(world: World, vm: VirtualMachine, patch: object): Promise<VirtualMachine> {
  const path = resourcePath(VirtualMachines, vm.metadata.namespace, vm.metadata.name);
  return world.caches.vms.observe(await world.controller.client.mergePatch(path, patch));
}
