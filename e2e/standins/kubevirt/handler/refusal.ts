import { createHash } from 'node:crypto';
import type { DomainDefinition } from '../domain/definition.ts';
import type { VirtualMachineInstance } from '../types.ts';
import type { World } from '../world.ts';
import { writableDisks } from './define.ts';

type Check = (vmi: VirtualMachineInstance, definition: DomainDefinition, world: World) => string | undefined;

/** What admission let through although no domain can be made of it. */
const checks: readonly Check[] = [networkIsMissing, uuidIsMalformed, macIsMulticast, diskIsLocked];

/** Why no domain can be made for an instance, in the launcher's words; `undefined` when one can. */
export function refusalOf(
  world: World,
  vmi: VirtualMachineInstance,
  definition: DomainDefinition,
): string | undefined {
  for (const check of checks) {
    const refusal = check(vmi, definition, world);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** No Multus is installed, so nothing makes the pod's second link. */
function networkIsMissing({ spec }: VirtualMachineInstance): string | undefined {
  const network = spec.networks?.find(({ multus }) => multus !== undefined);
  if (network === undefined) return undefined;
  const link = `pod${createHash('sha256').update(network.name).digest('hex').slice(0, 11)}`;
  return `failed to configure vmi network: setup failed, err: pod link (${link}) is missing`;
}

const UUID = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

function uuidIsMalformed({ spec }: VirtualMachineInstance): string | undefined {
  const uuid = spec.domain.firmware?.uuid ?? '';
  if (uuid === '' || UUID.test(uuid)) return undefined;
  return syncFailed(35, 20, 'malformed <sysinfo> uuid element');
}

function macIsMulticast({ spec }: VirtualMachineInstance): string | undefined {
  const macs = (spec.domain.devices.interfaces ?? []).map(({ macAddress = '' }) => macAddress);
  const multicast = macs.find((mac) => mac !== '' && (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1);
  if (multicast === undefined) return undefined;
  return syncFailed(27, 20, `XML error: expected unicast mac address, found multicast '${multicast}'`);
}

/** A disk is written by one QEMU, and by one device of it. */
function diskIsLocked(
  vmi: VirtualMachineInstance,
  { uid, disks }: DomainDefinition,
  { domains }: World,
): string | undefined {
  const elsewhere = domains
    .list()
    .filter(({ definition, end }) => definition.uid !== uid && end === undefined)
    .flatMap(({ definition }) => definition.disks);
  const locked = disks.findIndex((disk, index) => disks.indexOf(disk) !== index || elsewhere.includes(disk));
  if (locked < 0) return undefined;
  const { name } = writableDisks(vmi)[locked]!;
  const message =
    `internal error: process exited while connecting to monitor: ${qemuTime()} qemu-system-x86_64: ` +
    `-device ${escaped(qemuDevice(vmi, name))}: Failed to get \\"write\\" lock\\n` +
    `Is another process using the image [/var/run/kubevirt-private/vmi-disks/${name}/disk.img]?`;
  return syncFailed(1, 10, message);
}

/** Before the disks come the controllers that every domain has, and the interfaces. */
const BUSES_BEFORE_INTERFACES = 6;

/** A disk as QEMU is told of it: libvirt counts drives from the last, and boots from the first unless told otherwise. */
function qemuDevice({ spec }: VirtualMachineInstance, name: string): string {
  const { disks = [], interfaces = [] } = spec.domain.devices;
  const index = disks.findIndex((disk) => disk.name === name);
  const ordered = disks.some(({ bootOrder }) => bootOrder !== undefined);
  const bootindex = ordered ? disks[index]?.bootOrder : index === 0 ? 1 : undefined;
  return JSON.stringify({
    driver: 'virtio-blk-pci-non-transitional',
    bus: `pci.${BUSES_BEFORE_INTERFACES + interfaces.length + index}`,
    addr: '0x0',
    drive: `libvirt-${disks.length - index}-format`,
    id: `ua-${name}`,
    bootindex,
    'write-cache': 'on',
    werror: 'stop',
    rerror: 'stop',
  });
}

function escaped(text: string): string {
  return text.replaceAll('"', '\\"');
}

/** To the microsecond. */
function qemuTime(): string {
  return new Date().toISOString().replace('Z', '000Z');
}

function syncFailed(code: number, domain: number, message: string): string {
  return `server error. command SyncVMI failed: "LibvirtError(Code=${code}, Domain=${domain}, Message='${message}')"`;
}
