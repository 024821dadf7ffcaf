/**
 * Fingerprints of packed states, by a function drawn at random from a universal family: H3 of Carter and Wegman, "Universal
 * classes of hash functions" (JCSS 18, 1979). Each bit of a state has a row of random bits, and the value of a state is the
 * exclusive or of the rows of its ones. Two states that differ in any bit get the same value with probability 2^-bits
 * exactly, whatever the states are: the exclusive or of at least one row is uniform. So the odds of an omission
 * (omission.ts) need no belief that states are random, only that the seed has nothing to do with the model.
 *
 * A row belongs to a bit of a field, not to a place in the packed state: a state keeps its value when fields are widened.
 */
import type { Layout } from '../../kernel/layout.ts';
import { RandomStream } from '../random/random-stream.ts';

/** Bits of a value: what chooses a segment of the table, and what is stored there. */
export const segmentBits = 12;
export const storedBits = 64;
export const allBits = segmentBits + storedBits;

/** Rows by field: a field has at most 24 bits (kernel/layout.ts). */
const rowsEach = 32;

export class UniversalHash {
  /** The value of the state hashed last, in three parts. */
  segment = 0;
  high = 0;
  low = 0;
  readonly #words: number;
  /** By byte of a packed state, then what it holds: the three parts of the exclusive or of its rows. */
  readonly #tables: Int32Array;
  #baseSegment = 0;
  #baseHigh = 0;
  #baseLow = 0;

  /** @param bits fewer than all, for tests: then states are told apart by the last of them only */
  constructor(layout: Layout, seed: number, bits = allBits) {
    this.#words = layout.words;
    const tables = (this.#tables = new Int32Array(layout.words * 4 * 256 * 3));
    const masks = [bits - storedBits, bits - 32, bits].map(ones);
    const random = new RandomStream(seed, 0);
    layout.fields.forEach((_, field) => {
      for (let bit = 0; layout.mask[field]! >>> bit !== 0; bit++) {
        random.restart(seed, field * rowsEach + bit);
        const place = layout.shift[field]! + bit;
        const byte = layout.word[field]! * 4 + (place >>> 3);
        const single = (byte * 256 + (1 << (place & 7))) * 3;
        // The segment is the upper bits of a word: of linear generators they are the better ones.
        tables[single] = (random.word() >>> (32 - segmentBits)) & masks[0]!;
        tables[single + 1] = random.word() & masks[1]!;
        tables[single + 2] = random.word() & masks[2]!;
      }
    });
    for (let byte = 0; byte < layout.words * 4; byte++)
      for (let value = 1; value < 256; value++) {
        const least = value & -value;
        if (value === least) continue;
        for (let part = 0; part < 3; part++)
          tables[(byte * 256 + value) * 3 + part] =
            tables[(byte * 256 + (value ^ least)) * 3 + part]! ^ tables[(byte * 256 + least) * 3 + part]!;
      }
  }

  /** Hashes a packed state, and keeps its value for `step`. */
  begin(state: Int32Array): void {
    this.#baseSegment = 0;
    this.#baseHigh = 0;
    this.#baseLow = 0;
    this.#hash(undefined, state);
    this.#baseSegment = this.segment;
    this.#baseHigh = this.high;
    this.#baseLow = this.low;
  }

  /** Hashes a state that comes after the one that was begun with: only the bytes that differ are looked at. */
  step(before: Int32Array, after: Int32Array): void {
    this.#hash(before, after);
  }

  #hash(before: Int32Array | undefined, after: Int32Array): void {
    const tables = this.#tables;
    let segment = this.#baseSegment;
    let high = this.#baseHigh;
    let low = this.#baseLow;
    for (let word = 0; word < this.#words; word++) {
      let changed = before === undefined ? after[word]! : before[word]! ^ after[word]!;
      for (let at = word * 3072; changed !== 0; changed >>>= 8, at += 768) {
        const entry = at + (changed & 255) * 3;
        segment ^= tables[entry]!;
        high ^= tables[entry + 1]!;
        low ^= tables[entry + 2]!;
      }
    }
    this.segment = segment;
    this.high = high;
    this.low = low;
  }
}

/** A word whose last `count` bits are ones. */
function ones(count: number): number {
  return count <= 0 ? 0 : count >= 32 ? -1 : (1 << count) - 1;
}
