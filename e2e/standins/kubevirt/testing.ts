import type { Condition, InstancePhase, Pod, VirtualMachine, VirtualMachineInstance } from './types.ts';

/** Builders of valid objects for tests: a test says only what matters to it. */
export function aMachine(
  spec: Partial<VirtualMachine['spec']> = {},
  status?: VirtualMachine['status'],
): VirtualMachine {
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachine',
    metadata: meta('vm', 'uid-of-vm'),
    spec: { runStrategy: 'Always', template: { metadata: {}, spec: aSpec() }, ...spec },
    status,
  };
}

export function aSpec(): VirtualMachineInstance['spec'] {
  return {
    domain: {
      memory: { guest: '64Mi' },
      devices: {
        disks: [{ name: 'disk0', disk: { bus: 'virtio' } }],
        interfaces: [{ name: 'default', masquerade: {} }],
      },
    },
    networks: [{ name: 'default', pod: {} }],
    volumes: [{ name: 'disk0', persistentVolumeClaim: { claimName: 'vm' } }],
  };
}

export function anInstance(phase: InstancePhase, conditions?: Condition[]): VirtualMachineInstance {
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: meta('vm', 'uid-of-vmi'),
    spec: aSpec(),
    status: { phase, conditions },
  };
}

/** The same, with a deletionTimestamp. */
export function leaving<T extends VirtualMachine | VirtualMachineInstance | Pod>(object: T): T {
  return { ...object, metadata: { ...object.metadata, deletionTimestamp: '2026-11-21T10:00:00Z' } };
}

export function aPod(status: Pod['status'] = {}): Pod {
  return { metadata: meta('virt-launcher-vm-x', 'uid-of-pod'), spec: { containers: [] }, status };
}

export function runningPod(ready: Condition = { type: 'Ready', status: 'True' }): Pod {
  const compute = { name: 'compute', ready: true, state: { running: {} } };
  return aPod({ phase: 'Running', containerStatuses: [compute], conditions: [ready] });
}

function meta(name: string, uid: string) {
  return { name, namespace: 'test', uid, resourceVersion: '1', creationTimestamp: '2026-11-21T09:00:00Z' };
}
