/**
 * Threads that are stuck (docs/semantics.md): no run from here on contains another step of theirs, and none ends in a
 * fault. In terms of components: a thread is stuck in some reachable state just if some bottom component of the graph has
 * no step of it and it may not rest there. So this is `AG EF`, computed as a least fixpoint over the states seen, without
 * building the components or keeping the graph's edges.
 */
import { Fired, stops, Kernel } from '../../kernel/kernel.ts';
import { firstSafe, settle } from '../../kernel/safe-steps.ts';
import type { System } from '../../kernel/system.ts';
import { Visited } from '../../kernel/visited.ts';
import type { States } from '../expander.ts';
import type { Orbits } from '../symmetry/orbits.ts';
import type { FoundInGraph, GraphPhase } from './phase.ts';

type Masks = Uint8Array | Uint16Array | Int32Array;

/**
 * Which threads can still go on from each state, as a bit mask a state: 1, 2 or 4 bytes, by the number of threads.
 *
 * The first pass goes from the last state seen to the first. A state has the bits of the threads that can go on or may rest
 * in it and, before its turn, those of the states that the search first reached from it; only where that is not all of them
 * (one state in three of compute-max-procs) are its successors looked up. Later passes, to and fro, revisit what is left
 * until nothing changes: a pass in either direction resolves any chain of steps that runs against it.
 */
export class StuckThreads implements GraphPhase {
  readonly #kernel: Kernel;
  readonly #states: States;
  /** Where the search took steps alone: then successors are looked up behind them. */
  readonly #safe: readonly Uint8Array[] | undefined;
  readonly #settler: Kernel;
  /** The state that is being looked at. */
  readonly #state: Int32Array;
  readonly #all: number;
  readonly #goesOn: Masks | undefined;
  readonly #orbits: Orbits | undefined;
  /** By thread, then local state: whether it may rest there; 0: not asked, 1: yes, 2: no. */
  readonly #rests: Uint8Array[];
  #pass: 'first' | 'down' | 'up' = 'first';
  /** The states that a later pass visits, ascending, and how many it has. */
  #left: number[] = [];
  #cursor: number;
  #changed = false;
  #finished = false;

  /**
   * @param states all reachable states: a search that ended before knows too few steps, and would find threads stuck that are not
   * @param maxBytes what the masks may take
   * @param orbits where the states are those of a search with symmetry: then a mask speaks of the threads of the least state of
   *   its orbit, and is renamed on the way from there. The fixpoint is the same for every state of an orbit, up to names
   * @param safe where the search took steps alone (safe-steps.ts)
   */
  constructor(system: System, states: States, maxBytes = Number.POSITIVE_INFINITY, orbits?: Orbits, safe?: readonly Uint8Array[]) {
    this.#kernel = new Kernel(system);
    this.#orbits = orbits;
    this.#states = states;
    this.#safe = safe;
    this.#settler = new Kernel(system);
    this.#state = new Int32Array(states.words);
    const { threads } = this.#kernel;
    this.#all = (1 << threads) - 1;
    const bytes = threads <= 8 ? 1 : threads <= 16 ? 2 : 4;
    if (bytes * states.size <= maxBytes)
      this.#goesOn = bytes === 1 ? new Uint8Array(states.size) : bytes === 2 ? new Uint16Array(states.size) : new Int32Array(states.size);
    this.#rests = Array.from({ length: threads }, () => new Uint8Array(64));
    this.#cursor = states.size;
  }

