import type { Schedule } from '../../schedule/schedule.ts';
import { Sightings, type SentSightings } from './sightings.ts';

/** Schedules are handed out, and a search that has found enough ends, by so many at once: the same for any number of workers. */
export const blockSize = 64;

/** The first schedule that broke a guarantee, up to where it did. */
export interface FoundBreach {
  readonly number: number;
  readonly schedule: Schedule;
  readonly says: string;
}

/** What the schedules of one block came to. */
interface BlockSum {
  schedules: number;
  steps: number;
  longest: number;
  /** Schedules whose steps were used up before they ended. */
  open: number;
}

/** What schedules have shown, as sums and unions: parts that ran different blocks add up to the same, in any order. */
export class Tally {
  readonly states: Sightings;
  readonly ends: Sightings;
  /** By guarantee. */
  readonly found = new Map<number, FoundBreach>();
  #full = false;
  readonly #blocks = new Map<number, BlockSum>();

  constructor(maxBytes = Number.POSITIVE_INFINITY) {
    this.states = new Sightings(maxBytes);
    this.ends = new Sightings(maxBytes);
  }

  /** Whether a budget for what was seen has run out, or, if it is told, for what monitors remember. */
  get full(): boolean {
    return this.#full || this.states.full || this.ends.full;
  }
  set full(full: boolean) {
    this.#full = full;
  }

  /** Takes down how long a schedule was, and whether it was cut off. */
  ran(number: number, steps: number, open: boolean): void {
    const block = Math.floor(number / blockSize);
    let sum = this.#blocks.get(block);
    if (sum === undefined) this.#blocks.set(block, (sum = { schedules: 0, steps: 0, longest: 0, open: 0 }));
    sum.schedules++;
    sum.steps += steps;
    sum.longest = Math.max(sum.longest, steps);
    if (open) sum.open++;
  }

  /** Takes down a violation, unless an earlier schedule has shown it. */
  breach(guarantee: number, breach: FoundBreach): void {
    const known = this.found.get(guarantee);
    if (known === undefined || known.number > breach.number) this.found.set(guarantee, breach);
  }

  /** The sums over the blocks before a schedule with this number, the first of a block. */
  sums(end = Infinity): Readonly<BlockSum> {
    const total = { schedules: 0, steps: 0, longest: 0, open: 0 };
    for (const [block, sum] of this.#blocks) {
      if (block * blockSize >= end) continue;
      total.schedules += sum.schedules;
      total.steps += sum.steps;
      total.longest = Math.max(total.longest, sum.longest);
      total.open += sum.open;
    }
    return total;
  }

  /** Adds a part that ran other blocks. */
  add(part: SentTally): void {
    this.states.merge(Sightings.received(part.states));
    this.ends.merge(Sightings.received(part.ends));
    if (part.full) this.full = true;
    for (const [guarantee, breach] of part.found) this.breach(guarantee, breach);
    for (const [block, sum] of part.blocks) this.#blocks.set(block, sum);
  }

  /** As plain data, for another thread. */
  get sent(): SentTally {
    return { full: this.full, states: this.states.sent, ends: this.ends.sent, found: [...this.found], blocks: [...this.#blocks] };
  }
}

export interface SentTally {
  readonly full: boolean;
  readonly states: SentSightings;
  readonly ends: SentSightings;
  readonly found: readonly (readonly [number, FoundBreach])[];
  readonly blocks: readonly (readonly [number, BlockSum])[];
}
