import type { InstanceSpec, Interface } from '../types.ts';
import { type Cause, invalid, required } from './cause.ts';

const BINDINGS = ['bridge', 'slirp', 'masquerade', 'sriov', 'macvtap', 'passt', 'passtBinding', 'binding'];

export function networkCauses(at: string, { networks = [], domain }: InstanceSpec): Cause[] {
  const names = new Set((domain.devices.interfaces ?? []).map(({ name }) => name));
  return networks.flatMap(({ name }, index) => {
    const field = `${at}.networks[${index}].name`;
    return names.has(name) ? [] : [required(field, `${field} '${name}' not found.`)];
  });
}

export function interfaceCauses(at: string, spec: InstanceSpec): Cause[] {
  return (spec.domain.devices.interfaces ?? []).flatMap((one, index) => {
    const path = `${at}.domain.devices.interfaces[${index}]`;
    return [...withoutNetwork(spec, one, path), ...withoutBinding(one, path), ...malformedMac(one, path)];
  });
}

export function bootOrderIsTakenTwice(at: string, { domain }: InstanceSpec): Cause[] {
  const { disks = [], interfaces = [] } = domain.devices;
  const taken = new Set<number>();
  const devices = [
    ...disks.map(({ bootOrder }, index) => ({ bootOrder, path: `disks[${index}]` })),
    ...interfaces.map(({ bootOrder }, index) => ({ bootOrder, path: `interfaces[${index}]` })),
  ];
  return devices.flatMap(({ bootOrder, path }) => {
    const field = `${at}.domain.devices.${path}.bootOrder`;
    if (bootOrder === undefined) return [];
    if (taken.has(bootOrder))
      return [invalid(field, `Boot order for ${field} already set for a different device.`)];
    taken.add(bootOrder);
    return [];
  });
}

function withoutNetwork({ networks = [] }: InstanceSpec, one: Interface, path: string): Cause[] {
  const network = networks.find(({ name }) => name === one.name);
  const field = `${path}.name`;
  const notPod = one.masquerade !== undefined && network?.pod === undefined;
  return [
    ...(notPod ? [invalid(field, 'Masquerade interface only implemented with pod network')] : []),
    ...(network === undefined ? [invalid(field, `${field} '${one.name}' not found.`)] : []),
  ];
}

function withoutBinding(one: Interface, path: string): Cause[] {
  const bindings = BINDINGS.filter((binding) => one[binding] !== undefined);
  if (bindings.length === 1) return [];
  return [
    invalid(path, `logical ${one.name} interface must have exactly one binding method or binding plugin`),
  ];
}

const MAC = /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i;

function malformedMac({ macAddress = '' }: Interface, path: string): Cause[] {
  if (macAddress === '' || MAC.test(macAddress)) return [];
  return [invalid(`${path}.macAddress`, `interface ${path}.name has malformed MAC address (${macAddress}).`)];
}
