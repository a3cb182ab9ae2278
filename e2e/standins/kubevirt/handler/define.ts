import { claimNameOf } from '../claim-name.ts';
import type { DomainDefinition } from '../domain/definition.ts';
import { profileOf } from '../domain/profile.ts';
import type { VirtualMachineInstance, Volume } from '../types.ts';
import type { World } from '../world.ts';

/** What a launcher is to run for an instance; `undefined` while its volumes are not known yet. */
export function domainDefinition(world: World, vmi: VirtualMachineInstance): DomainDefinition | undefined {
  const disks = diskPaths(world, vmi);
  if (disks.includes(undefined)) return undefined;
  const profile = profileOf(vmi, world.context.pace);
  const slow = world.context.faults.take('guest-boot-slow', vmi.metadata)?.milliseconds ?? 0;
  return {
    namespace: vmi.metadata.namespace!,
    name: vmi.metadata.name,
    uid: vmi.metadata.uid,
    disks: disks.filter((path) => path !== undefined),
    writesAfter: profile.writesAfter,
    profile: { ...profile, bootMs: profile.bootMs + slow, servesMs: profile.servesMs + slow },
    startPaused: vmi.spec.startStrategy === 'Paused',
    macs: new Map(
      (vmi.spec.domain.devices.interfaces ?? []).map(({ name, macAddress }) => [name, macOf(macAddress)]),
    ),
  };
}

/** The images behind the disks that a guest writes to, in the order of the volumes. */
function diskPaths(world: World, vmi: VirtualMachineInstance): (string | undefined)[] {
  return (vmi.spec.volumes ?? [])
    .filter((volume) => isWritableDisk(vmi, volume))
    .flatMap((volume) => claimNameOf(volume) ?? [])
    .map((claimName) => diskPath(world, vmi.metadata.namespace!, claimName));
}

/** A shareable disk is nobody's alone: several QEMUs open it, and a guest keeps no journal on it. */
function isWritableDisk({ spec }: VirtualMachineInstance, { name }: Volume): boolean {
  const disk = spec.domain.devices.disks?.find((other) => other.name === name);
  return (
    disk !== undefined && disk.cdrom === undefined && disk.disk?.readonly !== true && disk.shareable !== true
  );
}

function diskPath({ caches, context }: World, namespace: string, claimName: string): string | undefined {
  const claim = caches.claims.get(namespace, claimName);
  const volume = caches.volumes.get(undefined, claim?.spec.volumeName ?? '');
  if (volume === undefined) return undefined;
  const handle = volume.spec.csi?.volumeHandle;
  if (handle !== undefined) return context.disks.path(handle);
  throw new Error(`volume ${volume.metadata.name} is not of a CSI driver: not modelled by the stand-in`);
}

function macOf(address: string | undefined): string | undefined {
  return address === undefined || address === '' ? undefined : address.toLowerCase().replaceAll('-', ':');
}
