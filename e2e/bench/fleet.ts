/** A source environment of a given shape: tiers of VMs with one disk each, every VM on a few of the tier before. */
import type { KubeObject } from '../../operator/cluster/index.ts';

export interface Fleet {
  readonly namespace: string;
  readonly tiers: number;
  readonly machinesPerTier: number;
  readonly bootSeconds: number;
}

const dependenciesEach = 2;

/** The longest chain of boots: one per tier, since every VM boots equally long. */
export function criticalPathSeconds({ tiers, bootSeconds }: Fleet): number {
  return tiers * bootSeconds;
}

export function fleetObjects(fleet: Fleet): readonly KubeObject[] {
  const machines = Array.from({ length: fleet.tiers }, (_, tier) =>
    Array.from({ length: fleet.machinesPerTier }, (_unused, index) => ({
      tier,
      index,
      name: nameOf(tier, index),
    })),
  ).flat();
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: fleet.namespace } },
    ...machines.flatMap(({ name }) => [claim(fleet, name), machine(fleet, name)]),
    environment(fleet, machines),
  ];
}

function nameOf(tier: number, index: number): string {
  return `vm-${tier}-${index}`;
}

function claim({ namespace }: Fleet, name: string): KubeObject {
  const spec = {
    accessModes: ['ReadWriteOnce'],
    volumeMode: 'Filesystem',
    storageClassName: 'immediate',
    resources: { requests: { storage: '4Mi' } },
  };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { namespace, name },
    spec,
  } as KubeObject;
}

function machine({ namespace, bootSeconds }: Fleet, name: string): KubeObject {
  const template = {
    metadata: {
      labels: { app: name },
      annotations: { 'guest.envclone.test/boot-seconds': String(bootSeconds) },
    },
    spec: {
      domain: {
        memory: { guest: '64Mi' },
        devices: {
          disks: [{ name: 'root', disk: { bus: 'virtio' } }],
          interfaces: [{ name: 'default', masquerade: {} }],
        },
      },
      networks: [{ name: 'default', pod: {} }],
      volumes: [{ name: 'root', persistentVolumeClaim: { claimName: name } }],
    },
  };
  const metadata = { namespace, name, labels: { app: name } };
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachine',
    metadata,
    spec: { runStrategy: 'Always', template },
  } as KubeObject;
}

function environment(
  fleet: Fleet,
  machines: readonly { tier: number; index: number; name: string }[],
): KubeObject {
  const applications = machines.map(({ tier, index, name }) => ({
    name,
    dependsOn:
      tier === 0
        ? []
        : Array.from({ length: dependenciesEach }, (_, step) =>
            nameOf(tier - 1, (index + step) % fleet.machinesPerTier),
          ),
    virtualMachines: { matchLabels: { app: name } },
    readiness: { type: 'AgentConnected' },
  }));
  const spec = { applications, allowClonesFrom: {}, allowCaptureFrom: {} };
  return {
    apiVersion: 'envclone.io/v1alpha1',
    kind: 'Environment',
    metadata: { namespace: fleet.namespace, name: 'fleet' },
    spec,
  } as KubeObject;
}
