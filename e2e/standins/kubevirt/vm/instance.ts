import { ownerReference } from '../../kube/objects.ts';
import type { VirtualMachine, VirtualMachineInstance } from '../types.ts';
import { HANDLED } from '../vmi/finalizers.ts';
import { legacyFirmwareUuid } from './firmware.ts';

/** The instance that a VM's template describes. Admission adds what every instance has. */
export function instanceOf(vm: VirtualMachine, revisionName: string, startPaused: boolean) {
  const { metadata = {}, spec } = vm.spec.template;
  const { firmware } = spec.domain;
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: {
      name: vm.metadata.name,
      namespace: vm.metadata.namespace,
      labels: metadata.labels,
      annotations: { ...metadata.annotations, 'kubevirt.io/vm-generation': String(vm.metadata.generation) },
      finalizers: [HANDLED],
      ownerReferences: [ownerReference(vm, { controller: true, blockOwnerDeletion: true })],
    },
    spec: {
      ...spec,
      domain: { ...spec.domain, firmware: { uuid: legacyFirmwareUuid(vm.metadata.name), ...firmware } },
      ...(startPaused ? { startStrategy: 'Paused' } : {}),
    },
    status: { virtualMachineRevisionName: revisionName },
  } satisfies Omit<VirtualMachineInstance, 'metadata' | 'status'> & { metadata: object; status: object };
}
