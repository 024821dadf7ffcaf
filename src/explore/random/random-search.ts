import type { System } from '../../kernel/system.ts';
import type { Progress, Search } from '../search.ts';
import type { Cut, Exploration } from '../verdict.ts';
import { conclude, endOf } from './conclusion.ts';
import { settled, type RandomSearchOptions, type RandomSettings } from './settings.ts';
import { Share } from './share.ts';
import { blockSize } from './tally.ts';

/**
 * Random schedules by a strategy. What it doesn't find may exist all the same, and it never says otherwise: its verdicts
 * are `violated`, by a run that is shrunk and not known to be minimal, or `not-found`, with the residual risk.
 *
 * Schedules are numbered, and each depends on the seed and its number alone, so a search is the same with any slices and,
 * in `ParallelRandomSearch`, with any number of workers. A schedule does not end at a violation, so that it is what it is
 * whatever others found; of each guarantee the first schedule that breaks it counts.
 */
export class RandomSearch implements Search {
  readonly system: System;
  readonly #settings: RandomSettings;
  readonly #share: Share;
  /** The next schedule. */
  #next = 0;
  #cut: Cut | undefined;
  #finished = false;
  #milliseconds = 0;

  constructor(system: System, options: RandomSearchOptions) {
    this.system = system;
    this.#settings = settled(options);
    this.#share = new Share(system, this.#settings);
  }

  get progress(): Progress {
    const { steps, longest } = this.#share.tally.sums();
    return {
      states: this.#share.tally.states.size,
      transitions: steps,
      depth: longest,
      frontier: this.#finished ? 0 : this.#settings.schedules - this.#next,
    };
  }

  /** Runs up to `count` schedules. True when the search has ended. Throws HeddleError if the model is at fault. */
  advance(count: number): boolean {
    const began = performance.now();
    const { tally } = this.#share;
    for (let done = 0; done < count && !this.#finished; done++) {
      this.#share.run(this.#next++);
      if (this.#next >= this.#settings.schedules) this.#finished = true;
      else if (this.#next % blockSize === 0 && endOf(this.system, this.#settings, tally) !== undefined) this.#finished = true;
      if (tally.full) this.cut('memory');
    }
    this.#milliseconds += performance.now() - began;
    return this.#finished;
  }

  /** The number of the first schedule so far that broke a guarantee. */
  firstBreach(guarantee: number): number | undefined {
    return this.#share.tally.found.get(guarantee)?.number;
  }

  /** Ends the search where it is. What it has run it has run, so its verdicts stay true. */
  cut(reason: Cut): void {
    if (!this.#finished) this.#cut = reason;
    this.#finished = true;
  }

  /** What the search knows now. Violations are shrunk here, which may take a while. */
  result(): Exploration {
    const cut = this.#cut ?? (this.#finished ? undefined : 'interrupted');
    return conclude(this.system, this.#settings, this.#share.tally, {
      changeWithin: this.#share.changeWithin,
      cut,
      milliseconds: this.#milliseconds,
    });
  }
}
