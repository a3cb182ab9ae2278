import { unlessNotFound } from '../../kube/error.ts';
import { resourcePath, VirtualMachineInstances, VirtualMachines } from '../../kube/kinds.ts';
import type { Domain } from '../domain/domain.ts';
import type { VirtualMachine, VirtualMachineInstance } from '../types.ts';
import type { World } from '../world.ts';
import type { Call } from './serve.ts';

export function fetchMachine({ api }: World, { namespace, name }: Call): Promise<VirtualMachine | undefined> {
  return unlessNotFound(api.client.get<VirtualMachine>(resourcePath(VirtualMachines, namespace, name)));
}

export function fetchInstance(
  { api }: World,
  { namespace, name }: Call,
): Promise<VirtualMachineInstance | undefined> {
  const path = resourcePath(VirtualMachineInstances, namespace, name);
  return unlessNotFound(api.client.get<VirtualMachineInstance>(path));
}

/** The domain of an instance, if it runs or is paused. */
export function runningDomain({ domains }: World, vmi: VirtualMachineInstance): Domain | undefined {
  const domain = domains.get(vmi.metadata.uid);
  return domain?.running ? domain : undefined;
}
