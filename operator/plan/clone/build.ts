/** The steps that make VMs, and what they need beside their disks: everything whose turn has come, side by side. */
import {
  environmentClones,
  virtualMachineInstances,
  virtualMachines,
} from '../../cluster/kinds.generated.ts';
import { annotations } from '../../names.ts';
import type { ObservedClone } from '../../observe/environment-clone.ts';
import { type Step, sequence } from '../steps.ts';
import { deleteBinders, makeBinder } from './binder.ts';
import type { Checked } from './checks.ts';
import type { CloneContext } from './context.ts';
import type { DesiredMachine } from './desired.ts';
import { isBound, liveDisksOf } from './filled.ts';
import { type MachineProgress, probeOf } from './gates.ts';
import { cloneMachine } from './machine.ts';
import { makePolicy, makeService, policyName } from './neighbours.ts';
import { checkReferences, copyReferences } from './references.ts';

export interface BuildInput extends Checked {
  readonly progress: readonly MachineProgress[];
  readonly binderImage: string;
}

export function buildSteps(input: BuildInput): readonly Step[] {
  const around = neighbourSteps(input);
  // VMs must find their names and their walls from the first packet on.
  if (around.length > 0) return around;
  const startable = machinesWhoseTurnItIs(input);
  return [
    ...binderSteps(input, new Set(startable.map(({ desired }) => desired.name))),
    ...startable.map(({ desired }) => machineStep(desired, input.context)),
    ...startSteps(input),
  ];
}

/**
 * Questions to the API server about every VM that does not exist: what the VM names, the VM, and its template. The
 * refusals come before anything is made.
 */
export function questionSteps({ desired, context, observed }: Checked): readonly Step[] {
  const absent = desired.machines.filter(({ name }) => !observed.target.machines.has(name));
  const sources = absent.map(({ source }) => source);
  return [
    ...checkReferences(sources, context),
    ...absent.flatMap((machine): readonly Step[] => {
      const object = machineObject(machine, context);
      return [{ step: 'dryRun', kind: virtualMachines, object }, ...templateDryRun(object)];
    }),
  ];
}

function neighbourSteps({ observed, context, captured }: BuildInput): readonly Step[] {
  if (context.sameNamespace) return [];
  const made = new Set(observed.children.services.map(({ metadata }) => metadata.name));
  const isolated = context.clone.spec.isolation.policy === 'Isolated';
  const hasPolicy = observed.children.policies.some(({ metadata }) => metadata.name === policyName(context));
  return [
    ...captured.services
      .filter(({ name }) => !made.has(name))
      .map((service) => makeService(service, context)),
    ...(isolated && !hasPolicy ? [makePolicy(context)] : []),
  ];
}

/** Only VMs that do not start now need one: a VM that may start at once is the first consumer itself. */
function binderSteps(
  { observed, progress, context, binderImage }: BuildInput,
  startable: ReadonlySet<string>,
): readonly Step[] {
  const liveDisk = liveDisksOf(observed);
  const binders = new Map(
    observed.children.binders.map((pod) => [pod.metadata.labels?.['envclone.io/virtual-machine'], pod]),
  );
  return progress.flatMap(({ desired, created }): readonly Step[] => {
    const waiting = desired.disks.filter((disk) => disk.waitsForConsumer);
    if (waiting.length === 0) return [];
    const claims = desired.disks.map((disk) => liveDisk(disk).claim);
    const binder = binders.get(desired.source.name.slice(0, 63));
    if (claims.every(isBound)) return deleteBinders(binder ? [binder] : []);
    const consumed = (created && desired.source.ran) || startable.has(desired.name);
    if (binder || consumed || claims.some((claim) => claim === undefined)) return [];
    return [makeBinder(desired.source, desired.disks, binderImage, context)];
  });
}

/** VMs whose needs are met and whose claims exist, as many as may start at once. */
function machinesWhoseTurnItIs({ observed, progress, context }: BuildInput): readonly MachineProgress[] {
  const { concurrency, onFailure } = context.clone.spec;
  const liveDisk = liveDisksOf(observed);
  const failed = progress.some(({ state }) => state === 'Failed');
  if (failed && onFailure === 'Stop') return [];
  const byName = new Map(progress.map((each) => [each.desired.name, each]));
  const starting = progress.filter(
    ({ created, running, state }) => created && !running && state !== 'Failed' && state !== 'Up',
  ).length;
  return progress
    .filter(({ created }) => !created)
    .filter(({ desired }) => desired.disks.every((disk) => liveDisk(disk).claim))
    .filter(({ desired }) => !desired.source.ran || needsAreMet(desired, byName))
    .slice(0, Math.max(0, concurrency - starting));
}

export function needsAreMet(
  { needs }: DesiredMachine,
  progress: ReadonlyMap<string, MachineProgress>,
): boolean {
  return needs.every(({ application, machines, atLeast }) => {
    const passed = machines.filter((machine) => progress.get(machine)?.passed.has(application));
    return passed.length >= atLeast;
  });
}

function machineStep(machine: DesiredMachine, context: CloneContext): Step {
  return sequence(...copyReferences(machine.source, context), {
    step: 'create',
    kind: virtualMachines,
    object: machineObject(machine, context),
  });
}

function machineObject({ source, tier, applications }: DesiredMachine, context: CloneContext) {
  return cloneMachine({ machine: source, tier, probe: probeOf(applications) }, context);
}

/** The size of an instance type is not in the template, so a template without its own would be refused for that. */
function templateDryRun(machine: ReturnType<typeof machineObject>): readonly Step[] {
  if (machine.spec.instancetype || machine.spec.preference) return [];
  const { template } = machine.spec;
  const { namespace, name } = machine.metadata;
  const object = { metadata: { namespace, name, ...template.metadata }, spec: template.spec } as never;
  return [{ step: 'dryRun', kind: virtualMachineInstances, object }];
}

/** `Manual` VMs do not start by themselves: they get one `start`, recorded so that it stays one. */
function startSteps({ progress, observed }: BuildInput): readonly Step[] {
  return progress.flatMap(({ desired: { name, source } }): readonly Step[] => {
    const machine = observed.target.machines.get(name);
    if (
      !machine ||
      !source.ran ||
      machine.spec.runStrategy !== 'Manual' ||
      machine.metadata.annotations?.[annotations.started]
    )
      return [];
    const key = { namespace: machine.metadata.namespace, name };
    const started = { annotations: { [annotations.started]: 'true' } };
    if (machine.status?.created)
      return [{ step: 'patchMetadata', kind: virtualMachines, key, patch: started }];
    return [
      sequence({ step: 'start', key }, { step: 'patchMetadata', kind: virtualMachines, key, patch: started }),
    ];
  });
}

/** Completion is recorded where a backup keeps it, before anything is let go. */
export function recordCompletion({ clone }: ObservedClone, now: number): Step {
  const { namespace, name } = clone.metadata;
  return {
    step: 'patchMetadata',
    kind: environmentClones,
    key: { namespace, name },
    patch: { annotations: { [annotations.completed]: new Date(now).toISOString() } },
  };
}
