import { Fired, stops } from '../kernel/kernel.ts';
import { LoopAnswers } from '../kernel/loop-answers.ts';
import { LoopTables } from '../kernel/loop-tables.ts';
import { Loop, OutOfMemory } from '../kernel/loop.ts';
import { preserves, type SafeSteps } from '../kernel/safe-steps.ts';
import type { Expander, Range } from './expander.ts';
import type { Findings } from './findings.ts';
import { betweenLooks } from './monitor-memory.ts';
import { reducible } from './reducible.ts';
import { placeOrbits } from './symmetry/loop-orbits.ts';
import type { Orbits } from './symmetry/orbits.ts';
import { LoopStuck } from './liveness/loop-stuck.ts';
import { LoopStates } from './loop-states.ts';
import type { GraphPhase } from './liveness/phase.ts';
import { Team } from './team.ts';

/** What may be switched, and what a test may break on purpose. */
export interface LoopParts {
  /** Whether safe steps may be taken alone, where no guarantee needs to see others beside them. */
  readonly reduces?: boolean;
  readonly SafeSteps?: typeof SafeSteps;
  readonly LoopTables?: typeof LoopTables;
  readonly LoopAnswers?: typeof LoopAnswers;
  readonly placeOrbits?: typeof placeOrbits;
  readonly Team?: typeof Team;
}

/**
 * Expands states by the inner loop (src/loop), which leaves to the kernel what is rare. States get the same numbers, and
 * findings are the same, as with `PlainExpander`.
 */
export class LoopExpander implements Expander {
  readonly states: LoopStates;
  /** By thread and local state, 1 where a step is taken alone (safe-steps.ts); undefined where nothing is reduced. */
  readonly safe: readonly Uint8Array[] | undefined;
  readonly #findings: Findings;
  readonly #orbits: Orbits | undefined;
  readonly #loop: Loop;
  readonly #tables: LoopTables;
  readonly #answers: LoopAnswers;
  /** Address of what is told the loop of orbits; 0 where no states are taken for each other. */
  readonly #alike: number;
  /** The state that the kernel has loaded, or −1. */
  #loaded = -1;
  /** The first state that was expanded here: those before were by another, before a field was widened. */
  #first = Number.POSITIVE_INFINITY;
  /** Numbers that the team gave out since the last `takeRanges`. */
  #given: Range[] = [];

  /** Whether steps are tried for what they break, and not only for where they lead. */
  #judges = true;
  readonly #isCrowded: () => boolean;
  /** Steps by the kernel. */
  #fired = 0;
  readonly #members: number;
  readonly #Team: typeof Team;
  #team: Team | undefined;

