import type { Budget } from './budget.ts';

/** States a chunk. */
const chunkStates = 1024;

/** The packed states that wait to be expanded, first in, first out. Only they are kept whole. */
export class Frontier {
  length = 0;
  readonly #words: number;
  readonly #budget: Budget;
  /** The first one holds the head. Those that have been left are used again. */
  #chunks: Int32Array[] = [];
  #first = 0;
  readonly #spare: Int32Array[] = [];
  /** Where the head is in its chunk, and the end in the last one; in states. */
  #from = 0;
  #to = chunkStates;

  constructor(words: number, budget: Budget) {
    this.#words = words;
    this.#budget = budget;
  }

  /** Makes sure that `push` has room; false if the budget does not allow it. */
  hasRoom(): boolean {
    if (this.#to < chunkStates) return true;
    const chunk = this.#spare.pop() ?? this.#newChunk();
    if (chunk === undefined) return false;
    this.#chunks.push(chunk);
    this.#to = 0;
    return true;
  }

  /** Adds the state at `offset` of `source`; only after `hasRoom`. */
  push(source: Int32Array, offset: number): void {
    const chunk = this.#chunks[this.#chunks.length - 1]!;
    const at = this.#to++ * this.#words;
    for (let k = 0; k < this.#words; k++) chunk[at + k] = source[offset + k]!;
    this.length++;
  }

  /** The chunk of the state that waits longest, and where it is there. */
  get head(): Int32Array {
    return this.#chunks[this.#first]!;
  }
  get offset(): number {
    return this.#from * this.#words;
  }

  /** Drops the state that waits longest. */
  shift(): void {
    this.length--;
    this.#from++;
    if (this.#from < chunkStates) return;
    this.#from = 0;
    this.#spare.push(this.#chunks[this.#first++]!);
    if (this.#first < 64) return;
    this.#chunks = this.#chunks.slice(this.#first);
    this.#first = 0;
  }

  /** Gives all its memory back. */
  release(): void {
    this.#budget.give((this.#chunks.length - this.#first + this.#spare.length) * chunkStates * this.#words * 4);
  }

  #newChunk(): Int32Array | undefined {
    const length = chunkStates * this.#words;
    return this.#budget.take(length * 4) ? new Int32Array(length) : undefined;
  }
}
