import type { Layout } from '../kernel/layout.ts';
import { fieldWords } from '../kernel/loop-fields.ts';
import type { Loop } from '../kernel/loop.ts';
import type { States } from './expander.ts';

/** States that are taken over at once: a chunk of src/loop/states.ts holds a multiple of them. */
const block = 256;

/** The states in the loop's memory. */
export class LoopStates implements States {
  readonly words: number;
  readonly #loop: Loop;
  readonly #byOthers: () => number;

  /** @param byOthers how many states other threads have added */
  constructor(loop: Loop, words: number, byOthers: () => number) {
    this.#loop = loop;
    this.words = words;
    this.#byOthers = byOthers;
  }

  get size(): number {
    return (this.#loop.exports.addedStates() >>> 0) + this.#byOthers();
  }
  get full(): boolean {
    return this.#loop.isFull;
  }
  get bytes(): number {
    return this.#loop.bytes;
  }
  add(state: Int32Array, parent: number): void {
    this.#loop.exports.add(this.#place(state), parent);
  }
  find(state: Int32Array): number {
    return this.#loop.exports.find(this.#place(state));
  }
  read(state: number, into: Int32Array): void {
    const from = (this.#loop.exports.addressOf(state) >>> 0) / 4;
    const words = this.#loop.reach(from + this.words);
    for (let k = 0; k < this.words; k++) into[k] = words[from + k]!;
  }
  parentOf(state: number): number {
    return this.#loop.exports.parentOf(state);
  }

  /**
   * Takes over all states of another memory, which are packed by another layout of the same fields, under the numbers that they
   * have there. Before any is added. Throws `OutOfMemory` if the budget does not even hold what it takes.
   */
  takeOver(before: LoopStates, was: Layout, is: Layout): void {
    const loop = this.#loop;
    const fields = loop.place([
      is.fields.length,
      ...is.fields.flatMap((_, field) => [...fieldWords(was, field), ...fieldWords(is, field)]),
    ]);
    const states = loop.allocate(block * before.words * 4);
    const parents = loop.allocate(block * 4);
    const { size } = before;
    loop.exports.reserve(size);
    for (let from = 0; from < size; from += block) {
      const count = Math.min(block, size - from);
      before.#copy(from, count, loop.words.subarray(states >>> 2), loop.words.subarray(parents >>> 2));
      loop.exports.repack(states, before.words * 4, parents, count, fields);
    }
  }

  /** Copies states that lie one behind the other, and their parents. */
  #copy(from: number, count: number, states: Int32Array, parents: Int32Array): void {
    const { exports } = this.#loop;
    const at = (exports.addressOf(from) >>> 0) / 4;
    const parentsAt = (exports.parentAddress(from) >>> 0) / 4;
    const words = this.#loop.reach(Math.max(at + count * this.words, parentsAt + count));
    states.set(words.subarray(at, at + count * this.words));
    parents.set(words.subarray(parentsAt, parentsAt + count));
  }

  /** Nothing is staged between calls of the loop, or what is lies before this place. */
  #place(state: Int32Array): number {
    const at = this.#loop.exports.stagingPlace() >>> 0;
    this.#loop.reach((at >>> 2) + state.length).set(state, at >>> 2);
    return at;
  }
}
