/** The start order of an Environment: a pure function from its dependency table and its VMs to tiers. */
import { type ApplicationProblem, checkApplications, type OrderedApplication } from './application-graph.ts';
import { type Components, findComponents, findCycle } from './components.ts';
import { targetsOf } from './graph.ts';
import { buildMachineGraph, type MachineGraph, type PlacedMachine } from './machine-graph.ts';

export interface OrderInput {
  readonly applications: readonly OrderedApplication[];
  readonly machines: readonly PlacedMachine[];
  /** What to do with VMs that wait for each other although their applications do not. */
  readonly coLocated: 'Reject' | 'StartTogether';
}

export interface Order {
  /** The names of the VMs of each tier, sorted. Each VM comes after all that it waits for. */
  readonly tiers: readonly (readonly string[])[];
  readonly tierOf: ReadonlyMap<string, number>;
  /** For a VM that starts together with others that it would wait for: all of them, itself included. */
  readonly together: ReadonlyMap<string, ReadonlySet<string>>;
}

export type OrderProblem =
  | ApplicationProblem
  | { readonly problem: 'CoLocationCycle'; readonly cycle: readonly PlacedMachine[] };

export type OrderResult = { readonly order: Order } | OrderProblem;

export function orderMachines(input: OrderInput): OrderResult {
  const problem = checkApplications(input.applications);
  if (problem) return problem;
  const built = buildMachineGraph(input.applications, input.machines);
  const components = findComponents(built.graph);
  const together = startedTogether(components, built, input.machines);
  if (together.size > 0 && input.coLocated === 'Reject')
    return { problem: 'CoLocationCycle', cycle: shortestCycle(built, components, input.machines) };
  return { order: { ...tiersOf(built, components, input.machines), together } };
}

/** The problem as one sentence for a person. */
export function describeOrderProblem(problem: OrderProblem): string {
  switch (problem.problem) {
    case 'UnknownApplication':
      return `application "${problem.application}" depends on "${problem.unknown}", which the Environment does not have: add it to spec.applications or remove the dependency`;
    case 'ApplicationCycle':
      return `applications depend on each other in a circle: ${problem.cycle.join(' → ')}; remove one of these dependencies`;
    case 'CoLocationCycle':
      return `VMs wait for each other because of the applications that they share: ${problem.cycle.map(describeMachine).join(' → ')}; place the applications apart, or set spec.coLocated to StartTogether`;
  }
}

function describeMachine(machine: PlacedMachine): string {
  return `${machine.name} (${[...machine.applications].sort().join(', ')})`;
}

function startedTogether(
  components: Components,
  { machineCount }: MachineGraph,
  machines: readonly PlacedMachine[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const together = new Map<string, ReadonlySet<string>>();
  for (const members of components.members) {
    if (members.length === 1) continue;
    const names = new Set(members.filter((node) => node < machineCount).map((node) => machines[node]!.name));
    if (names.size > 1) for (const name of names) together.set(name, names);
  }
  return together;
}

function shortestCycle(
  { graph, machineCount }: MachineGraph,
  components: Components,
  machines: readonly PlacedMachine[],
): readonly PlacedMachine[] {
  const first = components.members.find((members) => members.length > 1)!;
  const start = Math.min(...first);
  return findCycle(graph, components, start)
    .filter((node) => node < machineCount)
    .map((node) => machines[node]!);
}

/** Components come with what they wait for first, so one pass finds the tier of each. */
function tiersOf(
  { graph, machineCount }: MachineGraph,
  components: Components,
  machines: readonly PlacedMachine[],
): { tiers: readonly (readonly string[])[]; tierOf: ReadonlyMap<string, number> } {
  const ready = new Int32Array(graph.size);
  const tierOf = new Map<string, number>();
  const tiers: string[][] = [];
  components.members.forEach((members, component) => {
    let tier = 0;
    for (const node of members)
      for (const target of targetsOf(graph, node))
        if (components.of[target] !== component) tier = Math.max(tier, ready[target]!);
    const names = members.filter((node) => node < machineCount).map((node) => machines[node]!.name);
    for (const node of members) ready[node] = names.length > 0 ? tier + 1 : tier;
    for (const name of names) tierOf.set(name, tier);
    if (names.length > 0) addToTier(tiers, tier, names);
  });
  for (const tier of tiers) tier.sort();
  return { tiers, tierOf };
}

function addToTier(tiers: string[][], tier: number, names: readonly string[]): void {
  while (tiers.length <= tier) tiers.push([]);
  tiers[tier]!.push(...names);
}
