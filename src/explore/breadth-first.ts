import { Kernel } from '../kernel/kernel.ts';
import { mostLoopBytes as mostOfAnyLoop, OutOfMemory } from '../kernel/loop.ts';
import { Overflow, type System } from '../kernel/system.ts';
import { Visited } from '../kernel/visited.ts';
import { needsWholeGraph } from '../property/needs-whole-graph.ts';
import { run } from '../schedule/run.ts';
import type { Choice, Schedule } from '../schedule/schedule.ts';
import type { Expander, Range, States } from './expander.ts';
import { Findings, type Found } from './findings.ts';
import type { GraphPhase } from './liveness/phase.ts';
import { StuckThreads } from './liveness/stuck.ts';
import { LoopExpander, type LoopParts } from './loop-expander.ts';
import { pathTo, type Path } from './path.ts';
import { PlainExpander } from './plain-expander.ts';
import type { Team } from './team.ts';
import { MonitorMemory } from './monitor-memory.ts';
import type { Search } from './search.ts';
import { takeOver } from './take-over.ts';
import { Asymmetry } from './symmetry/monitor-images.ts';
import { Orbits } from './symmetry/orbits.ts';
import { forget, forgetThreads, off, type SymmetryParts, type SymmetryUse } from './symmetry/symmetry.ts';
import type { Crowd, Cut, Exploration, Verdict, Violation } from './verdict.ts';

export interface BreadthFirstOptions extends LoopParts {
  /** Budget for the visited states, in bytes. */
  readonly maxBytes?: number;
  /** End once all of these guarantees are violated; empty or absent: never. */
  readonly untilViolated?: readonly number[];
  /** Threads that expand states, this one included; 1 unless told otherwise. More of them find the same, and in large systems sooner. */
  readonly workers?: number;
  /** False: by the kernel alone, which finds the same and takes longer. */
  readonly loop?: boolean;
  /** Explores states that differ only in which of some like threads is which once (src/explore/symmetry). False by default; parts are for tests. */
  readonly symmetry?: boolean | SymmetryParts;
  /** Hooks for tests that break a table on purpose. */
  readonly Visited?: typeof Visited;
  /** For tests: from how many states on other threads help, and how many bytes the inner loop can have. */
  readonly worthSharing?: number;
  readonly mostLoopBytes?: number;
}

/** One mutex taken while another was held, both by number. */
export interface LockEdge {
  readonly held: number;
  readonly taken: number;
  /** A shortest one that ends with it. */
  readonly schedule: Schedule;
}

/** A search with fewer states than this is over before other threads have begun; a smaller level is expanded sooner by one. */
const worthSending = 100_000;
const worthSharing = 2_000;

function statesOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from, 0);
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
  /** Undefined where symmetry was not asked for or has turned out not to be there. */
  #orbits: Orbits | undefined;
  #asymmetry: SymmetryUse | undefined;
  /** Whether there are more states than the inner loop's memory could hold. */
  #outgrown = false;
  /** Transitions taken by expanders before the present one. */
  #transitions = 0;
  /** Which states of the present level are still to be expanded, and those of the next one that are known apart. */
  #level: readonly Range[] = [];
  #next: readonly Range[] = [];
  /** How many states have been expanded. */
  #expanded = 0;
  /** Steps to the states of the present level. */
  #depth = 0;
  /** Whether several threads gave out the states' numbers: then their order is one of many. */
  #unordered = false;
  /**
   * A full search by one thread that tells of the violations again, where several threads found them, or a reduced search
   * did: always the same runs, and shortest ones.
   */
  #retold: BreadthFirst | undefined;
  readonly #memory: MonitorMemory;
  readonly #isCrowded = (): boolean => this.#memory.isFull(this.states.bytes);
  #cut: Cut | undefined;
  #crowd: Crowd | undefined;
  #finished = false;
  #milliseconds = 0;

  constructor(system: System, options: BreadthFirstOptions = {}) {
    this.system = system;
    this.#options = options;
    this.#memory = new MonitorMemory(system, options.maxBytes ?? Number.POSITIVE_INFINITY);
    this.#begin();
  }

  #begin(): void {
    forget(this.system);
    this.#findings = new Findings(new Kernel(this.system));
    const { symmetry = false } = this.#options;
    this.#orbits =
      symmetry === false || this.#asymmetry !== undefined
        ? undefined
        : new Orbits(this.#findings.kernel, symmetry === true ? {} : symmetry);
    this.#depth = 0;
    this.#transitions = 0;
    this.#expanded = 0;
    this.#next = [];
    this.#unordered = false;
    try {
      this.#expander = this.#newExpander();
      this.system.initialStates().forEach((state, initial) => {
        const element = this.#orbits?.canonical(state) ?? 0;
        const { size } = this.states;
        this.states.add(state, -1);
        if (this.states.size > size) this.#orbits?.starting(initial, element);
      });
    } catch (error) {
      this.#outOfMemory(error);
    }
    this.#level = this.#expander.takeRanges();
  }

  /** Makes room in a field that turned out too narrow, and goes on where the search is. */
  #widen(overflow: Overflow): void {
    const before = this.#expander;
    const { layout } = this.system;
    before.flush();
    before.dismiss();
    this.system.widen(overflow);
    const { maxBytes = mostOfAnyLoop } = this.#options;
    // Both sets of states live side by side for a moment. (And what a team was about to expand is not known any more.)
    // What takes states for each other knows one packing only.
    if (before.states.full || before.states.bytes > maxBytes / 2 || this.#unordered || this.orbits !== undefined) return this.#begin();
    const [range, ...rest] = this.#level;
    this.#level = [{ from: before.current, to: range!.to }, ...rest];
    this.#expanded += before.current - range!.from;
    this.#next = [...this.#next, ...before.takeRanges()];
    this.#transitions += before.transitions;
    this.#findings = new Findings(new Kernel(this.system, this.#findings.kernel), this.#findings);
    try {
      this.#expander = this.#newExpander();
      takeOver(before.states, layout, this.states, this.system.layout);
      this.#expander.takeRanges();
    } catch (error) {
      this.#outOfMemory(error);
    }
  }

  /** The budget does not even hold the tables. */
  #outOfMemory(error: unknown): void {
    if (!(error instanceof OutOfMemory)) throw error;
    this.#expander = this.#plainExpander(new Visited(this.system.layout.words, 0));
    this.cut('memory');
  }

  #newExpander(): Expander {
    const { Visited: table, loop = true, maxBytes = mostOfAnyLoop, mostLoopBytes = mostOfAnyLoop } = this.#options;
    if (loop && table === undefined && !this.#outgrown)
      try {
        return new LoopExpander(
          this.#findings,
          Math.min(maxBytes, mostLoopBytes),
          (this.#options.workers ?? 1) - 1,
          this.#options,
          this.orbits,
          this.#isCrowded,
        );
      } catch (error) {
        // No address space for it: the kernel does the same, slower.
        if (!(error instanceof RangeError)) throw error;
      }
    return this.#plainExpander(new (table ?? Visited)(this.system.layout.words, maxBytes));
  }

  #plainExpander(visited: Visited): Expander {
    return new PlainExpander(this.#findings, visited, this.orbits, this.#isCrowded);
  }

  /** What has been done so far; `frontier` is the number of states waiting to be expanded. */
  get progress(): { readonly states: number; readonly transitions: number; readonly depth: number; readonly frontier: number } {
    const { size } = this.states;
    return {
      states: size,
      transitions: this.#transitions + this.#expander.transitions,
      depth: this.#depth,
      frontier: size - this.#expanded,
    };
  }

  /** What was left out that tells nothing (safe-steps.ts). */
  get reduction(): 'none' | 'safe-steps' {
    return this.safe === undefined ? 'none' : 'safe-steps';
  }

  /** By thread and local state, 1 where a step was taken alone; undefined if nothing was reduced. */
  get safe(): readonly Uint8Array[] | undefined {
    return this.#expander instanceof LoopExpander ? this.#expander.safe : undefined;
  }

  /** Whether the states are numbered in the order in which one thread finds them in a full search: then runs to them are shortest, and always the same. */
  get ordered(): boolean {
    return !this.#unordered && this.safe === undefined;
  }

  /** Bytes taken by states and by what monitors remember. */
  get bytes(): number {
    return this.states.bytes + this.#memory.bytes;
  }

  /** The states seen, packed, in the order in which they were found. */
  get states(): States {
    return this.#expander.states;
  }

  /** Sends for the threads that help, and waits until they are there. For tests: a search takes them when they come. */
  async assemble(): Promise<void> {
    while (this.#expander instanceof LoopExpander && this.#expander.mayHaveHelp && this.#team === undefined)
      await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /** Expands up to `count` states. True when the search has ended. Throws HeddleError if the model is at fault. */
  advance(count: number): boolean {
    const began = performance.now();
    try {
      this.#advance(count);
    } catch (error) {
      if (error instanceof Overflow) this.#widen(error);
      else if (error instanceof Asymmetry) {
        this.#asymmetry = off(error.reason);
        this.#expander.dismiss();
        this.#begin();
      } else if (error instanceof OutOfMemory) this.cut('memory');
      else throw error;
    }
    this.#milliseconds += performance.now() - began;
    return this.#finished;
  }

  /** Ends the search where it is. */
  cut(reason: Cut): void {
    if (this.#finished) return;
    this.#expander.dismiss();
    forgetThreads(this.system);
    this.#cut = reason;
    this.#finished = true;
  }

  #advance(count: number): void {
    if (this.#retold !== undefined) {
      this.#finished = this.#retold.advance(count);
      return;
    }
    for (let left = count; left > 0 && !this.#finished;) {
      if (this.#level.length === 0 && !this.states.full) {
        this.#expander.flush();
        if (!this.states.full && !this.#nextLevel()) return;
      }
      if (this.#isCrowded()) return this.#crowded();
      if (this.states.full) return this.#full();
      this.#findings.depth = this.#depth;
      left -= this.#expand(left);
    }
  }

  /**
   * There is no room for another state: ends, or begins anew by the kernel alone, whose memory has no end of its own. Its table
   * grows by doubling, beside the old one: with less than twice the room it would not come further.
   */
  #full(): void {
    const { maxBytes = mostOfAnyLoop, mostLoopBytes = mostOfAnyLoop } = this.#options;
    if (!(this.#expander instanceof LoopExpander) || maxBytes < 2 * mostLoopBytes) return this.cut('memory');
    this.#expander.dismiss();
    this.#outgrown = true;
    this.#begin();
  }

  /** There is no room for more states of monitors. */
  #crowded(): void {
    this.#crowd = this.#memory.crowd;
    this.cut('memory');
  }

  /** Goes to the next level. False if there is none to be expanded. */
  #nextLevel(): boolean {
    const level = [...this.#next, ...this.#expander.takeRanges()];
    // A state that nobody expands would be taken for one without successors.
    if (level.length === 0 && this.#expanded !== this.states.size)
      throw new Error(`of ${this.states.size} states ${this.#expanded} were expanded`);
    // The level is complete: what it broke is shortest, and only now may the search end for it.
    if (level.length === 0 || this.#enough()) {
      this.#finish();
      return false;
    }
    this.#depth++;
    this.#level = level;
    this.#next = [];
    return true;
  }

  /** Expands up to about `count` states of the level, and returns how many. */
  #expand(count: number): number {
    const expander = this.#expander;
    const team = this.#team;
    const [range, ...rest] = this.#level;
    let done: number;
    if (team !== undefined && expander instanceof LoopExpander && statesOf(this.#level) > (this.#options.worthSharing ?? worthSharing)) {
      this.#unordered = true;
      const all = statesOf(this.#level);
      this.#level = expander.expandTogether(team, this.#level, count);
      done = all - statesOf(this.#level);
    } else {
      const to = expander.expand(range!.from, Math.min(range!.to, range!.from + count));
      done = to - range!.from;
      this.#level = to === range!.to ? rest : [{ from: to, to: range!.to }, ...rest];
    }
    this.#expanded += done;
    return Math.max(1, done);
  }

  /** The threads that help, if the search is large enough for them. */
  get #team(): Team | undefined {
    const expander = this.#expander;
    return expander instanceof LoopExpander && this.states.size > (this.#options.worthSharing ?? worthSending) ? expander.team : undefined;
  }

  /** All that was to be seen has been seen. */
  #finish(): void {
    const expander = this.#expander;
    if (this.#unordered && expander instanceof LoopExpander) this.#findings.renumber(expander.close());
    expander.dismiss();
    forgetThreads(this.system);
    const wanted = this.broken;
    if (this.ordered || wanted.length === 0) this.#finished = true;
    else this.#retold = new BreadthFirst(this.ordinary, { ...this.#options, workers: 1, reduces: false, untilViolated: wanted });
  }

  /** The system for a search by one thread that always finds the same runs: which state of an orbit is least hangs on the numbers of monitors' states. */
  get ordinary(): System {
    return this.orbits === undefined ? this.system : this.system.anew();
  }

  #enough(): boolean {
    const wanted = this.#options.untilViolated ?? [];
    return wanted.length > 0 && wanted.every((guarantee) => this.#findings.found.has(guarantee));
  }

  /** Whether every reachable state has been expanded. */
  get complete(): boolean {
    return this.#finished && this.#cut === undefined && this.#expanded === this.states.size;
  }

  /** The guarantees that this search has found broken, by number; what tells of them again may come by others. */
  get broken(): readonly number[] {
    return [...this.#findings.found.keys()].sort((a, b) => a - b);
  }

  /** What the search knows now. */
  result(): Exploration {
    const ended = this.#finished && this.#cut === undefined;
    // The level being expanded is not complete; all runs up to the level before it are.
    const steps = this.#depth;
    const retold = this.#retold?.result().verdicts;
    return {
      engine: 'exhaustive',
      states: this.states.size,
      transitions: this.#transitions + this.#expander.transitions,
      depth: this.#depth,
      reduction: this.reduction,
      milliseconds: this.#milliseconds,
      ...(this.symmetry !== undefined && { symmetry: this.symmetry }),
      verdicts: this.system.guarantees.map((_, guarantee): Verdict => {
        const found = this.#findings.found.get(guarantee);
        const again = retold?.[guarantee];
        if (again?.kind === 'violated') return again;
        if (found !== undefined) {
          // Where safe steps are taken alone a shorter run may not have been seen.
          const minimal = this.safe === undefined && (ended || found.length <= this.#depth);
          return { kind: 'violated', minimal, violation: this.#violation(guarantee, found) };
        }
        if (this.complete && !needsWholeGraph(this.system.guarantees[guarantee]!.property))
          return { kind: 'holds', vacuous: this.#vacuous(guarantee) };
        if (ended) return { kind: 'not-found', bound: { kind: 'steps', steps }, residualRisk: null };
        const crowd = this.#crowd;
        return { kind: 'incomplete', cut: this.#cut ?? 'interrupted', steps, ...(crowd !== undefined && { crowd }) };
      }),
    };
  }

  /** Looks for stuck threads in the graph, once the search is complete, with so many bytes of room. Nobody expands more. */
  stuckThreads(room: number): GraphPhase {
    if (this.#expander instanceof LoopExpander) return this.#expander.stuckThreads();
    return new StuckThreads(this.system, this.states, room, this.orbits, this.safe);
  }

  /** What takes states for each other, if anything does. */
  get orbits(): Orbits | undefined {
    return this.#orbits?.use.on === true ? this.#orbits : undefined;
  }

  /** What was done about symmetry, if it was asked for. */
  get symmetry(): SymmetryUse | undefined {
    return this.#asymmetry ?? this.#orbits?.use;
  }

  #vacuous(guarantee: number): boolean {
    const { property } = this.system.guarantees[guarantee]!;
    const monitor = this.system.monitors[guarantee];
    if (monitor !== undefined) return monitor.vacuous;
    return property.kind === 'lockOrder' && this.#findings.kernel.ranks.edgeCount === 0;
  }

  #violation(guarantee: number, { state, choice, says }: Found): Violation {
    const { schedule, element } = this.pathTo(state, choice);
    return { guarantee, says: element === 0 ? says : this.#saidBy(schedule, guarantee, says), schedule };
  }

  /** What a property says of a run that breaks it: threads may have changed places on the way to what it said. */
  #saidBy(schedule: Schedule, guarantee: number, said: string): string {
    // On a system of its own: running may widen fields.
    const { breaches } = run(this.system.judging([guarantee]), schedule).run;
    return breaches.find((breach) => breach.guarantee === guarantee)?.says ?? said;
  }

  /**
   * Which mutexes were taken, or asked for, under which so far (numbers of the system's mutexes), each with a shortest
   * schedule that ends with it, shortest first. A reduced search passes by steps that take one, and can't tell; one with symmetry may
   * have taken a mutex that is another thread's own instead.
   */
  lockEdges(): readonly LockEdge[] {
    if (this.safe !== undefined) throw new Error('a reduced search does not keep which step took a lock edge first');
    const { length } = this.system.mutexes;
    return [...this.#findings.lockEdges].map(([edge, { state, choice }]) => ({
      held: Math.floor(edge / length),
      taken: edge % length,
      schedule: this.pathTo(state, choice).schedule,
    }));
  }

  /** The run to a visited state, by its number, that found it first, and on by a choice, if one is given: a shortest one unless the search is reduced. */
  pathTo(state: number, choice?: Choice): Path {
    const { safe, states } = this;
    return pathTo({ kernel: this.#findings.kernel, states, orbits: this.#orbits, safe }, state, choice);
  }
}
