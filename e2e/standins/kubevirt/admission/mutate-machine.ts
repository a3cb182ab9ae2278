import { randomUUID } from 'node:crypto';
import type { DataVolumeTemplate, InstanceSpec, VirtualMachine } from '../types.ts';
import type { AdmissionRequest } from './admit.ts';
import type { Cause } from './cause.ts';

export const PCI_TOPOLOGY = { 'kubevirt.io/pci-topology-version': 'v3' };

/** What a VM cannot be without, in the words of the schema that virt-api itself checks before anything else. */
export function missingParts({ spec }: { readonly spec?: Partial<VirtualMachine['spec']> | null }): Cause[] {
  if (spec === undefined || spec === null)
    return [
      { message: 'spec in body is required' },
      { message: 'spec in body must be of type object: "null"' },
    ];
  return spec.template === undefined ? [{ message: 'spec.template in body is required' }] : [];
}

/** What every VM gets that does not say it itself; firmware only at its creation. */
export function mutateMachine({ object, operation }: AdmissionRequest<VirtualMachine>): VirtualMachine {
  const { template } = object.spec;
  const metadata = template.metadata ?? {};
  const annotations =
    operation === 'CREATE' ? { ...PCI_TOPOLOGY, ...metadata.annotations } : metadata.annotations;
  const spec = withDefaults(template.spec, operation === 'CREATE');
  return {
    ...object,
    spec: {
      ...object.spec,
      dataVolumeTemplates: object.spec.dataVolumeTemplates?.map(withResources),
      template: { ...template, metadata: { ...metadata, annotations }, spec: withoutEmptyParts(spec) },
    },
  };
}

function withDefaults(spec: InstanceSpec, create: boolean): InstanceSpec {
  const { domain } = spec;
  const firmware = create ? withIdentity(domain.firmware) : domain.firmware;
  return {
    ...spec,
    architecture: spec.architecture || 'amd64',
    domain: {
      ...domain,
      ...(firmware === undefined ? {} : { firmware }),
      machine: { ...domain.machine, type: domain.machine?.type || 'q35' },
      resources: domain.resources ?? {},
    },
  };
}

/** An empty identity is none. */
function withIdentity(firmware: InstanceSpec['domain']['firmware'] = {}) {
  const { uuid, serial, ...rest } = firmware;
  return { uuid: uuid || randomUUID(), serial: serial || randomUUID(), ...rest };
}

/** Written back by virt-api, a DataVolume's storage has resources, if empty ones. */
function withResources(template: DataVolumeTemplate): DataVolumeTemplate {
  const { storage, pvc } = template.spec as Record<string, object | undefined>;
  return {
    ...template,
    spec: {
      ...template.spec,
      ...(storage ? { storage: { resources: {}, ...storage } } : {}),
      ...(pvc ? { pvc: { resources: {}, ...pvc } } : {}),
    },
  };
}

/** Written back by virt-api, empty lists and an empty MAC are gone. */
function withoutEmptyParts(spec: InstanceSpec): InstanceSpec {
  const { devices } = spec.domain;
  const interfaces = devices.interfaces?.map(({ macAddress, ...rest }) =>
    macAddress ? { macAddress, ...rest } : rest,
  );
  return {
    ...spec,
    networks: unlessEmpty(spec.networks),
    volumes: unlessEmpty(spec.volumes),
    domain: {
      ...spec.domain,
      devices: { ...devices, disks: unlessEmpty(devices.disks), interfaces: unlessEmpty(interfaces) },
    },
  };
}

function unlessEmpty<T>(list: T[] | undefined): T[] | undefined {
  return list?.length ? list : undefined;
}
