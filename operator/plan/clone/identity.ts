/** Who a cloned VM is: what stays as in the source, what is made anew and the same at every look. */
import { createHash } from 'node:crypto';
import type { VirtualMachine } from '../../cluster/kinds.generated.ts';
import type { CapturedMachine } from '../capture/model.ts';
import type { CloneContext } from './context.ts';

type Template = NonNullable<VirtualMachine['spec']['template']['spec']>;

/** The template with the identity that the clone asks for. */
export function withIdentity(
  template: Template,
  machine: CapturedMachine,
  name: string,
  context: CloneContext,
): Template {
  const { firmwareUUID, firmwareSerial, hostname } = context.clone.spec.identity;
  const present = template.domain.firmware;
  const uuid = firmwareUUID === 'Preserve' && present?.uuid;
  const serial = firmwareSerial === 'Preserve' && present?.serial;
  return {
    ...template,
    hostname: hostname === 'Preserve' ? (template.hostname ?? guestName(machine.name)) : guestName(name),
    domain: {
      ...template.domain,
      // KubeVirt fills in what is missing by chance at creation, and by the name of the VM where it is taken out later.
      firmware: {
        ...present,
        uuid: uuid || derivedUuid(context, machine.name, 'uuid'),
        serial: serial || derivedUuid(context, machine.name, 'serial'),
      },
      devices: { ...template.domain.devices, interfaces: withMacAddresses(template, machine, context) },
    },
  };
}

/** The host name that KubeVirt gives a guest whose VM says none: the name up to its first dot. */
function guestName(machine: string): string {
  return machine.split('.')[0]!.slice(0, 63).replace(/-+$/, '');
}

/** An address that is not in the spec is another one at every start, so each interface gets one. */
function withMacAddresses(template: Template, machine: CapturedMachine, context: CloneContext) {
  const preserve = context.clone.spec.identity.macAddress === 'Preserve';
  return template.domain.devices.interfaces?.map((each) => {
    const present = each.macAddress ?? machine.macAddresses[each.name];
    const macAddress = preserve && present ? present : derivedMac(context, machine.name, each.name);
    return { ...each, macAddress };
  });
}

/** A version 8 UUID (RFC 9562: its content is the maker's own) from the clone, the VM and what it is for. */
export function derivedUuid({ clone }: CloneContext, machine: string, purpose: string): string {
  const bytes = digest(clone.metadata.uid!, machine, purpose);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.subarray(0, 16).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** A locally administered unicast address from the clone, the VM and its interface. */
export function derivedMac({ clone }: CloneContext, machine: string, networkInterface: string): string {
  const bytes = digest(clone.metadata.uid!, machine, 'mac', networkInterface).subarray(0, 6);
  bytes[0] = (bytes[0]! & 0xfc) | 0x02;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

function digest(...parts: readonly string[]): Buffer {
  return createHash('sha256').update(parts.join('\0')).digest();
}