  /**
   * @param members threads that may help; none where threads' automata still grow, which each thread would number for itself
   * @param orbits what takes states for each other, if anything does: then only the least of each orbit is added
   * @param isCrowded whether there is no more room for what the kernel learns (monitor-memory.ts)
   * @throws OutOfMemory if the budget, in bytes, does not hold the tables; RangeError if no memory can be reserved
   */
  constructor(
    findings: Findings,
    maxBytes: number,
    members: number,
    parts: LoopParts,
    orbits: Orbits | undefined,
    isCrowded: () => boolean,
  ) {
    this.#isCrowded = isCrowded;
    this.#orbits = orbits;
    this.#Team = parts.Team ?? Team;
    const { kernel } = findings;
    if (parts.reduces === true) this.safe = reducible(kernel, orbits, preserves, parts.SafeSteps);
    this.#members = kernel.system.closed ? members : 0;
    this.#findings = findings;
    this.#loop = new Loop(
      {
        fire: (state, thread, pick, successor) => this.#fire(state, thread, pick, successor),
        settle: (state, thread) => this.#settle(state, thread),
        invariant: (state, invariant) => this.#invariant(state, invariant),
        future: (state, enabled) => this.#future(state, enabled),
        takeAlike: (state) => this.#takeAlike(state),
      },
      maxBytes,
    );
    const { words } = findings.kernel.system.layout;
    if (this.#loop.exports.attach(words, 1, 1) === 0) throw new OutOfMemory();
    const { judge } = findings;
    this.#answers = new (parts.LoopAnswers ?? LoopAnswers)(kernel, judge, this.#loop);
    this.#tables = new (parts.LoopTables ?? LoopTables)(kernel, judge, this.#loop, this.#answers, this.safe);
    const alike = orbits?.tables;
    this.#alike = alike === undefined ? 0 : (parts.placeOrbits ?? placeOrbits)(this.#loop, kernel.system.layout, alike);
    if (this.#alike !== 0 && this.#loop.exports.takeAlike(this.#alike) === 0) throw new OutOfMemory();
    this.states = new LoopStates(this.#loop, words, () => this.#team?.states ?? 0);
    this.#seek();
  }

  get transitions(): number {
    return this.#loop.exports.takenTransitions() + (this.#team?.transitions ?? 0);
  }

  get current(): number {
    return this.#loop.exports.currentState() >>> 0;
  }

  expand(from: number, to: number): number {
    this.#loaded = -1;
    this.#first = Math.min(this.#first, from);
    return this.#loop.exports.expandRange(from, to);
  }

  /** Whether other threads may come to help. */
  get mayHaveHelp(): boolean {
    return this.#members > 0;
  }

  /** The threads that help, if they are there; called for the first time, it sends for them. */
  get team(): Team | undefined {
    if (this.#members > 0) this.#team ??= new this.#Team(this.#loop, this.#members, this.states.words, this.#tables.at, this.#alike);
    return this.#team?.isReady ? this.#team : undefined;
  }

  /** Expands up to about `count` states of the ranges together with the team. Returns what is left of the ranges. */
  expandTogether(team: Team, ranges: readonly Range[], count: number): readonly Range[] {
    const { exports } = this.#loop;
    this.#loaded = -1;
    this.#first = Math.min(this.#first, ...ranges.map(({ from }) => from));
    exports.beginPieces();
    const left: Range[] = [];
    let room = count;
    for (const { from, to } of ranges) {
      const wanted = Math.min(to, from + Math.max(0, room));
      const listed = wanted > from ? exports.enlist(from, wanted) >>> 0 : from;
      room = listed < wanted ? 0 : room - (listed - from);
      if (listed < to) left.push({ from: listed, to });
    }
    this.#given.push(
      ...team.work(this.#news, (state) => {
        exports.expandRange(state, state + 1);
      }),
    );
    return left;
  }

  takeRanges(): readonly Range[] {
    const count = this.#loop.exports.takeRanges();
    const listed = (this.#loop.exports.rangesAddress() >>> 0) / 4;
    const { words } = this.#loop;
    const own = Array.from({ length: count }, (_, k) => ({ from: words[listed + 2 * k]!, to: words[listed + 2 * k + 1]! }));
    const given = this.#given;
    this.#given = [];
    return [...own, ...given];
  }

  /**
   * Gives the states the numbers from 0 on, without holes. Only when all states have been expanded, and nobody expands more.
   * Returns the new number of a state.
   */
  close(): (state: number) => number {
    const team = this.#team;
    if (team === undefined) return (state) => state;
    const { exports } = this.#loop;
    const { size } = this.states;
    const spare = [...team.spare, { from: exports.nextNumber() >>> 0, to: exports.endNumber() >>> 0 }];
    const holes = spare.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, k) => from + k)).sort((a, b) => a - b);
    const limit = size + holes.length;
    const isHole = new Set(holes);
    const table = this.#loop.allocate(Math.max(4, holes.length * 4));
    let hole = 0;
    for (let number = size; number < limit; number++) {
      if (isHole.has(number)) continue;
      this.#loop.words[(table >>> 2) + number - size] = holes[hole]!;
      exports.renumber(number, holes[hole++]!);
    }
    exports.replaceParents(size, size, table);
    return (state) => (state < size ? state : this.#loop.words[(table >>> 2) + state - size]!);
  }

