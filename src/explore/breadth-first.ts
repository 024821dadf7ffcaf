import { Fired, Kernel, stops } from '../kernel/kernel.ts';
import { Overflow, type System } from '../kernel/system.ts';
import { Visited } from '../kernel/visited.ts';
import type { Choice, Schedule } from '../schedule/schedule.ts';
import type { Cut, Exploration, Verdict, Violation } from './verdict.ts';

export interface BreadthFirstOptions {
  /** Budget for the visited states, in bytes. */
  readonly maxBytes?: number;
  /** End once all of these guarantees are violated; empty or absent: never. */
  readonly untilViolated?: readonly number[];
  /** A hook for tests that break the table on purpose. */
  readonly Visited?: typeof Visited;
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
export class BreadthFirst {
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
  #cut: Cut | undefined;
  #finished = false;
  #milliseconds = 0;
  readonly #builtIn: { readonly notStuck: number; readonly lockDiscipline: number; readonly noThrow: number };

  constructor(system: System, options: BreadthFirstOptions = {}) {
    this.system = system;
    this.#options = options;
    const byKind = (kind: string): number => system.guarantees.findIndex(({ property }) => property.kind === kind);
    this.#builtIn = { notStuck: byKind('notStuck'), lockDiscipline: byKind('lockDiscipline'), noThrow: byKind('noThrow') };
    this.#begin();
  }

  #begin(): void {
    this.#kernel = new Kernel(this.system);
    this.#visited = new (this.#options.Visited ?? Visited)(this.system.layout.words, this.#options.maxBytes);
    for (const state of this.system.initialStates()) this.#visited.add(state, -1);
    this.#initial = this.#visited.size;
    this.#cursor = 0;
    this.#transitions = 0;
    this.#depth = 0;
    this.#levelEnd = this.#initial;
    this.#found = new Map();
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
      this.#checkInvariants(state);
      let enabled = 0;
      for (let thread = 0; thread < threads; thread++) {
        const picks = kernel.choices(thread);
        for (let pick = 0; pick < picks; pick++) {
          const fired = kernel.fire(thread, pick);
          if (fired === Fired.disabled) break;
          enabled++;
          this.#transitions++;
          if (fired === Fired.faulted) {
            this.#note(
              kernel.fault.category === 'lock' ? this.#builtIn.lockDiscipline : this.#builtIn.noThrow,
              state,
              { thread, pick },
              kernel.fault.says,
            );
            continue;
          }
          if (kernel.violations > 0) this.#noteAll(state, { thread, pick });
          visited.stage(kernel.next, state);
        }
        if (kernel.closing && kernel.halt(thread) === Fired.stepped) {
          enabled++;
          this.#transitions++;
          if (kernel.violations > 0) this.#noteAll(state, { thread, pick: stops });
          visited.stage(kernel.next, state);
        }
      }
      if (enabled === 0) this.#checkTerminal(state);
      else if (kernel.waiting > 1 && !this.#found.has(this.#builtIn.notStuck)) {
        const cycle = kernel.waitForCycle();
        if (cycle !== undefined) this.#note(this.#builtIn.notStuck, state, undefined, cycle);
      }
    }
  }

  #enough(): boolean {
    const wanted = this.#options.untilViolated ?? [];
    if (wanted.length > 0 && wanted.every((guarantee) => this.#found.has(guarantee))) this.#finished = true;
    return this.#finished;
  }

  #note(guarantee: number, state: number, choice: Choice | undefined, says: string): void {
    // A state at the end of a level may break by itself what a step from another one, before it, has broken: one step less.
    const length = this.#depth + (choice === undefined ? 0 : 1);
    if (guarantee >= 0 && length < (this.#found.get(guarantee)?.length ?? Number.POSITIVE_INFINITY))
      this.#found.set(guarantee, { state, choice, says, length });
  }

  #noteAll(state: number, choice: Choice): void {
    for (let k = 0; k < this.#kernel.violations; k++) this.#note(this.#kernel.violated[k]!, state, choice, this.#kernel.says[k]!);
  }

  #checkInvariants(state: number): void {
    const { invariants } = this.system;
    for (let k = 0; k < invariants.length; k++)
      if (!this.#kernel.properties.invariantHolds(k, this.#kernel.current)) this.#note(invariants[k]!.guarantee, state, undefined, '');
  }

  #checkTerminal(state: number): void {
    const deadlock = this.#kernel.waitForCycle() ?? this.#kernel.deadlock();
    if (deadlock !== undefined) this.#note(this.#builtIn.notStuck, state, undefined, deadlock);
    this.system.monitors.forEach((monitor, guarantee) => {
      const wrong = monitor?.atEnd(this.#kernel.get(this.system.monitorField(guarantee)));
      if (wrong !== undefined) this.#note(guarantee, state, undefined, wrong);
    });
  }

  /** What the search knows now. */
  result(): Exploration {
    const ended = this.#finished && this.#cut === undefined;
    const complete = ended && this.#cursor === this.#visited.size;
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
        if (found !== undefined) return { kind: 'violated', minimal: true, violation: this.#violation(guarantee, found) };
        if (complete) return { kind: 'holds', vacuous: this.#vacuous(guarantee) };
        if (ended) return { kind: 'not-found', bound: { kind: 'steps', steps } };
        return { kind: 'incomplete', cut: this.#cut ?? 'interrupted', steps };
      }),
    };
  }

  #vacuous(guarantee: number): boolean {
    const { property } = this.system.guarantees[guarantee]!;
    if (property.kind === 'monitor') return !this.system.monitors[guarantee]!.triggered;
    return property.kind === 'lockOrder' && !this.#kernel.nested;
  }

  #violation(guarantee: number, { state, choice, says }: Found): Violation {
    const schedule = this.scheduleTo(state);
    return { guarantee, says, schedule: choice === undefined ? schedule : { ...schedule, choices: [...schedule.choices, choice] } };
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
