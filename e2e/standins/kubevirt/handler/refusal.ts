import { createHash } from 'node:crypto';
import type { DomainDefinition } from '../domain/definition.ts';
import type { VirtualMachineInstance } from '../types.ts';
import type { World } from '../world.ts';

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
  _vmi: VirtualMachineInstance,
  { uid, disks }: DomainDefinition,
  { domains }: World,
): string | undefined {
  const elsewhere = domains
    .list()
    .filter(({ definition, end }) => definition.uid !== uid && end === undefined)
    .flatMap(({ definition }) => definition.disks);
  const locked = disks.find((disk, index) => disks.indexOf(disk) !== index || elsewhere.includes(disk));
  if (locked === undefined) return undefined;
  const message =
    'internal error: process exited while connecting to monitor: qemu-system-x86_64: -device ' +
    '{"driver":"virtio-blk-pci-non-transitional"}: Failed to get "write" lock\nIs another process using the image?';
  return syncFailed(1, 10, message);
}

function syncFailed(code: number, domain: number, message: string): string {
  return `server error. command SyncVMI failed: "LibvirtError(Code=${code}, Domain=${domain}, Message='${message}')"`;
}
