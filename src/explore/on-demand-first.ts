import type { Handle } from '../model/handle.ts';
import type { System } from '../kernel/system.ts';
import { Exhaustive, type ExhaustiveOptions } from './exhaustive.ts';
import type { Progress, Search } from './search.ts';
import type { Cut, Exploration, Verdict } from './verdict.ts';

/** A system of more states than this is large: what is learned beforehand then pays. */
const mostStates = 1_000_000;
/** States between two looks at how many there are. */
const slice = 20_000;

/**
 * Whether it pays to explore a protocol first as its threads are learned. Without locks threads read pointers and counters, and
 * closing their automata, which tries every value that a variable could hold, may learn ten times what is ever reached. Where there
 * are locks, what is known beforehand of who holds them makes most steps the inner loop's and many of them safe.
 */
export function paysOnDemand(handles: readonly Handle[]): boolean {
  return handles.every(({ kind }) => kind !== 'mutex' && kind !== 'gate');
}

/**
 * Whether automata that are closed may tell more: states that do not fit into the memory as they are learned may fit in minimised,
 * if it was not the monitors' that did not fit; and a
 * property that watches what no run reached is vacuous only if it is nowhere in the threads.
 */
function isOpen(verdict: Verdict): boolean {
  return (verdict.kind === 'incomplete' && verdict.crowd?.alone !== true) || (verdict.kind === 'holds' && verdict.vacuous);
}

type Incomplete = Extract<Verdict, { kind: 'incomplete' }>;

/** What a search has found, and on what. */
interface Found {
  readonly system: System;
  readonly exploration: Exploration;
}

/**
 * Exhaustive search that learns threads as it reaches their local states, and begins anew with automata that are closed and
 * minimised if the system turns out large. Where the first search ends depends on the system and the memory alone, so that the
 * same model always has the same result. If the second is cut, what the first had found still counts.
 */
export class OnDemandFirst implements Search {
  readonly #learn: (automata: 'on-demand' | 'minimised') => System;
  readonly #options: ExhaustiveOptions;
  readonly #mostStates: number;
  #search: Exhaustive;
  /** The first search, once it was given up. */
  #givenUp: Found | undefined;
  #isSecond = false;
  #cut: Cut | undefined;
  /** Until the second search began, learning for it included. */
  #milliseconds = 0;

  /**
   * @param learn makes the system
   * @param options of the second search; the first takes no steps alone, and one thread
   * @param most states that the first search may find; told by tests
   */
  constructor(learn: (automata: 'on-demand' | 'minimised') => System, options: ExhaustiveOptions, most = mostStates) {
    this.#learn = learn;
    this.#options = options;
    this.#mostStates = most;
    this.#search = new Exhaustive(learn('on-demand'), { ...options, reduces: false, workers: 1 });
  }

  /** The one that its result is of. */
  get system(): System {
    return this.#told.system;
  }

  get progress(): Progress {
    return this.#search.progress;
  }

  advance(count: number): boolean {
    if (this.#isSecond) return this.#search.advance(count);
    if (this.#cut !== undefined) return true;
    if (this.#givenUp !== undefined) {
      this.#beginAnew(this.#givenUp);
      return false;
    }
    const ended = this.#search.advance(Math.min(count, slice));
    // Also a search that has ended counts as too large: whether it has must not depend on how it was sliced.
    const isSmall = this.#search.progress.states <= this.#mostStates;
    if (isSmall && !(ended && this.#search.result().verdicts.some(isOpen))) return ended;
    this.#search.cut('memory');
    this.#givenUp = this.#present;
    return false;
  }

  #beginAnew({ exploration }: Found): void {
    const began = performance.now();
    this.#search = new Exhaustive(this.#learn('minimised'), this.#options);
    this.#isSecond = true;
    this.#milliseconds = exploration.milliseconds + performance.now() - began;
  }

  cut(reason: Cut): void {
    this.#cut = reason;
    this.#search.cut(reason);
  }

  result(): Exploration {
    return this.#told.exploration;
  }

  /** What the present search knows. */
  get #present(): Found {
    const { system } = this.#search;
    const exploration = this.#search.result();
    if (this.#isSecond) return { system, exploration: { ...exploration, milliseconds: exploration.milliseconds + this.#milliseconds } };
    return { system, exploration };
  }

  get #told(): Found {
    const first = this.#givenUp;
    const { system, exploration } = this.#present;
    if (!this.#isSecond) return { system, exploration: reasoned(exploration, this.#cut) };
    const isOver = exploration.verdicts.every(({ kind }) => kind !== 'incomplete');
    return first === undefined || isOver ? { system, exploration } : combined(first, { system, exploration });
  }
}

/** With this for the reason that it is not complete, if it was cut off and not given up. */
function reasoned(exploration: Exploration, cut: Cut | undefined): Exploration {
  if (cut === undefined) return exploration;
  return {
    ...exploration,
    verdicts: exploration.verdicts.map((verdict) => (verdict.kind === 'incomplete' ? because(verdict, { cut }) : verdict)),
  };
}

/** The verdict with another reason. */
function because({ crowd: _, ...verdict }: Incomplete, { cut, crowd }: Pick<Incomplete, 'cut' | 'crowd'>): Incomplete {
  return { ...verdict, cut, ...(crowd !== undefined && { crowd }) };
}

/** What two searches know, of which neither saw all: of the one that came further, with what either found broken. */
function combined(first: Found, second: Found): Found {
  const [further, other] = first.exploration.depth > second.exploration.depth ? [first, second] : [second, first];
  const verdicts = further.exploration.verdicts.map((verdict, guarantee): Verdict => {
    const before = other.exploration.verdicts[guarantee]!;
    if (verdict.kind !== 'incomplete') return verdict;
    if (before.kind === 'violated') return before;
    // Why the last of them ended is why it is not known.
    const last = second.exploration.verdicts[guarantee]!;
    return last.kind === 'incomplete' ? because(verdict, last) : verdict;
  });
  return { system: further.system, exploration: { ...further.exploration, milliseconds: second.exploration.milliseconds, verdicts } };
}
