import type { Handle } from '../model/handle.ts';
import type { System } from '../kernel/system.ts';
import { Exhaustive, type ExhaustiveOptions } from './exhaustive.ts';
import type { Progress, Search } from './search.ts';
import type { Cut, Exploration, Verdict } from './verdict.ts';

/** A system of more states than this is large: what is learned beforehand then pays. */
const mostStates = 1_000_000;

/**
 * Whether it pays to explore a protocol first as its threads are learned. Without locks threads read pointers and counters, and
 * closing their automata, which tries every value that a variable could hold, may learn ten times what is ever reached. Where there
 * are locks, what is known beforehand of who holds them makes most steps the inner loop's and many of them safe.
 */
export function paysOnDemand(handles: readonly Handle[]): boolean {
  return handles.every(({ kind }) => kind !== 'mutex' && kind !== 'gate');
}

/**
 * Whether automata that are closed may tell more: what does not fit into the memory as it is learned may fit in minimised; and a
 * property that watches what no run reached is vacuous only if it is nowhere in the threads.
 */
function isOpen(verdict: Verdict): boolean {
  return verdict.kind === 'incomplete' || (verdict.kind === 'holds' && verdict.vacuous);
}

/**
 * Exhaustive search that learns threads as it reaches their local states, and begins anew with automata that are closed and
 * minimised if the system turns out large. Where the first search ends depends on the system alone, so that the same model
 * always has the same result.
 */
export class OnDemandFirst implements Search {
  #search: Exhaustive;
  #isFirst = true;
  #cut = false;
  readonly #learn: (automata: 'on-demand' | 'minimised') => System;
  readonly #options: ExhaustiveOptions;
  readonly #mostStates: number;
  /** Of the first search, where it was given up. */
  #milliseconds = 0;

  /**
   * @param learn makes the system
   * @param options of the second search; the first reduces nothing
   * @param most states that the first search may find; told by tests
   */
  constructor(learn: (automata: 'on-demand' | 'minimised') => System, options: ExhaustiveOptions, most = mostStates) {
    this.#learn = learn;
    this.#options = options;
    this.#mostStates = most;
    this.#search = new Exhaustive(learn('on-demand'), { ...options, symmetry: false, reduces: false, workers: 1 });
  }

  get system(): System {
    return this.#search.system;
  }

  get progress(): Progress {
    return this.#search.progress;
  }

  advance(count: number): boolean {
    const ended = this.#search.advance(count);
    if (!this.#isFirst || this.#cut) return ended;
    // Also a search that has ended counts as too large: whether it has must not depend on how it was sliced.
    if (this.#search.progress.states <= this.#mostStates && !(ended && this.#search.result().verdicts.some(isOpen))) return ended;
    this.#search.cut('memory');
    this.#milliseconds = this.#search.result().milliseconds;
    this.#isFirst = false;
    this.#search = new Exhaustive(this.#learn('minimised'), this.#options);
    return false;
  }

  cut(reason: Cut): void {
    this.#cut = true;
    this.#search.cut(reason);
  }

  result(): Exploration {
    const result = this.#search.result();
    return { ...result, milliseconds: result.milliseconds + this.#milliseconds };
  }
}
