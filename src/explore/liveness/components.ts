/**
 * Strongly connected components by Tarjan's algorithm (SIAM J. Comput. 1, 1972), iterative, with one number a node for
 * index and low link, as in Pearce (Inf. Process. Lett. 116, 2016). It works on edges kept in memory (5 bytes each): the
 * nodes are those states only that owe something and that fairness does not rule out, which is few, and the search for fair
 * cycles takes components of ever smaller parts of them, so computing the successors anew each time would cost far more.
 * 16 bytes a node while it runs.
 */
import type { Subgraph } from './subgraph.ts';

export class Components {
  readonly #graph: Subgraph;
  /** By node: 0 not visited, the low link while it is being visited, `complete` once its component is known. */
  readonly #low: Int32Array;
  /** By node: in which call its part is looked at, so that edges to other nodes are left out. */
  readonly #part: Int32Array;
  #parts = 0;
  /** The path of the search: nodes, and the next edge of each. */
  readonly #path: Int32Array;
  readonly #next: Int32Array;

  constructor(graph: Subgraph) {
    this.#graph = graph;
    this.#low = new Int32Array(graph.size);
    this.#part = new Int32Array(graph.size);
    this.#path = new Int32Array(graph.size);
    this.#next = new Int32Array(graph.size);
  }

  /** Calls `found` with each component of the part of the graph that these nodes make, those of one node among them. */
  of(nodes: Int32Array, found: (component: Int32Array) => void): void {
    const part = ++this.#parts;
    for (const node of nodes) {
      this.#part[node] = part;
      this.#low[node] = 0;
    }
    const open = new Int32Array(nodes.length);
    let opened = 0;
    let index = 0;
    const { first, targets } = this.#graph;
    const complete = 0x7fffffff;
    for (const root of nodes) {
      if (this.#low[root] !== 0) continue;
      let depth = 0;
      this.#enter(root, 0, ++index);
      open[opened++] = root;
      // The index of a node is what its low link was when it was entered.
      const entered: number[] = [index];
      while (depth >= 0) {
        const node = this.#path[depth]!;
        const edge = this.#next[depth]!;
        if (edge < first[node + 1]!) {
          this.#next[depth]!++;
          const target = targets[edge]!;
          if (this.#part[target] !== part) continue;
          if (this.#low[target] === 0) {
            depth++;
            this.#enter(target, depth, ++index);
            entered[depth] = index;
            open[opened++] = target;
          } else this.join(node, target, this.#low);
          continue;
        }
        if (this.#low[node] === entered[depth]) {
          let from = opened;
          do from--;
          while (open[from] !== node);
          const component = open.slice(from, opened);
          opened = from;
          for (const member of component) this.#low[member] = complete;
          found(component);
        }
        depth--;
        if (depth >= 0) this.join(this.#path[depth]!, node, this.#low);
      }
    }
  }

  /** The low link of a node after one of its successors was looked at. A hook for tests that break it on purpose. */
  protected join(node: number, successor: number, low: Int32Array): void {
    if (low[successor]! < low[node]!) low[node] = low[successor]!;
  }

  #enter(node: number, depth: number, index: number): void {
    this.#low[node] = index;
    this.#path[depth] = node;
    this.#next[depth] = this.#graph.first[node]!;
  }
}
