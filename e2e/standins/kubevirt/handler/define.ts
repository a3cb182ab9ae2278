import { DATA_ONLY, DEFAULT_SYSTEM, type GuestSystem } from '../../guest/journal.ts';
import { readSystem } from '../../guest/read-journal.ts';
import { claimNameOf } from '../claim-name.ts';
import type { DomainDefinition } from '../domain/definition.ts';
import { profileOf } from '../domain/profile.ts';
import { isHotpluggable } from '../hotplug/requests.ts';
import type { Disk, VirtualMachineInstance } from '../types.ts';
import type { World } from '../world.ts';
import { identityOf } from './identity.ts';

/** What a launcher is to run for an instance; `undefined` while its volumes are not known yet. */
export function domainDefinition(world: World, vmi: VirtualMachineInstance): DomainDefinition | undefined {
  const disks = writableDisks(vmi).map((disk) => ({ disk, path: diskPath(world, vmi, disk.claimName) }));
  const paths = disks.flatMap(({ path }) => path ?? []);
  if (paths.length < disks.length) return undefined;
  const profile = profileOf(vmi, world.context.pace, systemOn(world, bootDisk(disks)?.path));
  const slow = world.context.faults.take('guest-boot-slow', vmi.metadata)?.milliseconds ?? 0;
  return {
    namespace: vmi.metadata.namespace!,
    name: vmi.metadata.name,
    uid: vmi.metadata.uid,
    disks: paths,
    writesAfter: profile.writesAfter,
    profile: { ...profile, bootMs: profile.bootMs + slow, servesMs: profile.servesMs + slow },
    identity: identityOf(vmi),
    startPaused: vmi.spec.startStrategy === 'Paused',
    macs: new Map(
      (vmi.spec.domain.devices.interfaces ?? []).map(({ name, macAddress }) => [name, macOf(macAddress)]),
    ),
  };
}

interface WritableDisk extends Disk {
  readonly claimName: string;
}

/** The disks that a guest writes to, in the order of the volumes. */
export function writableDisks({ spec }: VirtualMachineInstance): WritableDisk[] {
  return (spec.volumes ?? []).flatMap((volume) => {
    const claimName = claimNameOf(volume);
    const disk = spec.domain.devices.disks?.find(({ name }) => name === volume.name);
    if (isHotpluggable(volume)) return [];
    return claimName !== undefined && disk !== undefined && isWritable(disk) ? [{ ...disk, claimName }] : [];
  });
}

/** A shareable disk is nobody's alone: several QEMUs open it, and a guest keeps no journal on it. */
function isWritable({ cdrom, disk, shareable }: Disk): boolean {
  return cdrom === undefined && disk?.readonly !== true && shareable !== true;
}

function bootDisk<T extends { readonly disk: Disk }>(disks: readonly T[]): T | undefined {
  const order = ({ disk }: T) => disk.bootOrder ?? Number.POSITIVE_INFINITY;
  return disks.reduce<T | undefined>((first, other) => {
    return first === undefined || order(other) < order(first) ? other : first;
  }, undefined);
}

/** Where nothing is installed, the first boot installs a system, or there is nothing to boot. */
function systemOn({ context }: World, path: string | undefined): GuestSystem {
  const installed = path === undefined ? undefined : readSystem(path);
  return installed ?? (context.blankDisksBoot ? DEFAULT_SYSTEM : DATA_ONLY);
}

function diskPath(
  { caches, context }: World,
  { metadata }: VirtualMachineInstance,
  claimName: string,
): string | undefined {
  const claim = caches.claims.get(metadata.namespace, claimName);
  const volume = caches.volumes.get(undefined, claim?.spec.volumeName ?? '');
  if (volume === undefined) return undefined;
  const handle = volume.spec.csi?.volumeHandle;
  if (handle !== undefined) return context.disks.path(handle);
  throw new Error(`volume ${volume.metadata.name} is not of a CSI driver: not modelled by the stand-in`);
}

function macOf(address: string | undefined): string | undefined {
  return address === undefined || address === '' ? undefined : address.toLowerCase().replaceAll('-', ':');
}
