/**
 * The smallest violation of a guarantee, with a proof that none is smaller.
 *
 * Iterative context bounding (Musuvathi and Qadeer, PLDI 2007) as a shortest-path search (0-1 breadth-first, in layers):
 * the nodes are pairs of a state and the thread that runs in it, a step costs what it adds to the size of the run (see
 * size.ts: a preemption, say, or nothing) and one step. Levels of equal size are searched completely one after the other,
 * each by steps, so the first violation is the lexicographically smallest. Where we differ from the paper: any number of
 * measures, not preemptions alone; and states are matched, exactly.
 *
 * Which thread runs belongs to the node: whether leaving it is a preemption hangs on it, and with states alone the first
 * thread to reach one would decide that for all, which overstates minima. No partial-order reduction: it keeps a run of
 * each class, not the one with the fewest preemptions.
 */
import { Judge, type Note } from '../kernel/judge.ts';
import { Fired, Kernel, stops } from '../kernel/kernel.ts';
import { Opcode } from '../kernel/opcode.ts';
import { Overflow, type System } from '../kernel/system.ts';
import { Visited } from '../kernel/visited.ts';
import { needsWholeGraph } from '../property/needs-whole-graph.ts';
import { judgedOnTheWay } from '../property/judged-on-the-way.ts';
import { RoundStarts } from '../schedule/round-starts.ts';
import type { Choice, Schedule } from '../schedule/schedule.ts';
import { Level } from './level.ts';
import { MonitorMemory } from './monitor-memory.ts';
import { NodeLayout } from './node-layout.ts';
import type { Progress, Search } from './search.ts';
import { byPreemptions, compareSizes, type Order, type Size } from './size.ts';
import type { Certificate, Cut, Violation } from './verdict.ts';

export interface MinimalSearchOptions {
  /** What makes a run small, before its steps; preemptions unless told otherwise. */
  readonly order?: Order;
  /** Budget for the states (with their running threads) that are searched; the same on every machine. */
  readonly maxStates?: number | undefined;
  /** Budget for the visited states, in bytes. */
  readonly maxBytes?: number | undefined;
  /** A hook for tests that break the table on purpose. */
  readonly Visited?: typeof Visited;
}

/** What came of looking for the smallest violation. */
export type Minimum =
  /** None is smaller: its certificate is minimal. */
  | { readonly kind: 'violated'; readonly violation: Violation & { readonly certificate: Certificate }; readonly size: Size }
  /** Every run was searched, and none breaks the guarantee. */
  | { readonly kind: 'none'; readonly states: number }
  /** A budget ended first; the certificate says what is excluded all the same, and is not minimal. */
  | { readonly kind: 'open'; readonly cut: Cut | 'states'; readonly certificate: Certificate };

interface Found {
  readonly node: number;
  readonly choice: Choice | undefined;
  readonly says: string;
  readonly steps: number;
}

/** Nodes that are expanded between two looks at the budget. */
const chunk = 512;

