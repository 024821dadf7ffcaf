import { withRoom } from '../../kernel/growing.ts';
import { Fired, Kernel, stops } from '../../kernel/kernel.ts';
import { violatedState } from '../../kernel/monitor-table.ts';
import type { System } from '../../kernel/system.ts';
import { HeddleError } from '../../model/error.ts';
import type { States } from '../expander.ts';
import type { Choice } from '../../schedule/schedule.ts';
import type { Components } from './components.ts';
import { Demands } from './demands.ts';
import { fairLoop } from './fair-loop.ts';
import { FairParts } from './fair-parts.ts';
import type { FoundInGraph, GraphPhase } from './phase.ts';
import { Subgraph } from './subgraph.ts';

export interface FairCyclesParts {
  readonly FairParts?: typeof FairParts;
  readonly Components?: typeof Components;
}

/**
 * Judges a liveness property on all reachable states: whether some obligation can be owed for ever on a fair run. Three
 * passes: over all states, for those that owe something and lie on no cycle that fairness rules out at sight; over these, for
 * the transitions among them; and over these transitions, for the fair parts. Of all states on fair cycles the first seen is
 * taken, so the stem of the lasso is shortest.
 *
 * Memory: 24 bytes a state that is left after the first pass, 5 a transition among them, and 24 a state for components.
 */
export class FairCycles implements GraphPhase {
  found: FoundInGraph | undefined;
  full = false;
  readonly #kernel: Kernel;
  readonly #states: States;
  /** The state that is being looked at. */
  readonly #state: Int32Array;
  readonly #guarantee: number;
  readonly #demands: Demands;
  readonly #maxBytes: number;
  readonly #parts: FairCyclesParts;
  readonly #graph = new Subgraph();
  readonly #owes: (state: unknown) => readonly string[];
  readonly #says: string;
  readonly #obligations = new Map<string, number>();
  /** By code of the monitor's state: what is owed; −1 where not asked. */
  #owedIn = new Int32Array(16).fill(-1);
  #pass: 'states' | 'transitions' = 'states';
  #cursor = 0;

  /** @param states all reachable states, of the full graph */
  constructor(system: System, states: States, guarantee: number, maxBytes = Number.POSITIVE_INFINITY, parts: FairCyclesParts = {}) {
    const { property } = system.guarantees[guarantee]!;
    if (property.kind !== 'liveness') throw new Error('not a liveness property');
    this.#kernel = new Kernel(system);
    this.#states = states;
    this.#state = new Int32Array(states.words);
    this.#guarantee = guarantee;
    this.#demands = new Demands(this.#kernel, property.fairness);
    this.#maxBytes = maxBytes;
    this.#parts = parts;
    this.#owes = property.owes;
    this.#says = property.says;
  }

