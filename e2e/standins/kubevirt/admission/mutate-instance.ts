import { randomUUID } from 'node:crypto';
import { timestamp } from '../conditions.ts';
import type { DomainSpec, InstanceSpec, InstanceStatus, Probe, VirtualMachineInstance } from '../types.ts';
import { HAS_LAUNCHER } from '../vmi/finalizers.ts';
import { mebibytes } from '../vmi/launcher-pod.ts';
import type { AdmissionRequest } from './admit.ts';
import { PCI_TOPOLOGY } from './mutate-machine.ts';

const SOCKETS_HEADROOM = 4;

/**
 * What every instance gets when it is made. Later only KubeVirt itself may change a status: what anybody else
 * (for KubeVirt is not asked) writes there is dropped without a word.
 */
export function mutateInstance(request: AdmissionRequest<VirtualMachineInstance>): VirtualMachineInstance {
  const { object, oldObject, operation } = request;
  return operation === 'CREATE' ? created(object) : { ...object, status: oldObject?.status };
}

function created(object: VirtualMachineInstance): VirtualMachineInstance {
  const spec = withDefaults(object.spec);
  const { metadata } = object;
  return {
    ...object,
    metadata: {
      ...metadata,
      annotations: { ...PCI_TOPOLOGY, ...metadata.annotations },
      finalizers: [...(metadata.finalizers ?? []), HAS_LAUNCHER],
    },
    spec,
    status: firstStatus(spec, object.status),
  };
}

function withDefaults(spec: InstanceSpec): InstanceSpec {
  const { domain } = spec;
  return {
    ...spec,
    architecture: spec.architecture || 'amd64',
    evictionStrategy: spec.evictionStrategy ?? 'None',
    ...probesWithDefaults(spec),
    domain: {
      ...domain,
      cpu: processors(domain.cpu),
      devices: withDiskForEach(spec.volumes, domain.devices),
      features: { acpi: { enabled: true }, ...domain.features },
      firmware: { uuid: randomUUID(), ...domain.firmware },
      ...memoryWithHeadroom(domain.memory),
      machine: { ...domain.machine, type: domain.machine?.type || 'q35' },
      resources: domain.resources ?? {},
    },
  };
}

/** A processor of one core where nothing is said of processors; where something is, nothing is added to it. */
function processors(given: DomainSpec['cpu']): DomainSpec['cpu'] {
  const cpu = withoutZeros(given);
  const isSaid = cpu.cores ?? cpu.sockets ?? cpu.threads;
  const topology = isSaid === undefined ? { cores: 1, sockets: 1, threads: 1 } : {};
  const { sockets } = { ...topology, ...cpu };
  const growing = sockets === undefined ? {} : { maxSockets: sockets * SOCKETS_HEADROOM };
  return { model: 'host-model', ...growing, ...topology, ...cpu };
}

function withDiskForEach(
  volumes: InstanceSpec['volumes'] = [],
  devices: DomainSpec['devices'],
): DomainSpec['devices'] {
  const { disks = [] } = devices;
  const added = volumes.filter(({ name }) => !disks.some((disk) => disk.name === name));
  if (added.length === 0) return devices;
  return { ...devices, disks: [...disks, ...added.map(({ name }) => ({ name, disk: { bus: 'sata' } }))] };
}

const MEMORY_HEADROOM = 4;
const SMALLEST_GROWING_MIB = 1024;

/** Guests of a gibibyte and more may grow while they run. */
function memoryWithHeadroom(memory: DomainSpec['memory']): Pick<DomainSpec, 'memory'> {
  const guest = String(memory?.guest ?? '0');
  if (memory?.maxGuest !== undefined || mebibytes(guest) < SMALLEST_GROWING_MIB) return {};
  const maxGuest = guest.replace(/^[\d.]+/, (amount) => String(Number(amount) * MEMORY_HEADROOM));
  return { memory: { ...memory, maxGuest } };
}

const PROBE_DEFAULTS: Probe = {
  periodSeconds: 10,
  timeoutSeconds: 1,
  successThreshold: 1,
  failureThreshold: 3,
};

function probesWithDefaults({ readinessProbe, livenessProbe }: InstanceSpec): Partial<InstanceSpec> {
  return {
    ...(readinessProbe ? { readinessProbe: { ...PROBE_DEFAULTS, ...readinessProbe } } : {}),
    ...(livenessProbe ? { livenessProbe: { ...PROBE_DEFAULTS, ...livenessProbe } } : {}),
  };
}

function withoutZeros(cpu: DomainSpec['cpu'] = {}): NonNullable<DomainSpec['cpu']> {
  return Object.fromEntries(Object.entries(cpu).filter(([, value]) => value !== 0));
}

function firstStatus({ domain: { cpu, memory } }: InstanceSpec, given: InstanceStatus = {}): InstanceStatus {
  const guest = memory?.guest === undefined ? undefined : String(memory.guest);
  return {
    ...given,
    currentCPUTopology: { cores: cpu?.cores, sockets: cpu?.sockets, threads: cpu?.threads },
    guestOSInfo: {},
    ...(guest === undefined
      ? {}
      : { memory: { guestAtBoot: guest, guestCurrent: guest, guestRequested: guest } }),
    phase: 'Pending',
    phaseTransitionTimestamps: [{ phase: 'Pending', phaseTransitionTimestamp: timestamp() }],
    runtimeUser: 107,
  };
}
