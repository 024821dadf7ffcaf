import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

const perWord = 2 ** -32;

/**
 * The random numbers of one schedule: a generator of its own for each (seed, number), so that a schedule is the same
 * whichever worker runs it and whatever was run before. The generator is the one that fast-check draws from.
 */
export class RandomStream {
  #generator: RandomGenerator;

  constructor(seed: number, number: number) {
    this.#generator = xoroshiro128plusFromState(stateOf(seed, number));
  }

  /** Starts the stream of another schedule. */
  restart(seed: number, number: number): void {
    this.#generator = xoroshiro128plusFromState(stateOf(seed, number));
  }

  /** A whole number from 0 to 2^32 − 1. */
  word(): number {
    return this.#generator.next() >>> 0;
  }

  /** A number from 0 up to, not including, 1, in steps of 2^-32. */
  fraction(): number {
    return (this.#generator.next() >>> 0) * perWord;
  }

  /** A whole number from 0 to count − 1; none is more likely than another by more than count × 2^-32. */
  below(count: number): number {
    return count <= 1 ? 0 : Math.floor((this.#generator.next() >>> 0) * perWord * count);
  }
}

/** Rounds of a Feistel network: different (seed, number) give different states, whatever the mixing function is. */
function stateOf(seed: number, number: number): number[] {
  let left = seed | 0;
  let right = number | 0;
  // Seeds and numbers may have more bits than a word; they enter as keys.
  const key = Math.imul(Math.floor(seed / 2 ** 32), 0x27d4eb2f) ^ Math.imul(Math.floor(number / 2 ** 32), 0x165667b1);
  const state: number[] = [];
  for (let round = 1; round <= 6; round++) {
    [left, right] = [right, left ^ mixed((right + Math.imul(round, 0x9e3779b1)) ^ key)];
    if (round === 4 || round === 6) state.push(left, right);
  }
  return state;
}

/** The finaliser of MurmurHash3: each bit of the answer depends on each bit of the word. */
export function mixed(word: number): number {
  let hash = word ^ (word >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
