import { Judge, type Note } from '../kernel/judge.ts';
import { Fired, Kernel, stops } from '../kernel/kernel.ts';
import { Overflow, type System } from '../kernel/system.ts';
import { Visited } from '../kernel/visited.ts';
import { needsWholeGraph } from '../property/needs-whole-graph.ts';
import type { Choice, Schedule } from '../schedule/schedule.ts';
import type { Search } from './search.ts';
import type { Cut, Exploration, Verdict, Violation } from './verdict.ts';

export interface BreadthFirstOptions {
  /** Budget for the visited states, in bytes. */
  readonly maxBytes?: number;
  /** End once all of these guarantees are violated; empty or absent: never. */
  readonly untilViolated?: readonly number[];
  /** A hook for tests that break the table on purpose. */
  readonly Visited?: typeof Visited;
}

/** One mutex taken while another was held, both by number. */
export interface LockEdge {
  readonly held: number;
  readonly taken: number;
  /** A shortest one that ends with it. */
  readonly schedule: Schedule;
}

/** A violation as it was found: the state before, and the choice that broke the guarantee, or none if the state itself does. */
interface Found {
  readonly state: number;
  readonly choice: Choice | undefined;
  readonly says: string;
  /** Steps of the run that shows it. */
  readonly length: number;
}

/**
 * Breadth-first search over packed states: every reachable state once, so what it doesn't find does not exist in the
 * scope, and what it finds it finds by a shortest run. It works in slices (`advance`), so that its caller can show
 * progress and be interrupted.
 */
