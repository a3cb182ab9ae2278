import { resourcePath, VirtualMachines } from '../../kube/kinds.ts';
import { sameJson } from '../patch.ts';
import type { VirtualMachine, VirtualMachineStatus } from '../types.ts';
import type { World } from '../world.ts';

/** Writes a VM's status if it says something new, unless somebody else wrote in between. */
export async function writeMachineStatus(
  world: World,
  vm: VirtualMachine,
  status: VirtualMachineStatus,
): Promise<VirtualMachine> {
  if (sameJson(status, vm.status ?? {})) return vm;
  const path = resourcePath(VirtualMachines, vm.metadata.namespace, vm.metadata.name);
  const written = await world.controller.client.replace<VirtualMachine>(`${path}/status`, { ...vm, status });
  return world.caches.vms.observe(written);
}