  /** States and transitions that fairness has not ruled out at sight. */
  get size(): { readonly states: number; readonly transitions: number } {
    return { states: this.#graph.size, transitions: this.#graph.edges };
  }

  get left(): number {
    return this.#pass === 'states' ? this.#states.size - this.#cursor : this.#graph.size - this.#cursor;
  }

  advance(count: number): boolean {
    for (let done = 0; done < count; done++) {
      // Half of the room, because growing keeps the old array beside the new one, and components need some too.
      if (done % 256 === 0 && this.#graph.bytes * 2 > this.#maxBytes) {
        this.full = true;
        return true;
      }
      if (this.left > 0) {
        if (this.#pass === 'states') this.#consider(this.#cursor++);
        else this.#transitions(this.#cursor++);
      } else if (this.#pass === 'states') {
        this.#pass = 'transitions';
        this.#cursor = 0;
      } else {
        this.#graph.beginEdges(this.#graph.size);
        this.#search();
        return true;
      }
    }
    return false;
  }

  #load(state: number): void {
    this.#states.read(state, this.#state);
    this.#kernel.load(this.#state, 0);
  }

  #consider(state: number): void {
    const kernel = this.#kernel;
    const { layout } = kernel.system;
    this.#states.read(state, this.#state);
    const owed = this.#owed(layout.read(this.#state, kernel.system.monitorField(this.#guarantee)));
    if (owed === 0 || this.#demands.isHopeless(this.#state)) return;
    kernel.load(this.#state, 0);
    const demands = this.#demands;
    demands.look();
    if (demands.hopeless) return;
    this.#graph.addNode(state, owed, demands.wants, demands.excused, demands.wantsToStop, demands.excusedFromStopping);
  }

  #transitions(node: number): void {
    const kernel = this.#kernel;
    const graph = this.#graph;
    graph.beginEdges(node);
    this.#load(graph.states[node]!);
    const owed = graph.owes[node]!;
    const field = kernel.system.monitorField(this.#guarantee);
    const add = (action: number): void => {
      if ((this.#owed(kernel.after(field)) & owed) === 0) return;
      const state = this.#states.find(kernel.next);
      if (state < 0) throw new Error('a state was judged before all states were seen');
      const target = graph.nodeOf(state);
      if (target >= 0) graph.addEdge(target, action);
    };
    for (let thread = 0; thread < kernel.threads; thread++) {
      const picks = kernel.choices(thread);
      for (let pick = 0; pick < picks; pick++) {
        const fired = kernel.fire(thread, pick);
        if (fired === Fired.disabled) break;
        if (fired === Fired.stepped) add(2 * thread);
      }
      if (kernel.closing && kernel.halt(thread) === Fired.stepped) add(2 * thread + 1);
    }
  }

  /** What is owed in a state of the monitor, a bit an obligation. */
  #owed(code: number): number {
    this.#owedIn = withRoom(this.#owedIn, code + 1);
    if (this.#owedIn[code] === -1) this.#owedIn[code] = code === violatedState ? 0 : this.#bits(code);
    return this.#owedIn[code]!;
  }

  #bits(code: number): number {
    const { system } = this.#kernel;
    const names = this.#owes(system.monitors[this.#guarantee]!.states[code]);
    return names.reduce((bits, name) => {
      const bit = this.#obligations.get(name) ?? this.#obligations.size;
      if (bit === 30)
        throw new HeddleError('state-too-wide', `${system.guarantees[this.#guarantee]!.name} speaks of more than 30 obligations at once`);
      this.#obligations.set(name, bit);
      return bits | (1 << bit);
    }, 0);
  }

  #search(): void {
    const graph = this.#graph;
    const search = new (this.#parts.FairParts ?? FairParts)(graph, this.#parts.Components);
    let best: { readonly node: number; readonly part: Int32Array } | undefined;
    for (const bit of this.#obligations.values())
      search.of(1 << bit, (part) => {
        const node = part.reduce((least, each) => Math.min(least, each));
        if (best === undefined || node < best.node) best = { node, part };
      });
    if (best === undefined) return;
    const { node, part } = best;
    const loop = fairLoop(graph, part, node);
    this.found = {
      state: graph.states[node]!,
      says: loop.length === 0 ? `${this.#says}: nobody has to move any more` : this.#says,
      loop: this.#choices(node, loop),
    };
  }

  #choices(start: number, loop: readonly number[]): readonly Choice[] {
    let from = start;
    return loop.map((edge) => {
      const choice = this.#choice(from, this.#graph.targets[edge]!, this.#graph.actions[edge]!);
      from = this.#graph.targets[edge]!;
      return choice;
    });
  }

  #choice(from: number, to: number, action: number): Choice {
    const kernel = this.#kernel;
    const thread = action >> 1;
    this.#load(this.#graph.states[from]!);
    if ((action & 1) === 1) return { thread, pick: stops };
    const reached = new Int32Array(this.#states.words);
    this.#states.read(this.#graph.states[to]!, reached);
    for (let pick = 0; pick < kernel.choices(thread); pick++)
      if (kernel.fire(thread, pick) === Fired.stepped && kernel.next.every((word, k) => word === reached[k])) return { thread, pick };
    throw new Error('a transition of a loop is gone');
  }
}
