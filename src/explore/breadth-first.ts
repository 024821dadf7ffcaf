import { Fired, Kernel, stops } from '../kernel/kernel.ts';
import type { LoopTables } from '../kernel/loop-tables.ts';
import { mostLoopBytes, OutOfMemory } from '../kernel/loop.ts';
import { Overflow, type System } from '../kernel/system.ts';
import { Visited } from '../kernel/visited.ts';
import { needsWholeGraph } from '../property/needs-whole-graph.ts';
import type { Choice, Schedule } from '../schedule/schedule.ts';
import type { Expander, States } from './expander.ts';
import { Findings, type Found } from './findings.ts';
import { LoopExpander } from './loop-expander.ts';
import { PlainExpander } from './plain-expander.ts';
import type { Search } from './search.ts';
import type { Cut, Exploration, Verdict, Violation } from './verdict.ts';

export interface BreadthFirstOptions {
  /** Budget for the visited states, in bytes. */
  readonly maxBytes?: number;
  /** End once all of these guarantees are violated; empty or absent: never. */
  readonly untilViolated?: readonly number[];
  /** False: by the kernel alone, which finds the same and takes longer. */
  readonly loop?: boolean;
  /** Hooks for tests that break a table on purpose. */
  readonly Visited?: typeof Visited;
  readonly LoopTables?: typeof LoopTables;
}

/** One mutex taken while another was held, both by number. */
export interface LockEdge {
  readonly held: number;
  readonly taken: number;
  /** A shortest one that ends with it. */
  readonly schedule: Schedule;
}

/**
 * Breadth-first search over packed states: every reachable state once, so what it doesn't find does not exist in the
 * scope, and what it finds it finds by a shortest run. It works in slices (`advance`), so that its caller can show
 * progress and be interrupted.
 */
export class BreadthFirst implements Search {
  readonly system: System;
  readonly #options: BreadthFirstOptions;
  #findings!: Findings;
  #expander!: Expander;
  #initial = 0;
  /** Transitions taken by expanders before the present one. */
  #transitions = 0;
  /** The next state to expand. */
  #cursor = 0;
  /** The depth of the states before `#levelEnd`. */
  #depth = 0;
  #levelEnd = 0;
  #cut: Cut | undefined;
  #finished = false;
  #milliseconds = 0;

  constructor(system: System, options: BreadthFirstOptions = {}) {
    this.system = system;
    this.#options = options;
    this.#begin();
  }

