import { claimNameOf } from '../claim-name.ts';
import type { VirtualMachine, VolumeSnapshotStatus } from '../types.ts';
import type { Caches } from '../world.ts';
import type { VolumeFacts } from './printable-status.ts';

const DONE = ['Succeeded', 'Failed', 'WaitForFirstConsumer', 'PendingPopulation'];

/** How far the volumes of a VM are. */
export function volumeFacts(vm: VirtualMachine, { claims, dataVolumes }: Caches): VolumeFacts {
  const { namespace } = vm.metadata;
  const volumes = vm.spec.template.spec.volumes ?? [];
  const found = volumes.flatMap((volume) => claims.get(namespace, claimNameOf(volume) ?? '') ?? []);
  const named = volumes.flatMap(({ dataVolume }) => dataVolumes.get(namespace, dataVolume?.name ?? '') ?? []);
  return {
    unbound: found.some(({ status }) => status?.phase !== 'Bound'),
    provisioning: named.some(({ status }) => !DONE.includes(status?.phase ?? '')),
    failed: named.some(({ status }) => status?.phase === 'Failed'),
  };
}

/** Which volumes of a VM can be snapshotted: those on claims whose class's driver has a snapshot class. */
export function volumeSnapshotStatuses(vm: VirtualMachine, caches: Caches): VolumeSnapshotStatus[] {
  return (vm.spec.template.spec.volumes ?? []).map((volume) => {
    const claimName = claimNameOf(volume);
    const reason =
      claimName === undefined
        ? `Snapshot is not supported for this volumeSource type [${volume.name}]`
        : obstacle(vm.metadata.namespace, claimName, volume.name, caches);
    return reason === undefined
      ? { name: volume.name, enabled: true }
      : { name: volume.name, enabled: false, reason };
  });
}

function obstacle(namespace: string | undefined, claimName: string, volume: string, caches: Caches) {
  const claim = caches.claims.get(namespace, claimName);
  if (claim === undefined) return 'PVC not found';
  const className = claim.spec.storageClassName ?? '';
  const driver = caches.storageClasses.get(undefined, className)?.provisioner;
  const capable = caches.snapshotClasses.list().some((snapshotClass) => snapshotClass.driver === driver);
  if (driver !== undefined && capable) return undefined;
  return `No VolumeSnapshotClass: Volume snapshots are not configured for this StorageClass [${className}] [${volume}]`;
}
