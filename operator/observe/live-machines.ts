/** The VMs of a namespace that an Environment may select, with the claims and volumes that they use now. */
import type { ClusterClient } from '../cluster/index.ts';
import {
  controllerRevisions,
  type PersistentVolumeClaim,
  type VirtualMachine,
  type VirtualMachineInstance,
} from '../cluster/kinds.generated.ts';
import { labels } from '../names.ts';
import { volumesOf } from '../plan/capture/definition.ts';
import type { LiveClaim, LiveMachine } from '../plan/capture/machines.ts';
import { applicationsOf } from '../plan/capture/machines.ts';
import { claimsNamedBy } from '../plan/volumes.ts';
import type { Application } from '../schema/environment.ts';
import { indexes, type World } from './world.ts';

/** Label by which KubeVirt finds the claim that holds a VM's TPM and EFI variables. */
export const stateLabel = 'persistent-state-for';

/** VMs that run one of the applications; what a clone made is never among them. */
export function machinesOf(
  world: World,
  namespace: string,
  applications: readonly Application[],
): readonly VirtualMachine[] {
  return world.machines
    .byIndex(indexes.namespace, namespace)
    .filter(({ metadata }) => metadata.labels?.[labels.clone] === undefined && !metadata.deletionTimestamp)
    .filter((machine) => applicationsOf(machine, applications).length > 0)
    .toSorted((one, other) => (one.metadata.name < other.metadata.name ? -1 : 1));
}

export async function observeLiveMachines(
  world: World,
  client: ClusterClient,
  namespace: string,
  applications: readonly Application[],
): Promise<readonly LiveMachine[]> {
  const states = stateClaims(world, namespace);
  return Promise.all(
    machinesOf(world, namespace, applications).map(async (machine) => {
      const instance = world.instances.get(namespace, machine.metadata.name);
      return {
        machine,
        instance,
        runningSpec: await runningSpec(client, machine, instance),
        claims: claimsOf(world, { machine, instance }, states.get(machine.metadata.name)),
      };
    }),
  );
}

function stateClaims(world: World, namespace: string): ReadonlyMap<string, PersistentVolumeClaim> {
  const claims = world.claims.byIndex(indexes.namespace, namespace);
  return new Map(
    claims.flatMap((claim) =>
      claim.metadata.labels?.[stateLabel] ? [[claim.metadata.labels[stateLabel], claim]] : [],
    ),
  );
}

function claimsOf(
  world: World,
  live: Pick<LiveMachine, 'machine' | 'instance'>,
  state: PersistentVolumeClaim | undefined,
): readonly LiveClaim[] {
  const { namespace } = live.machine.metadata;
  const named = claimsNamedBy(volumesOf(live)).map((name) => ({
    name,
    role: 'Disk' as const,
  }));
  const all = state ? [...named, { name: state.metadata.name, role: 'State' as const }] : named;
  return all.map(({ name, role }) => {
    const claim = world.claims.get(namespace, name);
    return {
      name,
      role,
      claim,
      volume: claim?.spec?.volumeName ? world.volumes.get(undefined, claim.spec.volumeName) : undefined,
    };
  });
}

/** KubeVirt names the revision after the generation that was started: read it only where the VM was edited since. */
async function runningSpec(
  client: ClusterClient,
  machine: VirtualMachine,
  instance: VirtualMachineInstance | undefined,
): Promise<VirtualMachine['spec'] | undefined> {
  const name = instance?.status?.virtualMachineRevisionName;
  if (!name || name.endsWith(`-${machine.metadata.generation}`)) return undefined;
  const revision = await client.get(controllerRevisions, { namespace: machine.metadata.namespace, name });
  return (revision?.data as { spec?: VirtualMachine['spec'] } | undefined)?.spec;
}
