/** VMs of a source namespace as they are now. */
import type {
  PersistentVolume,
  PersistentVolumeClaim,
  VirtualMachineInstance,
} from '../cluster/kinds.generated.ts';
import type { LiveClaim, LiveMachine, SnapshotClasses } from '../plan/capture/machines.ts';
import { aMachineSpec } from './machines.ts';

/** A running VM with one bound claim `<name>-root`, labelled `app: <name>`. */
export function aLiveMachine(name = 'db', more: Partial<LiveMachine> = {}): LiveMachine {
  return {
    machine: {
      metadata: {
        name,
        namespace: 'production',
        uid: `uid-of-${name}`,
        generation: 1,
        labels: { app: name },
      },
      spec: aMachineSpec(name),
    },
    instance: aRunningInstance(name),
    claims: [aLiveClaim(`${name}-root`)],
    ...more,
  };
}

export function aRunningInstance(
  name = 'db',
  more: Partial<VirtualMachineInstance> = {},
): VirtualMachineInstance {
  return {
    metadata: { name, namespace: 'production' },
    spec: { domain: { devices: {} } },
    status: { phase: 'Running', interfaces: [{ name: 'default', mac: '02:00:00:00:00:01' }] },
    ...more,
  };
}

/** A bound Block claim of 1 GiB on class `fast` of driver csi.example.com. */
export function aLiveClaim(
  name: string,
  driver = 'csi.example.com',
  role: LiveClaim['role'] = 'Disk',
): LiveClaim {
  const claim: PersistentVolumeClaim = {
    metadata: { name, namespace: 'production' },
    spec: {
      storageClassName: 'fast',
      volumeMode: 'Block',
      accessModes: ['ReadWriteOnce'],
      volumeName: `pv-${name}`,
    },
    status: { phase: 'Bound', capacity: { storage: '1Gi' } },
  };
  const volume: PersistentVolume = {
    metadata: { name: `pv-${name}` },
    spec: { csi: { driver, volumeHandle: `volume-${name}` } },
  };
  return { name, role, claim, volume };
}

/** A class for single snapshots of each driver, and one for groups of each that is named. */
export function driverClasses(
  groupsOf: readonly string[] = [],
  drivers = ['csi.example.com'],
): SnapshotClasses {
  const classOf = (driver: string) => ({
    metadata: { name: `${driver}-class` },
    driver,
    deletionPolicy: 'Delete' as const,
  });
  return { snapshot: drivers.map(classOf), group: groupsOf.map(classOf) };
}
