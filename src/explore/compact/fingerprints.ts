/**
 * The fingerprints of the visited states: 64 bits each, in an open-addressing table with linear probing. It is cut into
 * segments, chosen by hash bits that are not stored again: what a segment holds shares them (Cleary 1984 takes this
 * further). Each segment grows by itself, by a quarter, so that the table is between 67 and 84 of 100 full, has no pauses
 * that a person sees, and needs no room for a second copy of itself.
 */
import type { Budget } from './budget.ts';
import { mixed } from '../random/random-stream.ts';
import { segmentBits } from './universal-hash.ts';

const segments = 1 << segmentBits;
const fewestSlots = 8;
const growth = 1.25;
const mostFull = 0.84;
/** Two words a slot. */
const slotBytes = 8;
const perWord = 2 ** -32;

export class Fingerprints {
  size = 0;
  readonly #budget: Budget;
  /** By segment: high and low word of each slot; both 0: empty. */
  readonly #segments: Int32Array[];
  readonly #taken = new Int32Array(segments);
  /** By segment: 1 where the value is known whose stored words are both 0. */
  readonly #zero = new Uint8Array(segments);
  /** Keeps early reads from being optimised away. */
  #touched = 0;
  /** Whether some segment has grown since `look` was first called for a batch: then places are to be found anew. */
  #grown = false;

  /** What an empty table takes: the budget must have room for it. */
  static readonly fewestBytes = segments * fewestSlots * slotBytes;

  constructor(budget: Budget) {
    this.#budget = budget;
    budget.used += Fingerprints.fewestBytes;
    this.#segments = Array.from({ length: segments }, () => new Int32Array(2 * fewestSlots));
  }

  /** A batch of values begins: first `look` is called for all of them, then `add`. */
  begin(): void {
    this.#grown = false;
  }

  /** Where a value is looked for first. It is read, too: of many reads in a row, the processor fetches all lines at once. */
  look(segment: number, high: number, low: number): number {
    const slots = this.#segments[segment]!;
    const at = homeOf(high, low, slots.length >>> 1) << 1;
    this.#touched = this.#touched ^ slots[at]!;
    return at;
  }

  /** 1: the value was added; 0: it is known; −1: there is no room for it. `home` is what `look` answered. */
  add(segment: number, high: number, low: number, home: number): number {
    if (high === 0 && low === 0) {
      if (this.#zero[segment] === 1) return 0;
      this.#zero[segment] = 1;
      this.size++;
      return 1;
    }
    const slots = this.#segments[segment]!;
    const { length } = slots;
    let at = this.#grown ? homeOf(high, low, length >>> 1) << 1 : home;
    for (;;) {
      const one = slots[at]!;
      const other = slots[at + 1]!;
      if (one === high && other === low) return 0;
      if (one === 0 && other === 0) break;
      at += 2;
      if (at === length) at = 0;
    }
    if (this.#taken[segment]! >= (length >>> 1) * mostFull) {
      const grown = this.#grow(segment);
      if (grown === undefined) return -1;
      place(grown, high, low);
    } else {
      slots[at] = high;
      slots[at + 1] = low;
    }
    this.#taken[segment]!++;
    this.size++;
    return 1;
  }

  #grow(segment: number): Int32Array | undefined {
    const slots = this.#segments[segment]!;
    const count = Math.ceil((slots.length >>> 1) * growth);
    if (!this.#budget.take(count * slotBytes)) return undefined;
    const grown = new Int32Array(2 * count);
    for (let at = 0; at < slots.length; at += 2) if (slots[at] !== 0 || slots[at + 1] !== 0) place(grown, slots[at]!, slots[at + 1]!);
    this.#budget.give(slots.byteLength);
    this.#grown = true;
    return (this.#segments[segment] = grown);
  }
}

/** Adds a value that is not there. */
function place(slots: Int32Array, high: number, low: number): void {
  let at = homeOf(high, low, slots.length >>> 1) << 1;
  while (slots[at] !== 0 || slots[at + 1] !== 0) {
    at += 2;
    if (at === slots.length) at = 0;
  }
  slots[at] = high;
  slots[at + 1] = low;
}

/** Where a value is looked for first. Values of a linear hash keep to patterns of the states; mixed, they don't crowd. */
function homeOf(high: number, low: number, slots: number): number {
  return Math.floor((mixed(low ^ high) >>> 0) * perWord * slots);
}
