import { findComponents, findCycle } from './components.ts';
import { GraphBuilder } from './graph.ts';

/** An application as far as order goes. */
export interface OrderedApplication {
  readonly name: string;
  readonly dependsOn: readonly string[];
}

export type ApplicationProblem =
  | { readonly problem: 'UnknownApplication'; readonly application: string; readonly unknown: string }
  | { readonly problem: 'ApplicationCycle'; readonly cycle: readonly string[] };

/** What is wrong with a dependency table whatever VMs run it, or undefined. */
export function checkApplications(
  applications: readonly OrderedApplication[],
): ApplicationProblem | undefined {
  return findUnknown(applications) ?? findApplicationCycle(applications);
}

/** The named applications and all that they depend on, in the order of the table. */
export function closureOf<A extends OrderedApplication>(
  applications: readonly A[],
  wanted: readonly string[],
): readonly A[] {
  const byName = new Map(applications.map((application) => [application.name, application]));
  const found = new Set<string>();
  const open = [...wanted];
  while (open.length > 0) {
    const name = open.pop()!;
    if (found.has(name)) continue;
    found.add(name);
    open.push(...(byName.get(name)?.dependsOn ?? []));
  }
  return applications.filter((application) => found.has(application.name));
}

function findUnknown(applications: readonly OrderedApplication[]): ApplicationProblem | undefined {
  const known = new Set(applications.map((application) => application.name));
  for (const application of applications) {
    const unknown = application.dependsOn.find((name) => !known.has(name));
    if (unknown !== undefined)
      return { problem: 'UnknownApplication', application: application.name, unknown };
  }
  return undefined;
}

function findApplicationCycle(applications: readonly OrderedApplication[]): ApplicationProblem | undefined {
  const nodes = new Map(applications.map((application, node) => [application.name, node]));
  const builder = new GraphBuilder();
  for (const _ of applications) builder.addNode();
  for (const application of applications)
    for (const name of application.dependsOn) builder.addEdge(nodes.get(application.name)!, nodes.get(name)!);
  const graph = builder.build();
  const components = findComponents(graph);
  for (let node = 0; node < applications.length; node++) {
    const cycle = findCycle(graph, components, node);
    if (cycle.length > 0)
      return { problem: 'ApplicationCycle', cycle: cycle.map((member) => applications[member]!.name) };
  }
  return undefined;
}
