import type { VirtualMachineInstance } from '../types.ts';

/** What a guest calls its disks, by the names of their volumes: in the order of the spec, by bus. */
export function deviceNames({ spec }: VirtualMachineInstance): ReadonlyMap<string, string> {
  const counts = { vd: 0, sd: 0 };
  const names = new Map<string, string>();
  for (const { name, disk, cdrom, lun } of spec.domain.devices.disks ?? []) {
    const bus = (disk ?? cdrom ?? lun)?.bus ?? (cdrom ? 'sata' : 'virtio');
    const prefix = bus === 'virtio' ? 'vd' : 'sd';
    names.set(name, prefix + String.fromCharCode(97 + counts[prefix]));
    counts[prefix] += 1;
  }
  return names;
}
