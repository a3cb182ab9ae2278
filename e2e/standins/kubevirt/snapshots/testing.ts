import { aMachine } from '../testing.ts';
import type { SnapshotSource } from './source/source.ts';
import type { VirtualMachineSnapshot, VirtualMachineSnapshotContent } from './types.ts';

/** Builders of valid objects for tests: a test says only what matters to it. */
export function aSnapshot(status?: VirtualMachineSnapshot['status'], age = 0): VirtualMachineSnapshot {
  return {
    metadata: meta('s1', age),
    spec: { source: { apiGroup: 'kubevirt.io', kind: 'VirtualMachine', name: 'vm' } },
    status,
  };
}

export function aContent(
  status: VirtualMachineSnapshotContent['status'],
  volumes: readonly string[] = ['disk0'],
): VirtualMachineSnapshotContent {
  const { metadata, spec } = aMachine();
  const claim = { metadata: meta('vm'), spec: {} };
  return {
    metadata: meta('content'),
    spec: {
      virtualMachineSnapshotName: 's1',
      source: { virtualMachine: { metadata, spec, status: {} } },
      volumeBackups: volumes.map((volumeName) => ({ volumeName, persistentVolumeClaim: claim })),
    },
    status,
  };
}

export function aSource(state: Partial<SnapshotSource> = {}): SnapshotSource {
  const off = { online: false, paused: false, guestAgent: false, frozen: false, locked: false };
  return { vm: aMachine(), ...off, ...state };
}

function meta(name: string, age = 0) {
  const creationTimestamp = new Date(Date.now() - age).toISOString();
  return { name, namespace: 'test', uid: `uid-of-${name}`, resourceVersion: '1', creationTimestamp };
}
