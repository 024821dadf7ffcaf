/**
 * How each state was first reached: from which state, and by which of its steps. It takes little more than a byte a state,
 * because a breadth-first search numbers states so that their parents never go down: of a parent only the difference to the
 * one before is kept. It is all that is needed to find a run to a state again, whose packed form is long gone.
 */
import type { Budget } from './budget.ts';

const chunkBytes = 1 << 16;
/** From each so-manieth state on, the log can be read. */
const between = 256;
/** What a first byte has room for: 3 bits of the difference, 5 of the step. The largest of each says that the rest follows. */
const longDifference = 7;
const longStep = 31;

/** The state that a state was first reached from (−1: it is initial), and the number of the step among those enabled there. */
export interface Origin {
  readonly parent: number;
  readonly step: number;
}

export class Ancestry {
  size = 0;
  readonly #budget: Budget;
  readonly #chunks: Uint8Array[] = [];
  /** Where the next byte goes. */
  #end = 0;
  #lastParent = -1;
  /** By checkpoint: where it is, and the parent of the state before. */
  readonly #places: number[] = [];
  readonly #parents: number[] = [];

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** Makes sure that `add` has room; false if the budget does not allow it. */
  hasRoom(): boolean {
    // A record takes at most 17 bytes, a checkpoint 16.
    if (this.#chunks.length * chunkBytes - this.#end > 17) return true;
    if (!this.#budget.take(chunkBytes + (chunkBytes / between) * 16)) return false;
    this.#chunks.push(new Uint8Array(chunkBytes));
    return true;
  }

  /** The origin of the next state. Parents never go down. A hook for tests that break it on purpose. */
  add(parent: number, step: number): void {
    if (this.size % between === 0) {
      this.#places.push(this.#end);
      this.#parents.push(this.#lastParent);
    }
    const difference = parent - this.#lastParent;
    this.#put((Math.min(difference, longDifference) << 5) | Math.min(step, longStep));
    if (difference >= longDifference) this.#putLong(difference - longDifference);
    if (step >= longStep) this.#putLong(step - longStep);
    this.#lastParent = parent;
    this.size++;
  }

  of(state: number): Origin {
    const checkpoint = Math.floor(state / between);
    let at = this.#places[checkpoint]!;
    let parent = this.#parents[checkpoint]!;
    let step = 0;
    const long = (): number => {
      let value = 0;
      for (let unit = 1; ; unit *= 128) {
        const byte = this.#byte(at++);
        value += (byte & 127) * unit;
        if (byte < 128) return value;
      }
    };
    for (let number = checkpoint * between; number <= state; number++) {
      const byte = this.#byte(at++);
      parent += byte >>> 5;
      if (byte >>> 5 === longDifference) parent += long();
      step = byte & 31;
      if (step === longStep) step += long();
    }
    return { parent, step };
  }

  #byte(at: number): number {
    return this.#chunks[Math.floor(at / chunkBytes)]![at % chunkBytes]!;
  }

  #put(byte: number): void {
    this.#chunks[Math.floor(this.#end / chunkBytes)]![this.#end % chunkBytes] = byte;
    this.#end++;
  }

  /** Seven bits a byte, lowest first; all but the last have the eighth. */
  #putLong(value: number): void {
    let left = value;
    for (; left >= 128; left = Math.floor(left / 128)) this.#put(128 | (left & 127));
    this.#put(left);
  }
}
