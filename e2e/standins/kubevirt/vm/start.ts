import { KubeError } from '../../kube/error.ts';
import { resourcePath, VirtualMachineInstances } from '../../kube/kinds.ts';
import type { VirtualMachine, VirtualMachineInstance } from '../types.ts';
import type { World } from '../world.ts';
import { instanceOf } from './instance.ts';
import { keepStartRevision } from './revision.ts';
import { type Failure, failedCreate } from './status.ts';

/** Makes the instance of a VM; answers why it could not be made. */
export async function startInstance(world: World, vm: VirtualMachine): Promise<Failure | undefined> {
  const { client, events } = world.controller;
  const { namespace, name } = vm.metadata;
  const revision = await keepStartRevision(world, vm);
  const instance = instanceOf(vm, revision, startsPaused(vm));
  try {
    refuseByFault(world, vm);
    const path = resourcePath(VirtualMachineInstances, namespace);
    world.caches.vmis.observe(await client.create<VirtualMachineInstance>(path, instance));
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    const message = `Error creating virtual machine instance: ${error.message}`;
    events.recordEvent(vm, 'Warning', 'FailedCreate', message);
    return failedCreate(`Failure while starting VMI: ${error.message}`);
  }
  const message = `Started the virtual machine by creating the new virtual machine instance ${name}`;
  events.recordEvent(vm, 'Normal', 'SuccessfulCreate', message);
  return undefined;
}

function startsPaused({ status }: VirtualMachine): boolean {
  return status?.stateChangeRequests?.some(({ data }) => data?.paused === 'true') ?? false;
}

function refuseByFault({ context: { faults } }: World, vm: VirtualMachine): void {
  const fault = faults.take('vm-start-fails', vm.metadata);
  if (fault === undefined) return;
  const message =
    fault.message ??
    'admission webhook "virtualmachineinstances-create-validator.kubevirt.io" denied the request: injected fault';
  throw new KubeError(422, { kind: 'Status', reason: 'Invalid', message }, 'POST virtualmachineinstances');
}
