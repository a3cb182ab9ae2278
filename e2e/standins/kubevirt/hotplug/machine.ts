import { unlessNotFound } from '../../kube/error.ts';
import { resourcePath, VirtualMachineInstances, VirtualMachines } from '../../kube/kinds.ts';
import type { InstanceSpec, VirtualMachine, VirtualMachineInstance } from '../types.ts';
import type { World } from '../world.ts';
import { fulfil, openRequests } from './requests.ts';

/** Carries out what a VM was asked for: first for its instance, if it runs, then for its template. */
export async function carryOutRequests(
  world: World,
  vm: VirtualMachine,
  vmi: VirtualMachineInstance | undefined,
): Promise<VirtualMachine> {
  const requests = openRequests(vm);
  if (requests === undefined) return vm;
  const { client } = world.controller;
  const { namespace, name } = vm.metadata;
  if (vmi !== undefined && vmi.metadata.deletionTimestamp === undefined) {
    const spec = requests.reduce(fulfil, vmi.spec);
    const path = resourcePath(VirtualMachineInstances, namespace, name);
    if (spec !== vmi.spec) await unlessNotFound(client.mergePatch(path, { spec: volumesOf(spec) }));
  }
  const spec = volumesOf(requests.reduce(fulfil, vm.spec.template.spec));
  const path = resourcePath(VirtualMachines, namespace, name);
  return world.caches.vms.observe(await client.mergePatch(path, { spec: { template: { spec } } }));
}

/** The part of a spec that a request changes. */
export function volumesOf({ volumes, domain }: InstanceSpec): object {
  return { volumes, domain: { devices: { disks: domain.devices.disks } } };
}
