/** What the clone should be: its VMs in their order, each with its disks and what it waits for. */
import type { StorageClass } from '../../cluster/kinds.generated.ts';
import type { Application } from '../../schema/environment.ts';
import type { CapturedDisk, CapturedEnvironment, CapturedMachine } from '../capture/model.ts';
import { selectsOneOf } from '../capture/services.ts';
import { closureOf } from '../order/application-graph.ts';
import { type OrderProblem, orderMachines } from '../order/order.ts';
import { type CloneContext, renamed } from './context.ts';
import { type DesiredDisk, desireDisk } from './disks.ts';

export interface DesiredMachine {
  readonly source: CapturedMachine;
  /** The VM in the clone. */
  readonly name: string;
  readonly tier: number;
  readonly disks: readonly DesiredDisk[];
  /** The applications that it runs. */
  readonly applications: readonly Application[];
  readonly needs: readonly Need[];
}

/** So many of these VMs must be up. */
export interface Need {
  readonly application: string;
  /** VMs in the clone. */
  readonly machines: readonly string[];
  readonly atLeast: number;
}

export interface Desired {
  readonly machines: readonly DesiredMachine[];
  /** Every disk once, in the order of the tiers. */
  readonly disks: readonly DesiredDisk[];
  readonly tierCount: number;
}

/** Only the applications wanted and what they depend on, with their VMs and Services, of all that a capture holds. */
export function narrowed(captured: CapturedEnvironment, wanted: readonly string[]): CapturedEnvironment {
  if (wanted.length === 0) return captured;
  const applications = closureOf(captured.applications, wanted);
  const names = new Set(applications.map(({ name }) => name));
  const machines = captured.machines
    .map((machine) => ({ ...machine, applications: machine.applications.filter((name) => names.has(name)) }))
    .filter((machine) => machine.applications.length > 0);
  const services = captured.services.filter(({ spec }) => selectsOneOf(spec, machines));
  return { ...captured, applications, machines, services };
}

export function desire(
  captured: CapturedEnvironment,
  classes: ReadonlyMap<string, StorageClass>,
  context: CloneContext,
): Desired | OrderProblem {
  const result = orderMachines(captured);
  if ('problem' in result) return result;
  const { order } = result;
  const applications = new Map(captured.applications.map((application) => [application.name, application]));
  const runners = runnersOf(captured, context);
  const machines = captured.machines
    .map((source): DesiredMachine => {
      const own = source.applications.map((name) => applications.get(name)!);
      const together = [...(order.together.get(source.name) ?? [source.name])].map((name) =>
        renamed(context, name),
      );
      return {
        source,
        name: renamed(context, source.name),
        tier: order.tierOf.get(source.name)!,
        disks: disksKept(source, context).map((disk) => desireDisk(disk, source.name, classes, context)),
        applications: own,
        needs: needsOf(own, applications, runners, new Set(together)),
      };
    })
    .toSorted((one, other) => one.tier - other.tier || (one.name < other.name ? -1 : 1));
  return { machines, disks: onceEach(machines), tierCount: order.tiers.length };
}

/** A VM that finds no claim with its TPM and EFI variables gets an empty one from KubeVirt. */
function disksKept({ disks }: CapturedMachine, { clone }: CloneContext): readonly CapturedDisk[] {
  return clone.spec.identity.state === 'Preserve' ? disks : disks.filter(({ role }) => role !== 'State');
}

/** The VMs of each application that are expected to be up: those that ran. */
function runnersOf(
  captured: CapturedEnvironment,
  context: CloneContext,
): ReadonlyMap<string, readonly string[]> {
  const runners = new Map<string, string[]>(captured.applications.map(({ name }) => [name, []]));
  for (const machine of captured.machines)
    if (machine.ran)
      for (const name of machine.applications) runners.get(name)?.push(renamed(context, machine.name));
  return runners;
}

/** A VM does not wait for itself, nor for those that start together with it. */
function needsOf(
  own: readonly Application[],
  applications: ReadonlyMap<string, Application>,
  runners: ReadonlyMap<string, readonly string[]>,
  together: ReadonlySet<string>,
): readonly Need[] {
  const names = new Set(own.flatMap(({ dependsOn }) => dependsOn));
  return [...names].flatMap((application) => {
    const machines = (runners.get(application) ?? []).filter((machine) => !together.has(machine));
    const atLeast = Math.min(applications.get(application)?.minReady ?? machines.length, machines.length);
    return atLeast > 0 ? [{ application, machines, atLeast }] : [];
  });
}

function onceEach(machines: readonly DesiredMachine[]): readonly DesiredDisk[] {
  return [...new Map(machines.flatMap(({ disks }) => disks).map((disk) => [disk.claim, disk])).values()];
}
