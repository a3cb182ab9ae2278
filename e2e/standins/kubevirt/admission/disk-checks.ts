import type { Disk, InstanceSpec, Volume } from '../types.ts';
import { type Cause, invalid } from './cause.ts';

const BUSES = ['virtio', 'scsi', 'sata', 'usb'];

export function volumeCauses(at: string, { volumes = [] }: InstanceSpec): Cause[] {
  const paths = volumes.map((_volume, index) => `${at}.volumes[${index}]`);
  return volumes.flatMap((volume, index) => [
    ...sameName(volumes, paths, index),
    ...sources(volume, paths[index]!),
  ]);
}

export function diskCauses(at: string, { domain, volumes = [] }: InstanceSpec): Cause[] {
  const disks = domain.devices.disks ?? [];
  const paths = disks.map((_disk, index) => `${at}.domain.devices.disks[${index}]`);
  return disks.flatMap((disk, index) => [
    ...sameName(disks, paths, index),
    ...(volumes.some(({ name }) => name === disk.name)
      ? []
      : [invalid(`${paths[index]}.name`, `${paths[index]}.Name '${disk.name}' not found.`)]),
    ...busIsUnknown(disk, paths[index]!),
  ]);
}

/** The later of two of a name is at fault. */
function sameName(list: readonly { name: string }[], paths: readonly string[], index: number): Cause[] {
  const first = list.findIndex(({ name }) => name === list[index]!.name);
  if (first === index) return [];
  return [
    invalid(`${paths[index]}.name`, `${paths[index]} and ${paths[first]} must not have the same Name.`),
  ];
}

function sources({ name: _name, ...kinds }: Volume, path: string): Cause[] {
  const given = Object.values(kinds).filter((source) => source !== undefined).length;
  if (given !== 1) return [invalid(path, `${path} must have exactly one source type set`)];
  return 'hostDisk' in kinds ? [invalid(path, 'HostDisk feature gate is not enabled')] : [];
}

function busIsUnknown({ disk, cdrom, lun }: Disk, path: string): Cause[] {
  const bus = (disk ?? cdrom ?? lun)?.bus;
  if (bus === undefined || BUSES.includes(bus)) return [];
  const kind = disk ? 'disk' : cdrom ? 'cdrom' : 'lun';
  const message = `${path} is set with an unrecognized bus ${bus}, must be one of: [${BUSES.join(' ')}]`;
  return [invalid(`${path}.${kind}.bus`, message)];
}