export class MinimalSearch implements Search<Minimum> {
  /** The system given, where only the guarantee is judged. */
  readonly system: System;
  readonly #guarantee: number;
  readonly #order: Order;
  readonly #options: MinimalSearchOptions;
  // What a step may cost, as sets of bits, one bit a measure; 0: nothing but a step.
  readonly #forThread: number;
  readonly #forChoice: number;
  readonly #forPreemption: number;
  readonly #environment: readonly boolean[];
  /** Whether the guarantee is judged by who waits for whom: then all threads are tried in every state. */
  readonly #asksWhoWaits: boolean;
  readonly #roundStarts: RoundStarts;
  readonly #memory: MonitorMemory;
  #kernel!: Kernel;
  #judge!: Judge;
  #layout!: NodeLayout;
  #visited!: Visited;
  #levels = new Map<string, Level>();
  #level!: Level;
  /** Steps to the nodes that are being expanded. */
  #steps = 0;
  /** By node: the set of costs (bit `cost`) that steps from it have; bit 0: whether leaving its running thread is a preemption. */
  #leaves: Uint8Array<ArrayBuffer> = new Uint8Array(1 << 12);
  #found: Found | undefined;
  #search!: Generator<number, void>;
  #transitions = 0;
  #finished = false;
  #cut: Cut | 'states' | undefined;
  // The node that is being expanded.
  #node = 0;
  #running = -1;
  #acted = 0;
  #trying: Choice | undefined;
  readonly #note: Note = (guarantee, says) => {
    if (guarantee !== this.#guarantee) return;
    const steps = this.#steps + (this.#trying === undefined ? 0 : 1);
    if (this.#found === undefined || this.#found.steps > steps) this.#found = { node: this.#node, choice: this.#trying, says, steps };
  };

  /**
   * @param guarantee its number among the system's
   * @throws RangeError if it is not judged on steps and states (see `judgedOnTheWay`)
   */
  constructor(system: System, guarantee: number, options: MinimalSearchOptions = {}) {
    const { order = byPreemptions } = options;
    const { name, property } = system.guarantees[guarantee]!;
    if (!judgedOnTheWay(property)) throw new RangeError(`${name} is not judged on steps and states`);
    this.system = system.judging([guarantee]);
    this.#guarantee = guarantee;
    this.#order = order;
    this.#options = options;
    const bitOf = (measure: Order[number]): number => (order.includes(measure) ? 1 << order.indexOf(measure) : 0);
    this.#forThread = bitOf('threads');
    this.#forChoice = bitOf('choices');
    this.#forPreemption = bitOf('preemptions');
    this.#environment = system.scenario.threads.map(({ environment }) => environment);
    this.#asksWhoWaits = property.kind === 'notStuck' || property.kind === 'neverDelayedBy';
    this.#roundStarts = new RoundStarts(this.system);
    this.#memory = new MonitorMemory(this.system, options.maxBytes ?? Number.POSITIVE_INFINITY);
    this.#begin();
  }

  #begin(): void {
    this.#layout = new NodeLayout(this.system, this.#forThread !== 0);
    this.#kernel = new Kernel(this.system);
    this.#judge = new Judge(this.#kernel);
    this.#visited = new (this.#options.Visited ?? Visited)(this.#layout.words, this.#options.maxBytes);
    this.#levels = new Map();
    this.#found = undefined;
    this.#transitions = 0;
    this.#search = this.#explore();
  }

