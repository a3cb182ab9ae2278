/** A directed graph over the integers 0 … size-1, stored as two arrays: small and quick at 100,000 nodes. */
export interface Graph {
  readonly size: number;
  /** The targets of node n are `targets[offsets[n]] … targets[offsets[n + 1] - 1]`. */
  readonly offsets: Int32Array;
  readonly targets: Int32Array;
}

/** Collects edges, then lays them out by their source. */
export class GraphBuilder {
  readonly #from: number[] = [];
  readonly #to: number[] = [];
  #size = 0;

  addNode(): number {
    return this.#size++;
  }

  addEdge(from: number, to: number): void {
    this.#from.push(from);
    this.#to.push(to);
  }

  build(): Graph {
    const offsets = new Int32Array(this.#size + 1);
    for (const from of this.#from) offsets[from + 1]!++;
    for (let node = 0; node < this.#size; node++) offsets[node + 1]! += offsets[node]!;
    const targets = new Int32Array(this.#to.length);
    const next = offsets.slice();
    for (let edge = 0; edge < this.#to.length; edge++) targets[next[this.#from[edge]!]!++] = this.#to[edge]!;
    return { size: this.#size, offsets, targets };
  }
}

/** The targets of the edges that leave `node`. */
export function targetsOf(graph: Graph, node: number): Int32Array {
  return graph.targets.subarray(graph.offsets[node]!, graph.offsets[node + 1]!);
}