  /** Looks for stuck threads, once all states have been expanded. Nobody expands more. */
  stuckThreads(): GraphPhase {
    this.#judges = false;
    return new LoopStuck(
      this.#loop,
      this.states,
      this.#findings.kernel,
      this.#first,
      () => {
        this.#loaded = -1;
      },
      this.#orbits,
    );
  }

  dismiss(): void {
    this.#team?.dismiss();
  }

  flush(): void {
    this.#loop.exports.flush();
  }

  #load(state: number): void {
    if (this.#loaded === state) return;
    const at = (this.#loop.exports.addressOf(state) >>> 0) / 4;
    this.#findings.kernel.load(this.#loop.reach(at + this.states.words), at);
    this.#loaded = state;
  }

  #fire(state: number, thread: number, pick: number, successor: number): number {
    this.#load(state);
    const { kernel } = this.#findings;
    const fired = pick === stops ? kernel.halt(thread) : kernel.fire(thread, pick);
    if (fired === Fired.disabled) return fired;
    this.#tables.extend();
    if (++this.#fired % betweenLooks === 0 && this.#isCrowded()) this.#loop.giveUp();
    if (fired === Fired.stepped) this.#loop.reach((successor >>> 2) + kernel.next.length).set(kernel.next, successor >>> 2);
    if (!this.#judges) return fired;
    if (fired === Fired.stepped) {
      if (kernel.properties.hasSteps) this.#answers.judgedStep();
      if (pick !== stops && kernel.violations === 0) this.#tables.taken(thread, kernel.nodeOf(thread), kernel.slot);
    }
    this.#findings.step(state, fired, thread, pick);
    this.#seek();
    return fired;
  }

  /** Takes a safe step of the packed state at an address, in place, unless it must be seen where it is taken: then the state is expanded by itself. */
  #settle(at: number, thread: number): number {
    const { kernel } = this.#findings;
    this.#loaded = -1;
    const { length } = kernel.next;
    kernel.load(this.#loop.reach((at >>> 2) + length), at >>> 2);
    if (kernel.fire(thread, 0) !== Fired.stepped || kernel.violations > 0) return 0;
    this.#loop.reach((at >>> 2) + length).set(kernel.next, at >>> 2);
    if (this.#judges) this.#tables.taken(thread, kernel.nodeOf(thread), kernel.slot);
    return 1;
  }

  /** Puts the least state of its orbit in the place of the packed state at an address; answers the element that made it. */
  #takeAlike(at: number): number {
    return this.#orbits!.canonical(this.#loop.reach((at >>> 2) + this.states.words), at >>> 2);
  }

  #invariant(state: number, invariant: number): number {
    this.#load(state);
    this.#findings.invariants(state);
    this.#answers.judged(invariant);
    return 1;
  }

  #future(state: number, enabled: number): number {
    this.#loaded = -1;
    this.#load(state);
    const { kernel } = this.#findings;
    // Only firing tells the kernel who waits.
    for (let thread = 0; thread < kernel.threads; thread++) kernel.fire(thread, 0);
    this.#findings.future(state, enabled);
    this.#answers.judgedDelays();
    this.#seek();
    return 1;
  }

  get #news(): { readonly cycles: boolean; readonly races: boolean } {
    const { found, judge } = this.#findings;
    return {
      cycles: judge.notStuck >= 0 && !found.has(judge.notStuck),
      races: judge.races.any && !found.has(judge.races.guarantee),
    };
  }

  /** Tells the loop what is not news any more. */
  #seek(): void {
    const { cycles, races } = this.#news;
    this.#loop.exports.seek(cycles ? 1 : 0, races ? 1 : 0);
  }
}
