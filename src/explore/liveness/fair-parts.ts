/**
 * The states that lie on a fair cycle: emptiness of Streett automata by components (Lichtenstein and Pnueli, POPL 1985). A
 * component that fairness does not allow to be gone round loses the states where a thread wants what it never gets in it,
 * and what is left is divided anew. A run may also stay in one state for ever, if nobody wants to go on there; so a
 * component of one state need not have an edge.
 */
import { Components } from './components.ts';
import type { Subgraph } from './subgraph.ts';

/** What is wanted and not given in a part of the graph: threads as bits. */
export interface Denied {
  readonly steps: number;
  readonly stops: number;
}

/** What the masks of some nodes and edges come to: what fairness demands and is not given by them. */
export class Balance {
  #wants = 0;
  #given = 0;
  #wantsToStop = 0;
  #stopped = 0;

  node(graph: Subgraph, node: number): void {
    this.#wants |= graph.wants[node]!;
    this.#given |= graph.excused[node]!;
    this.#wantsToStop |= graph.wantsToStop[node]!;
    this.#stopped |= graph.excusedFromStopping[node]!;
  }

  edge(action: number): void {
    if ((action & 1) === 0) this.#given |= 1 << (action >> 1);
    else this.#stopped |= 1 << (action >> 1);
  }

  get denied(): Denied {
    return { steps: this.#wants & ~this.#given, stops: this.#wantsToStop & ~this.#stopped };
  }
}

export class FairParts {
  protected readonly graph: Subgraph;
  readonly #components: Components;
  /** By node: the number of the component that was looked at last with it. */
  readonly #member: Int32Array;
  #members = 0;

  /** @param Parts a hook for tests that break components on purpose */
  constructor(graph: Subgraph, Parts: typeof Components = Components) {
    this.graph = graph;
    this.#components = new Parts(graph);
    this.#member = new Int32Array(graph.size);
  }

  /** The fair parts among nodes that owe one obligation (a bit): every node of a part can go round with all others of it, fairly. */
  of(obligation: number, found: (part: Int32Array) => void): void {
    const { owes, size } = this.graph;
    const nodes = Int32Array.from({ length: size }, (_, node) => node).filter((node) => (owes[node]! & obligation) !== 0);
    const waiting = [nodes];
    for (let part = waiting.pop(); part !== undefined; part = waiting.pop())
      this.#components.of(part, (component) => {
        const { steps, stops } = this.denied(component);
        if (steps === 0 && stops === 0) {
          found(component);
          return;
        }
        const { wants, wantsToStop } = this.graph;
        const left = component.filter((node) => (wants[node]! & steps) === 0 && (wantsToStop[node]! & stops) === 0);
        if (left.length > 0 && left.length < component.length) waiting.push(left);
      });
  }

  /** What a component denies to whom, if it is gone round for ever. A hook for tests that break it on purpose. */
  protected denied(component: Int32Array): Denied {
    const graph = this.graph;
    const mark = ++this.#members;
    for (const node of component) this.#member[node] = mark;
    const balance = new Balance();
    for (const node of component) {
      balance.node(graph, node);
      for (let edge = graph.first[node]!; edge < graph.first[node + 1]!; edge++)
        if (this.#member[graph.targets[edge]!] === mark) balance.edge(graph.actions[edge]!);
    }
    return balance.denied;
  }
}
