import type { Kernel } from '../../kernel/kernel.ts';
import type { Loop } from '../../kernel/loop.ts';
import type { States } from '../expander.ts';
import type { FoundInGraph, GraphPhase } from './phase.ts';
import { sentence } from './stuck.ts';

/**
 * `StuckThreads` in the memory of the inner loop (src/loop/stuck.ts): the same passes over the same states, and the same
 * answer. The loop must be that of a search that has seen all states, and took none for another.
 */
export class LoopStuck implements GraphPhase {
  readonly #loop: Loop;
  readonly #states: States;
  readonly #kernel: Kernel;
  readonly full: boolean;
  #pass: 'first' | 'up' | 'down' = 'first';
  /** States that the pass has still to look at. */
  left: number;
  #changed = 0;

  /** @param kernel to tell of a state with; what it has loaded is not kept */
  constructor(loop: Loop, states: States, kernel: Kernel) {
    this.#loop = loop;
    this.#states = states;
    this.#kernel = kernel;
    this.full = loop.exports.prepare(states.size, kernel.threads) === 0;
    this.left = states.size;
  }

  advance(count: number): boolean {
    if (this.full) return true;
    const { exports } = this.#loop;
    const { size } = this.#states;
    const part = Math.min(this.left, count);
    if (this.#pass === 'first') exports.goBack(this.left, this.left - part);
    else if (this.#pass === 'up') this.#changed += exports.goAgain(size - this.left, size - this.left + part, 1);
    else this.#changed += exports.goAgain(this.left - part, this.left, 0);
    this.left -= part;
    if (this.left > 0) return false;
    if (exports.unseenStates() > 0) throw new Error('a state was judged before all states were seen');
    if (this.#first === undefined || (this.#pass !== 'first' && this.#changed === 0)) return true;
    this.#pass = this.#pass === 'up' ? 'down' : 'up';
    this.left = size;
    this.#changed = 0;
    return false;
  }

  get #first(): number | undefined {
    const { size } = this.#states;
    const state = this.#loop.exports.firstStuck(0, size) >>> 0;
    return state === size ? undefined : state;
  }

  get found(): FoundInGraph | undefined {
    const state = this.full ? undefined : this.#first;
    if (state === undefined) return undefined;
    const packed = new Int32Array(this.#states.words);
    this.#states.read(state, packed);
    this.#kernel.load(packed, 0);
    return { state, says: sentence(this.#kernel, ~this.#loop.exports.knownOf(state)) };
  }
}