  #load(state: number): void {
    this.#states.read(state, this.#state);
    this.#kernel.load(this.#state, 0);
  }

  get full(): boolean {
    return this.#goesOn === undefined;
  }
  get left(): number {
    return this.#pass === 'first' ? this.#cursor : this.#left.length;
  }

  advance(count: number): boolean {
    const goesOn = this.#goesOn;
    if (goesOn === undefined) return true;
    for (let done = 0; done < count && !this.#finished; done++) {
      if (this.#pass === 'first') this.#first(goesOn);
      else this.#again(goesOn);
    }
    return this.#finished;
  }

  #first(goesOn: Masks): void {
    if (this.#cursor === 0) {
      this.#left.reverse();
      this.#turn('up');
      return;
    }
    const state = --this.#cursor;
    let mask = goesOn[state]!;
    if (mask !== this.#all) {
      this.#load(state);
      mask |= this.ownSteps(mask);
      if (mask !== this.#all) mask |= this.successors(mask, goesOn);
      goesOn[state] = mask;
      if (mask !== this.#all) this.#left.push(state);
    }
    const parent = this.#states.parentOf(state);
    if (parent >= 0) goesOn[parent]! |= this.#orbits === undefined ? mask : this.#orbits.whateverTheNames(mask);
  }

  #again(goesOn: Masks): void {
    if (this.#cursor === this.#left.length) {
      this.#left = this.#left.filter((state) => goesOn[state] !== this.#all);
      if (!this.#changed || this.#left.length === 0) this.#finished = true;
      else this.#turn(this.#pass === 'up' ? 'down' : 'up');
      return;
    }
    const index = this.#pass === 'up' ? this.#cursor : this.#left.length - 1 - this.#cursor;
    this.#cursor++;
    const state = this.#left[index]!;
    const before = goesOn[state]!;
    if (before === this.#all) return;
    this.#load(state);
    const mask = before | this.successors(before, goesOn);
    if (mask === before) return;
    goesOn[state] = mask;
    this.#changed = true;
  }

  #turn(pass: 'up' | 'down'): void {
    this.#pass = pass;
    this.#cursor = 0;
    this.#changed = false;
  }

  /** The threads that can go on or may rest in the kernel's state, but for those in `known`. */
  protected ownSteps(known: number): number {
    const kernel = this.#kernel;
    let mask = 0;
    for (let thread = 0; thread < kernel.threads; thread++) {
      if ((known & (1 << thread)) !== 0) continue;
      if (this.#restsAt(thread, kernel.nodeOf(thread))) mask |= 1 << thread;
      else {
        const fired = kernel.fire(thread, 0);
        if (fired === Fired.faulted) mask |= this.afterFault(1 << thread);
        if (fired === Fired.stepped) mask |= 1 << thread;
      }
    }
    return mask;
  }

  /** Who is not stuck because a run can end in a fault here: nobody is. Hooks for tests that break it on purpose, like the two around it. */
  protected afterFault(_own: number): number {
    return this.#all;
  }

  /** What the successors of the kernel's state are known to let go on. */
  protected successors(known: number, goesOn: Masks): number {
    const kernel = this.#kernel;
    let mask = known;
    const alone = this.#safe === undefined ? -1 : firstSafe(this.#safe, kernel);
    for (let thread = 0; thread < kernel.threads && mask !== this.#all; thread++) {
      if (alone >= 0 && thread !== alone) continue;
      const picks = kernel.choices(thread);
      for (let pick = 0; pick < picks; pick++) {
        const fired = kernel.fire(thread, pick);
        if (fired === Fired.disabled) break;
        if (fired === Fired.faulted) mask |= this.afterFault(0);
        else mask |= this.#afterwards(goesOn);
      }
      if (kernel.closing && kernel.halt(thread) === Fired.stepped) mask |= this.#afterwards(goesOn);
    }
    return mask;
  }

  /** What is known of the kernel's successor. */
  #afterwards(goesOn: Masks): number {
    let { next } = this.#kernel;
    if (this.#safe !== undefined) {
      this.#settler.load(next, 0);
      settle(this.#safe, this.#settler);
      next = this.#settler.current;
    }
    const element = this.#orbits?.canonical(next) ?? 0;
    const number = this.#states.find(next);
    if (number < 0) throw new Error('a state was judged before all states were seen');
    return this.renamed(goesOn[number]!, element);
  }

  /** The threads that an element puts into the places of those in a mask. A hook for tests that break it on purpose. */
  protected renamed(mask: number, element: number): number {
    const threads = element === 0 ? undefined : this.#orbits?.threads(element);
    return threads === undefined ? mask : threads.reduce((bits, to, from) => bits | (((mask >>> to) & 1) << from), 0);
  }

  #restsAt(thread: number, node: number): boolean {
    const known = this.#rests[thread]!;
    if (node >= known.length) {
      const longer = new Uint8Array(Math.max(node + 1, known.length * 2));
      longer.set(known);
      this.#rests[thread] = longer;
      return this.#restsAt(thread, node);
    }
    if (known[node] === 0) known[node] = this.#kernel.waitFor.mayRestAt(thread, node) ? 1 : 2;
    return known[node] === 1;
  }

  /** The first state seen in which a thread is stuck, and who; undefined if there is none. Valid once `advance` has answered true. */
  get found(): FoundInGraph | undefined {
    const state = this.#left[0];
    const goesOn = this.#goesOn;
    if (goesOn === undefined || state === undefined) return undefined;
    const says = (element: number): string => told(this.#kernel, this.#states, state, ~goesOn[state]!, element, this.#orbits);
    return { state, says: says(0), retold: says };
  }
}

/** Who is stuck in a state (a bit a thread), in words, where threads have changed places by an element. What the kernel has loaded is not kept. */
export function told(kernel: Kernel, states: States, state: number, stuck: number, element: number, orbits: Orbits | undefined): string {
  const packed = new Int32Array(states.words);
  states.read(state, packed);
  orbits?.apply(element, packed);
  kernel.load(packed, 0);
  const threads = element === 0 ? undefined : orbits?.threads(element);
  return sentence(kernel, threads?.reduce((bits, to, from) => bits | (((stuck >>> from) & 1) << to), 0) ?? stuck);
}

/** Who is stuck in the kernel's state (a bit a thread), in words. */
function sentence(kernel: Kernel, stuck: number): string {
  const who = Array.from({ length: kernel.threads }, (_, thread) => thread).filter((thread) => (stuck & (1 << thread)) !== 0);
  const waiting = who.map((thread) => kernel.waitFor.tellWaiting(thread)).join(', ');
  return `stuck: ${waiting}, and nothing that the others can still do lets ${who.length === 1 ? 'it' : 'any of them'} go on`;
}

/**
 * Who is stuck in one state, in words; undefined if nobody is. Explores all that can follow it.
 * @param state packed by the system's present layout; throws `Overflow` if that is too narrow
 */
export function stuckIn(system: System, state: Int32Array): string | undefined {
  const kernel = new Kernel(system);
  const visited = new Visited(system.layout.words);
  visited.add(state, -1);
  for (let number = 0; number < visited.size; number++) {
    kernel.load(visited.states, number * visited.words);
    for (let thread = 0; thread < kernel.threads; thread++) {
      const picks = kernel.choices(thread);
      for (let pick = stops; pick < picks; pick++) {
        const fired = pick === stops ? kernel.halt(thread) : kernel.fire(thread, pick);
        if (fired === Fired.stepped) visited.add(kernel.next, number);
      }
    }
  }
  const search = new StuckThreads(system, visited);
  while (!search.advance(100_000));
  const { found } = search;
  return found?.state === 0 ? found.says : undefined;
}