export class BreadthFirst implements Search {
  readonly system: System;
  readonly #options: BreadthFirstOptions;
  #kernel!: Kernel;
  #visited!: Visited;
  #initial = 0;
  /** The next state to expand. */
  #cursor = 0;
  #transitions = 0;
  /** The depth of the states before `#levelEnd`. */
  #depth = 0;
  #levelEnd = 0;
  #found = new Map<number, Found>();
  /** The first step that took each of the kernel's lock edges. */
  #lockEdges = new Map<number, { readonly state: number; readonly choice: Choice }>();
  #cut: Cut | undefined;
  #finished = false;
  #milliseconds = 0;
  #judge!: Judge;
  /** The state that is being expanded, and the choice that is being tried in it. */
  #expanding = 0;
  #trying: Choice | undefined;
  readonly #note: Note = (guarantee, says) => {
    // A state is judged when it is expanded, so a step of another state of its level may have been noted before it.
    const length = this.#depth + (this.#trying === undefined ? 0 : 1);
    const known = this.#found.get(guarantee);
    if (known === undefined || known.length > length)
      this.#found.set(guarantee, { state: this.#expanding, choice: this.#trying, says, length });
  };

  constructor(system: System, options: BreadthFirstOptions = {}) {
    this.system = system;
    this.#options = options;
    this.#begin();
  }

  #begin(): void {
    this.#kernel = new Kernel(this.system);
    this.#judge = new Judge(this.#kernel);
    this.#visited = new (this.#options.Visited ?? Visited)(this.system.layout.words, this.#options.maxBytes);
    for (const state of this.system.initialStates()) this.#visited.add(state, -1);
    this.#initial = this.#visited.size;
    this.#cursor = 0;
    this.#transitions = 0;
    this.#depth = 0;
    this.#levelEnd = this.#initial;
    this.#found = new Map();
    this.#lockEdges = new Map();
  }

  /** What has been done so far; `frontier` is the number of states waiting to be expanded. */
  get progress(): { readonly states: number; readonly transitions: number; readonly depth: number; readonly frontier: number } {
    return { states: this.#visited.size, transitions: this.#transitions, depth: this.#depth, frontier: this.#visited.size - this.#cursor };
  }

  /** The states seen, packed, and how many words each takes. For tests that compare engines. */
  get visited(): Visited {
    return this.#visited;
  }

  /** Expands up to `count` states. True when the search has ended. Throws HeddleError if the model is at fault. */
  advance(count: number): boolean {
    const began = performance.now();
    try {
      this.#advance(count);
    } catch (error) {
      if (!(error instanceof Overflow)) throw error;
      // A field was too narrow: states packed so far are of no use, but all that was learned is.
      this.system.widen(error);
      this.#begin();
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
    const kernel = this.#kernel;
    const judge = this.#judge;
    const visited = this.#visited;
    const { threads } = kernel;
    const { words } = visited;
    for (let done = 0; done < count && !this.#finished; done++) {
      const state = this.#cursor;
      if (state === this.#levelEnd || state === visited.size) visited.flush();
      if (visited.full) {
        this.cut('memory');
        return;
      }
      if (state === visited.size) {
        this.#finished = true;
        return;
      }
      if (state === this.#levelEnd) {
        // The level is complete: what it broke is shortest, and only now may the search end for it.
        if (this.#enough()) return;
        this.#depth++;
        this.#levelEnd = visited.size;
      }
      this.#cursor++;
      kernel.load(visited.states, state * words);
      this.#expanding = state;
      this.#trying = undefined;
      judge.invariants(this.#note);
      let enabled = 0;
      for (let thread = 0; thread < threads; thread++) {
        const picks = kernel.choices(thread);
        for (let pick = 0; pick < picks; pick++) {
          const fired = kernel.fire(thread, pick);
          if (fired === Fired.disabled) break;
          enabled++;
          if (kernel.ranks.edgeCount > this.#lockEdges.size) this.#witness({ thread, pick });
          if (fired === Fired.stepped) visited.stage(kernel.next, state);
          if (fired === Fired.faulted || kernel.violations > 0) this.#judgeStep(fired, thread, pick);
        }
        if (kernel.closing && kernel.halt(thread) === Fired.stepped) {
          enabled++;
          visited.stage(kernel.next, state);
          if (kernel.violations > 0) this.#judgeStep(Fired.stepped, thread, stops);
        }
      }
      this.#transitions += enabled;
      if (enabled === 0 || judge.concerned(this.#found)) {
        this.#trying = undefined;
        judge.future(enabled, this.#note);
      }
    }
  }

  #judgeStep(fired: number, thread: number, pick: number): void {
    this.#trying = { thread, pick };
    this.#judge.step(fired, this.#note);
  }

  #enough(): boolean {
    const wanted = this.#options.untilViolated ?? [];
    if (wanted.length > 0 && wanted.every((guarantee) => this.#found.has(guarantee))) this.#finished = true;
    return this.#finished;
  }

  /** Whether every reachable state has been expanded. */
  get complete(): boolean {
    return this.#finished && this.#cut === undefined && this.#cursor === this.#visited.size;
  }

  /** What the search knows now. */
  result(): Exploration {
    const ended = this.#finished && this.#cut === undefined;
    // The level being expanded is not complete; all runs up to the level before it are.
    const steps = this.#depth;
    return {
      engine: 'exhaustive',
      states: this.#visited.size,
      transitions: this.#transitions,
      depth: this.#depth,
      milliseconds: this.#milliseconds,
      verdicts: this.system.guarantees.map((_, guarantee): Verdict => {
        const found = this.#found.get(guarantee);
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
    return property.kind === 'lockOrder' && this.#kernel.ranks.edgeCount === 0;
  }

  #violation(guarantee: number, { state, choice, says }: Found): Violation {
    const schedule = this.scheduleTo(state);
    return { guarantee, says, schedule: choice === undefined ? schedule : { ...schedule, choices: [...schedule.choices, choice] } };
  }

  /** Keeps which step was the first to take the lock edges that are new. */
  #witness(choice: Choice): void {
    this.#kernel.ranks.edges.forEach((taken, edge) => {
      if (taken === 1 && !this.#lockEdges.has(edge)) this.#lockEdges.set(edge, { state: this.#expanding, choice });
    });
  }

  /**
   * Which mutexes were taken, or asked for, under which so far (numbers of the system's mutexes), each with a shortest
   * schedule that ends with it, shortest first.
   */
  lockEdges(): readonly LockEdge[] {
    const { length } = this.system.mutexes;
    return [...this.#lockEdges].map(([edge, { state, choice }]) => {
      const { initial, choices } = this.scheduleTo(state);
      return { held: Math.floor(edge / length), taken: edge % length, schedule: { initial, choices: [...choices, choice] } };
    });
  }

  /** A shortest schedule to a visited state, by its number. */
  scheduleTo(state: number): Schedule {
    const path: number[] = [];
    let first = state;
    for (; this.#visited.parents[first]! >= 0; first = this.#visited.parents[first]!) path.push(first);
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
    const kernel = this.#kernel;
    const { states, words } = this.#visited;
    kernel.load(states, from * words);
    const reached = (): boolean => kernel.next.every((word, k) => word === states[to * words + k]);
    for (let thread = 0; thread < kernel.threads; thread++) {
      for (let pick = 0; pick < kernel.choices(thread); pick++)
        if (kernel.fire(thread, pick) === Fired.stepped && reached()) return { thread, pick };
      if (kernel.halt(thread) === Fired.stepped && reached()) return { thread, pick: stops };
    }
    throw new Error(`no choice leads from state ${from} to ${to}`);
  }
}