  get progress(): Progress {
    return { states: this.#visited.size, transitions: this.#transitions, depth: this.#steps, frontier: this.#finished ? 0 : 1 };
  }

  /** Expands about `count` nodes. True when the search has ended. Throws HeddleError if the model is at fault. */
  advance(count: number): boolean {
    try {
      for (let left = count; left > 0 && !this.#finished;) {
        const { done, value } = this.#search.next();
        if (done === true) this.#finished = true;
        else left -= value;
        if (!this.#finished && (this.#visited.full || this.#memory.isFull(this.#visited.bytes))) this.cut('memory');
        if (!this.#finished && this.#visited.size > (this.#options.maxStates ?? Number.POSITIVE_INFINITY)) this.cut('states');
      }
    } catch (error) {
      if (!(error instanceof Overflow)) throw error;
      this.system.widen(error);
      this.#begin();
    }
    return this.#finished;
  }

  /** Ends the search where it is. */
  cut(reason: Cut | 'states'): void {
    if (this.#finished) return;
    this.#cut = reason;
    this.#finished = true;
  }

  /** Searches level after level; yields how many nodes it has expanded since it last did. */
  *#explore(): Generator<number, void> {
    this.#level = new Level(
      this.#order.map(() => 0),
      0,
      0,
    );
    for (const state of this.system.initialStates()) this.#visited.add(this.#layout.node(state, -1, 0), -1);
    this.#level.close(this.#visited.size);
    for (let sources: readonly Source[] = []; ; sources = this.#sourcesOf(this.#level.of)) {
      const level = this.#level;
      this.#levels.set(level.of.join(), level);
      const last = Math.max(-1, ...sources.map((source) => source.level.lastSteps));
      this.#steps = level.firstSteps - (sources.length === 0 ? 0 : 1);
      for (; this.#steps <= last || level.to(this.#steps) > level.from(this.#steps); this.#steps++) {
        yield* this.#expandAll(level, 0);
        for (const { level: smaller, cost } of sources) yield* this.#expandAll(smaller, cost);
        this.#visited.flush();
        if (this.#visited.full) return this.cut('memory');
        level.close(this.#visited.size);
        // All runs of this size with fewer steps have been judged, so what was found is smallest.
        if (this.#found !== undefined) return;
      }
      const next = this.#nextLevel();
      if (next === undefined) return;
      const firstSteps = Math.min(...this.#sourcesOf(next).map((source) => source.level.firstSteps)) + 1;
      this.#level = new Level(next, this.#visited.size, firstSteps);
    }
  }

  /** Takes the steps of this cost from all nodes of a level that are as many steps away as is being searched. */
  *#expandAll(level: Level, cost: number): Generator<number, void> {
    const to = level.to(this.#steps);
    for (let from = level.from(this.#steps); from < to; from += chunk) {
      const end = Math.min(to, from + chunk);
      if (cost === 0) for (let node = from; node < end; node++) this.#expand(node, level);
      else for (let node = from; node < end; node++) if ((this.#leaves[node]! & (1 << cost)) !== 0) this.#leave(node, cost);
      yield end - from;
    }
  }

  #load(node: number): void {
    const state = this.#layout.read(this.#visited.states, node);
    this.#kernel.load(state, 0);
    this.#node = node;
    this.#running = this.#layout.running;
    this.#acted = this.#layout.acted;
    this.#trying = undefined;
  }

  /** Judges a node's state, takes its steps that cost nothing, and notes which others it has. */
  #expand(node: number, level: Level): void {
    const kernel = this.#kernel;
    this.#load(node);
    this.#judge.invariants(this.#note);
    const running = this.#running;
    const preemptible = running >= 0 && kernel.fire(running, 0) !== Fired.disabled;
    kernel.waiting = 0;
    let enabled = 0;
    let leaves = 0;
    for (let thread = 0; thread < kernel.threads; thread++) {
      const cost = this.#costOf(thread, preemptible);
      if (cost === 0) enabled += this.#fire(thread);
      else {
        leaves |= 1 << cost;
        if (this.#asksWhoWaits && kernel.fire(thread, 0) !== Fired.disabled) enabled++;
      }
      if (!kernel.closing) continue;
      const costOfStopping = this.#costOfLeaving(thread, preemptible);
      if (costOfStopping === 0) enabled += this.#halt(thread);
      else leaves |= 1 << costOfStopping;
    }
    if (node >= this.#leaves.length) this.#leaves = grown(this.#leaves, node);
    this.#leaves[node] = leaves | (preemptible ? 1 : 0);
    level.leaves |= leaves;
    if (enabled === 0 && !preemptible) enabled = this.#enabled();
    this.#trying = undefined;
    if (enabled === 0 || this.#judge.concerned(nothing)) this.#judge.future(enabled, this.#note);
  }

  /** Takes a node's steps of a cost. */
  #leave(node: number, cost: number): void {
    const kernel = this.#kernel;
    this.#load(node);
    const preemptible = (this.#leaves[node]! & 1) !== 0;
    for (let thread = 0; thread < kernel.threads; thread++) {
      if (this.#costOf(thread, preemptible) === cost) this.#fire(thread);
      if (kernel.closing && this.#costOfLeaving(thread, preemptible) === cost) this.#halt(thread);
    }
  }

  /** What the pending operation of a thread costs. */
  #costOf(thread: number, preemptible: boolean): number {
    let cost = this.#costOfLeaving(thread, preemptible);
    if (this.#forThread !== 0 && ((this.#acted >>> thread) & 1) === 0) cost |= this.#forThread;
    if (this.#forChoice !== 0 && this.#kernel.choices(thread) > 1) cost |= this.#forChoice;
    return cost;
  }

  #costOfLeaving(thread: number, preemptible: boolean): number {
    return preemptible && thread !== this.#running && !this.#environment[thread]! ? this.#forPreemption : 0;
  }

  /** Takes the thread's pending operation in all its ways. Returns how many there are. */
  #fire(thread: number): number {
    const kernel = this.#kernel;
    const picks = kernel.choices(thread);
    for (let pick = 0; pick < picks; pick++) {
      const fired = kernel.fire(thread, pick);
      if (fired === Fired.disabled) return pick;
      this.#transitions++;
      if (fired === Fired.stepped) this.#stage(thread, this.#forThread === 0 ? 0 : this.#acted | (1 << thread));
      if (fired === Fired.faulted || kernel.violations > 0) this.#judgeStep(fired, thread, pick);
    }
    return picks;
  }

  #halt(thread: number): number {
    if (this.#kernel.halt(thread) !== Fired.stepped) return 0;
    this.#transitions++;
    this.#stage(thread, this.#acted);
    if (this.#kernel.violations > 0) this.#judgeStep(Fired.stepped, thread, stops);
    return 1;
  }

  #judgeStep(fired: number, thread: number, pick: number): void {
    this.#trying = { thread, pick };
    this.#judge.step(fired, this.#note);
    this.#trying = undefined;
  }

  #stage(thread: number, acted: number): void {
    this.#visited.stage(this.#layout.node(this.#kernel.next, this.#runningAfter(thread), acted), this.#node);
  }

  /** Which thread runs after a step of this one. */
  #runningAfter(thread: number): number {
    return this.#environment[thread]! ? this.#running : this.#isResting(thread) ? -1 : thread;
  }

  /** Whether the thread, after its step, is done or a daemon that sleeps: until it steps again nobody preempts it. */
  #isResting(thread: number): boolean {
    const kernel = this.#kernel;
    const node = kernel.after(this.system.nodeField(thread));
    return kernel.programs[thread]!.opcode[node] === Opcode.done || this.#roundStarts.includes(thread, node);
  }

  /** How many threads can step in the current state. */
  #enabled(): number {
    const kernel = this.#kernel;
    let enabled = 0;
    kernel.waiting = 0;
    for (let thread = 0; thread < kernel.threads; thread++) {
      if (kernel.fire(thread, 0) !== Fired.disabled) enabled++;
      if (kernel.closing && kernel.halt(thread) === Fired.stepped) enabled++;
    }
    return enabled;
  }

  /** The levels that steps lead from to this one, and what those steps cost. */
  #sourcesOf(of: readonly number[]): readonly Source[] {
    return this.#costs().flatMap((cost) => {
      const level = this.#levels.get(of.map((count, k) => count - ((cost >>> k) & 1)).join());
      return level !== undefined && (level.leaves & (1 << cost)) !== 0 ? [{ level, cost }] : [];
    });
  }

  /** All costs but that of nothing. */
  #costs(): readonly number[] {
    return Array.from({ length: (1 << this.#order.length) - 1 }, (_, k) => k + 1);
  }

  /** The smallest level that steps lead to and that has not been searched. */
  #nextLevel(): readonly number[] | undefined {
    return [...this.#levels.values()]
      .flatMap(({ of, leaves }) =>
        this.#costs()
          .filter((cost) => (leaves & (1 << cost)) !== 0)
          .map((cost) => of.map((count, k) => count + ((cost >>> k) & 1))),
      )
      .filter((of) => !this.#levels.has(of.join()))
      .sort(compareSizes)[0];
  }

  /** What the search knows now. */
  result(): Minimum {
    if (this.#cut !== undefined || !this.#finished) {
      const cut = this.#cut ?? 'interrupted';
      return { kind: 'open', cut, certificate: this.#certificate([...this.#level.of, this.#steps], false) };
    }
    if (this.#found === undefined) return { kind: 'none', states: this.#visited.size };
    const { node, choice, says, steps } = this.#found;
    const size = [...this.#level.of, steps];
    const schedule = this.#scheduleTo(node);
    const choices = choice === undefined ? schedule.choices : [...schedule.choices, choice];
    const certificate = this.#certificate(size, true);
    return { kind: 'violated', size, violation: { guarantee: this.#guarantee, says, schedule: { ...schedule, choices }, certificate } };
  }

  #certificate(excludes: Size, minimal: boolean): Certificate {
    const levels = [...this.#levels.values()];
    const states = this.#order.map((_, k) =>
      levels
        .filter(({ of }) => compareSizes(of.slice(0, k), excludes) === 0 && of[k]! < excludes[k]!)
        .reduce((sum, level) => sum + level.end - level.start, 0),
    );
    const { start } = this.#level;
    const sought = needsWholeGraph(this.system.guarantees[this.#guarantee]!.property)
      ? ({ sought: 'wait-for cycles and bad ends' } as const)
      : {};
    return { minimal, order: this.#order, excludes, states: [...states, this.#level.from(excludes.at(-1)!) - start], ...sought };
  }

  /** A smallest schedule to a node. */
  #scheduleTo(node: number): Schedule {
    const { parents } = this.#visited;
    const path = [node];
    while (parents[path[0]!]! >= 0) path.unshift(parents[path[0]!]!);
    return { initial: path[0]!, choices: path.slice(1).map((to, step) => this.#choiceBetween(path[step]!, to)) };
  }

  /** Which choice leads from a node to one that it was the parent of. */
  #choiceBetween(from: number, to: number): Choice {
    const kernel = this.#kernel;
    const { words } = this.#layout;
    const wanted = this.#visited.states.slice(to * words, (to + 1) * words);
    const cost = this.#costBetween(from, to);
    this.#load(from);
    const preemptible = (this.#leaves[from]! & 1) !== 0;
    const leads = (thread: number, acted: number): boolean =>
      this.#layout.node(kernel.next, this.#runningAfter(thread), acted).every((word, k) => word === wanted[k]);
    for (let thread = 0; thread < kernel.threads; thread++) {
      const acted = this.#forThread === 0 ? 0 : this.#acted | (1 << thread);
      if (this.#costOf(thread, preemptible) === cost)
        for (let pick = 0; pick < kernel.choices(thread); pick++)
          if (kernel.fire(thread, pick) === Fired.stepped && leads(thread, acted)) return { thread, pick };
      if (this.#costOfLeaving(thread, preemptible) === cost && kernel.halt(thread) === Fired.stepped && leads(thread, this.#acted))
        return { thread, pick: stops };
    }
    throw new Error(`no choice leads from node ${from} to ${to}`);
  }

  #costBetween(from: number, to: number): number {
    const [less, more] = [from, to].map((node) => [...this.#levels.values()].find(({ start, end }) => node >= start && node < end)!.of);
    return more!.reduce((cost, count, k) => cost | (count > less![k]! ? 1 << k : 0), 0);
  }
}

/** A level that steps of some cost lead from. */
interface Source {
  readonly level: Level;
  readonly cost: number;
}

/** Nothing is known to be violated. */
const nothing: ReadonlyMap<number, unknown> = new Map();

function grown(array: Uint8Array<ArrayBuffer>, index: number): Uint8Array<ArrayBuffer> {
  const longer = new Uint8Array(Math.max(index + 1, array.length * 2));
  longer.set(array);
  return longer;
}
