/**
 * The graph of what waits for what. VM to VM it would have |VMs of A| × |VMs of B| edges for each A → B,
 * so the VMs of an application meet in nodes of their own, and edges stay as many as VMs and dependencies:
 *
 *     VM of A ──▶ start of A ──▶ gate of B ──▶ VM of B
 *
 * A VM that runs both A and B does not wait for itself: it skips the two nodes above, and waits for a gate of
 * the VMs of B that do not run A. Where several VMs run both, each waits for the others; a ring says the same.
 */
import type { OrderedApplication } from './application-graph.ts';
import { type Graph, GraphBuilder } from './graph.ts';

/** A VM and the applications that it runs. */
export interface PlacedMachine {
  readonly name: string;
  readonly applications: readonly string[];
}

/** Nodes 0 … machines-1 are the VMs in their given order; the others are starts and gates of applications. */
export interface MachineGraph {
  readonly graph: Graph;
  readonly machineCount: number;
}

export function buildMachineGraph(
  applications: readonly OrderedApplication[],
  machines: readonly PlacedMachine[],
): MachineGraph {
  const builder = new GraphBuilder();
  for (const _ of machines) builder.addNode();
  const runners = machinesByApplication(machines);
  const gates = new Map<string, number>();
  const gateOf = (name: string) => {
    const known = gates.get(name);
    if (known !== undefined) return known;
    const gate = addGate(builder, runners.get(name) ?? []);
    gates.set(name, gate);
    return gate;
  };
  for (const application of applications) addApplication(builder, application, runners, gateOf);
  return { graph: builder.build(), machineCount: machines.length };
}

function machinesByApplication(machines: readonly PlacedMachine[]): ReadonlyMap<string, readonly number[]> {
  const runners = new Map<string, number[]>();
  machines.forEach((machine, node) => {
    for (const name of machine.applications) {
      const list = runners.get(name);
      if (list) list.push(node);
      else runners.set(name, [node]);
    }
  });
  return runners;
}

function addGate(builder: GraphBuilder, machines: readonly number[]): number {
  const gate = builder.addNode();
  for (const machine of machines) builder.addEdge(gate, machine);
  return gate;
}

function addApplication(
  builder: GraphBuilder,
  application: OrderedApplication,
  runners: ReadonlyMap<string, readonly number[]>,
  gateOf: (name: string) => number,
): void {
  const own = runners.get(application.name) ?? [];
  if (own.length === 0 || application.dependsOn.length === 0) return;
  const start = builder.addNode();
  for (const machine of own) builder.addEdge(machine, start);
  for (const name of application.dependsOn) {
    const others = runners.get(name) ?? [];
    const both = intersection(own, others);
    if (both.size === 0) builder.addEdge(start, gateOf(name));
    else addCoLocated(builder, own, others, both, gateOf(name));
  }
}

function addCoLocated(
  builder: GraphBuilder,
  own: readonly number[],
  others: readonly number[],
  both: ReadonlySet<number>,
  gate: number,
): void {
  const rest = addGate(
    builder,
    others.filter((machine) => !both.has(machine)),
  );
  const ring = [...both];
  ring.forEach((machine, position) => {
    builder.addEdge(machine, rest);
    if (ring.length > 1) builder.addEdge(machine, ring[(position + 1) % ring.length]!);
  });
  for (const machine of own) if (!both.has(machine)) builder.addEdge(machine, gate);
}

function intersection(some: readonly number[], others: readonly number[]): ReadonlySet<number> {
  const set = new Set(some);
  return new Set(others.filter((node) => set.has(node)));
}
