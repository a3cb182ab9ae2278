/** What a VM is at the instant: what its guest was started with where it runs, else what it would start with. */
import type { VirtualMachine } from '../../cluster/kinds.generated.ts';
import type { Volume } from '../volumes.ts';
import type { LiveMachine } from './machines.ts';

type Spec = VirtualMachine['spec'];
type Template = NonNullable<Spec['template']['spec']>;
type Disk = NonNullable<Template['domain']['devices']['disks']>[number];

/** Whether the guest was running at the moment of observation. */
export function isRunning({ instance, machine }: Pick<LiveMachine, 'instance' | 'machine'>): boolean {
  if (machine.spec.runStrategy === 'Halted' || machine.spec.running === false) return false;
  return instance?.status?.phase === 'Running' && !instance.metadata.deletionTimestamp;
}

/**
 * The volumes that the guest has. Those of a running one are in its instance alone: the VM tells of one that is plugged
 * in a moment later, and of one that waits for a restart as if it were there.
 */
export function volumesOf({
  machine,
  instance,
}: Pick<LiveMachine, 'instance' | 'machine'>): readonly Volume[] {
  const running = isRunning({ machine, instance }) ? instance?.spec.volumes : undefined;
  return running ?? machine.spec.template.spec?.volumes ?? [];
}

/**
 * The running revision with the volumes that its guest has: spec edits that wait for a restart are not what ran. What
 * KubeVirt filled in at the start (identity, default interface) comes from the instance.
 */
export function definitionOf(live: LiveMachine): Spec {
  const { machine, runningSpec, instance } = live;
  const spec = structuredClone((isRunning(live) && runningSpec) || machine.spec);
  const template = spec.template.spec!;
  const volumes = structuredClone(volumesOf(live));
  template.domain.devices.disks = disksFor(volumes, live);
  template.volumes = [...volumes];
  spec.runStrategy = machine.spec.runStrategy;
  const ran = instance?.spec;
  if (ran?.domain.firmware?.uuid)
    template.domain.firmware = { ...template.domain.firmware, ...pickIdentity(ran.domain.firmware) };
  if (!template.networks?.length && ran?.networks?.length) {
    template.networks = structuredClone(ran.networks) as typeof template.networks;
    template.domain.devices.interfaces = structuredClone(
      ran.domain.devices.interfaces,
    ) as typeof template.domain.devices.interfaces;
  }
  return spec;
}

/** In the order of the instance and in the words of the VM, since KubeVirt fills in the instance's own. */
function disksFor(volumes: readonly Volume[], { machine, runningSpec, instance }: LiveMachine): Disk[] {
  const names = new Set(volumes.map(({ name }) => name));
  const known = [instance?.spec, machine.spec.template.spec, runningSpec?.template.spec].flatMap(
    (each) => (each?.domain.devices.disks ?? []) as readonly Disk[],
  );
  const disks = new Map(known.map((disk) => [disk.name, disk]));
  return structuredClone([...disks.values()].filter(({ name }) => names.has(name)));
}

function pickIdentity({ uuid, serial }: { uuid?: string; serial?: string }) {
  return { ...(uuid && { uuid }), ...(serial && { serial }) };
}
