import type { Graph } from './graph.ts';

/** The strongly connected components of a graph. */
export interface Components {
  /** The component of each node. */
  readonly of: Int32Array;
  /** The nodes of each component. A component comes after all that it points to. */
  readonly members: readonly (readonly number[])[];
}

/**
 * Tarjan's algorithm without recursion, so that a chain of 100,000 nodes does not end the stack.
 * Components come out with targets before sources: dependencies first.
 */
export function findComponents(graph: Graph): Components {
  const { size, offsets, targets } = graph;
  const index = new Int32Array(size).fill(-1);
  const low = new Int32Array(size);
  const of = new Int32Array(size).fill(-1);
  const edge = new Int32Array(size);
  const open: number[] = [];
  const path: number[] = [];
  const members: number[][] = [];
  let counter = 0;

  const enter = (node: number) => {
    index[node] = low[node] = counter++;
    edge[node] = offsets[node]!;
    open.push(node);
    path.push(node);
  };

  const close = (node: number) => {
    const component: number[] = [];
    for (let member = -1; member !== node; ) {
      member = open.pop()!;
      of[member] = members.length;
      component.push(member);
    }
    members.push(component);
  };

  for (let root = 0; root < size; root++) {
    if (index[root] !== -1) continue;
    enter(root);
    while (path.length > 0) {
      const node = path.at(-1)!;
      if (edge[node]! < offsets[node + 1]!) {
        const target = targets[edge[node]!++]!;
        if (index[target] === -1) enter(target);
        else if (of[target] === -1) low[node] = Math.min(low[node]!, index[target]!);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) low[parent] = Math.min(low[parent]!, low[node]!);
      if (low[node] === index[node]) close(node);
    }
  }
  return { of, members };
}

/** A shortest way from `start` along the edges back to `start`, inside its component; `start` stands at both ends. */
export function findCycle(graph: Graph, components: Components, start: number): readonly number[] {
  const cameFrom = new Map<number, number>();
  const queue = [start];
  for (let head = 0; head < queue.length; head++) {
    const node = queue[head]!;
    for (let edge = graph.offsets[node]!; edge < graph.offsets[node + 1]!; edge++) {
      const target = graph.targets[edge]!;
      if (target === start) return wayTo(node, cameFrom, start).concat(start);
      if (components.of[target] !== components.of[start] || cameFrom.has(target)) continue;
      cameFrom.set(target, node);
      queue.push(target);
    }
  }
  return [];
}

function wayTo(end: number, cameFrom: ReadonlyMap<number, number>, start: number): number[] {
  const way = [end];
  while (way[0] !== start) way.unshift(cameFrom.get(way[0]!)!);
  return way;
}