  #begin(): void {
    this.#findings = new Findings(new Kernel(this.system));
    this.#cursor = 0;
    this.#depth = 0;
    this.#transitions = 0;
    try {
      this.#expander = this.#newExpander();
      for (const state of this.system.initialStates()) this.states.add(state, -1);
    } catch (error) {
      this.#outOfMemory(error);
    }
    this.#initial = this.states.size;
    this.#levelEnd = this.#initial;
  }

  /** Makes room in a field that turned out too narrow, and goes on where the search is. */
  #widen(overflow: Overflow): void {
    const before = this.#expander;
    const { layout } = this.system;
    before.flush();
    this.system.widen(overflow);
    const { maxBytes = mostLoopBytes } = this.#options;
    // Both sets of states live side by side for a moment.
    if (before.states.full || before.states.bytes > maxBytes / 2) return this.#begin();
    const { size } = before.states;
    this.#cursor = before.current;
    this.#transitions += before.transitions;
    this.#findings = new Findings(new Kernel(this.system, this.#findings.kernel), this.#findings);
    try {
      this.#expander = this.#newExpander();
      const pack = layout.packer(this.system.layout);
      const old = new Int32Array(layout.words);
      const state = new Int32Array(this.system.layout.words);
      for (let number = 0; number < size; number++) {
        before.states.read(number, old);
        pack(old, state);
        this.states.add(state, before.states.parentOf(number));
      }
    } catch (error) {
      this.#outOfMemory(error);
    }
  }

  /** The budget does not even hold the tables. */
  #outOfMemory(error: unknown): void {
    if (!(error instanceof OutOfMemory)) throw error;
    this.#expander = new PlainExpander(this.#findings, new Visited(this.system.layout.words, 0));
    this.cut('memory');
  }

  #newExpander(): Expander {
    const { Visited: table, loop = true, maxBytes = mostLoopBytes } = this.#options;
    // Tables of automata that still grow are the kernel's only; so are more states than the loop's memory could hold.
    if (loop && table === undefined && this.system.closed && maxBytes <= 2 ** 32)
      try {
        return new LoopExpander(this.#findings, maxBytes, this.#options.LoopTables);
      } catch (error) {
        // No address space for it: the kernel does the same, slower.
        if (!(error instanceof RangeError)) throw error;
      }
    return new PlainExpander(this.#findings, new (table ?? Visited)(this.system.layout.words, maxBytes));
  }

  /** What has been done so far; `frontier` is the number of states waiting to be expanded. */
  get progress(): { readonly states: number; readonly transitions: number; readonly depth: number; readonly frontier: number } {
    const { size } = this.states;
    return { states: size, transitions: this.#transitions + this.#expander.transitions, depth: this.#depth, frontier: size - this.#cursor };
  }

  /** The states seen, packed, in the order in which they were found. */
  get states(): States {
    return this.#expander.states;
  }

  /** Expands up to `count` states. True when the search has ended. Throws HeddleError if the model is at fault. */
  advance(count: number): boolean {
    const began = performance.now();
    try {
      this.#advance(count);
    } catch (error) {
      if (error instanceof Overflow) this.#widen(error);
      else if (error instanceof OutOfMemory) this.cut('memory');
      else throw error;
    }
    this.#milliseconds += performance.now() - began;
    return this.#finished;
  }

  /** Ends the search where it is. */
  cut(reason: Cut): void {
    if (this.#finished) return;
    this.#cut = reason;
    this.#finished = true;
  }

  #advance(count: number): void {
    const expander = this.#expander;
    for (let left = count; left > 0 && !this.#finished;) {
      if (this.#cursor === this.#levelEnd) {
        expander.flush();
        if (!this.states.full) {
          // The level is complete: what it broke is shortest, and only now may the search end for it.
          if (this.states.size === this.#levelEnd) this.#finished = true;
          if (this.#finished || this.#enough()) return;
          this.#depth++;
          this.#levelEnd = this.states.size;
        }
      }
      if (this.states.full) {
        this.cut('memory');
        return;
      }
      this.#findings.depth = this.#depth;
      const before = this.#cursor;
      this.#cursor = expander.expand(before, Math.min(this.#levelEnd, before + left));
      left -= this.#cursor - before;
    }
  }

  #enough(): boolean {
    const wanted = this.#options.untilViolated ?? [];
    if (wanted.length > 0 && wanted.every((guarantee) => this.#findings.found.has(guarantee))) this.#finished = true;
    return this.#finished;
  }

  /** Whether every reachable state has been expanded. */
  get complete(): boolean {
    return this.#finished && this.#cut === undefined && this.#cursor === this.states.size;
  }

  /** What the search knows now. */
  result(): Exploration {
    const ended = this.#finished && this.#cut === undefined;
    // The level being expanded is not complete; all runs up to the level before it are.
    const steps = this.#depth;
    return {
      engine: 'exhaustive',
      states: this.states.size,
      transitions: this.#transitions + this.#expander.transitions,
      depth: this.#depth,
      milliseconds: this.#milliseconds,
      verdicts: this.system.guarantees.map((_, guarantee): Verdict => {
        const found = this.#findings.found.get(guarantee);
        if (found !== undefined)
          return { kind: 'violated', minimal: ended || found.length <= this.#depth, violation: this.#violation(guarantee, found) };
        if (this.complete && !needsWholeGraph(this.system.guarantees[guarantee]!.property))
          return { kind: 'holds', vacuous: this.#vacuous(guarantee) };
        if (ended) return { kind: 'not-found', bound: { kind: 'steps', steps }, residualRisk: null };
        return { kind: 'incomplete', cut: this.#cut ?? 'interrupted', steps };
      }),
    };
  }

  #vacuous(guarantee: number): boolean {
    const { property } = this.system.guarantees[guarantee]!;
    const monitor = this.system.monitors[guarantee];
    if (monitor !== undefined) return monitor.vacuous;
    return property.kind === 'lockOrder' && this.#findings.kernel.ranks.edgeCount === 0;
  }

  #violation(guarantee: number, { state, choice, says }: Found): Violation {
    const schedule = this.scheduleTo(state);
    return { guarantee, says, schedule: choice === undefined ? schedule : { ...schedule, choices: [...schedule.choices, choice] } };
  }

  /**
   * Which mutexes were taken, or asked for, under which so far (numbers of the system's mutexes), each with a shortest
   * schedule that ends with it, shortest first.
   */
  lockEdges(): readonly LockEdge[] {
    const { length } = this.system.mutexes;
    return [...this.#findings.lockEdges].map(([edge, { state, choice }]) => {
      const { initial, choices } = this.scheduleTo(state);
      return { held: Math.floor(edge / length), taken: edge % length, schedule: { initial, choices: [...choices, choice] } };
    });
  }

  /** A shortest schedule to a visited state, by its number. */
  scheduleTo(state: number): Schedule {
    const path: number[] = [];
    let first = state;
    for (; this.states.parentOf(first) >= 0; first = this.states.parentOf(first)) path.push(first);
    const choices: Choice[] = [];
    let from = first;
    for (const to of path.reverse()) {
      choices.push(this.#choiceBetween(from, to));
      from = to;
    }
    return { initial: first, choices };
  }

  /** Which choice leads from a state to a state that it was the parent of: the first that does, as in the search. */
  #choiceBetween(from: number, to: number): Choice {
    const { kernel } = this.#findings;
    const before = new Int32Array(this.states.words);
    const after = new Int32Array(this.states.words);
    this.states.read(from, before);
    this.states.read(to, after);
    kernel.load(before, 0);
    const reached = (): boolean => kernel.next.every((word, k) => word === after[k]);
    for (let thread = 0; thread < kernel.threads; thread++) {
      for (let pick = 0; pick < kernel.choices(thread); pick++)
        if (kernel.fire(thread, pick) === Fired.stepped && reached()) return { thread, pick };
      if (kernel.halt(thread) === Fired.stepped && reached()) return { thread, pick: stops };
    }
    throw new Error(`no choice leads from state ${from} to ${to}`);
  }
}
