import type { Kernel } from '../../kernel/kernel.ts';
import type { Loop } from '../../kernel/loop.ts';
import type { States } from '../expander.ts';
import type { FoundInGraph, GraphPhase } from './phase.ts';
import type { Orbits } from '../symmetry/orbits.ts';
import { told } from './stuck.ts';

/**
 * `StuckThreads` in the memory of the inner loop (src/loop/stuck.ts): the same passes over the same states, and the same
 * answer. The loop must be that of a search that has seen all states.
 */
export class LoopStuck implements GraphPhase {
  readonly #loop: Loop;
  readonly #states: States;
  readonly #kernel: Kernel;
  /** What is known has its room beside the states. */
  readonly full = false;
  readonly #told: number;
  /** 0: the first pass; odd ones go upwards, even ones downwards. */
  #pass = 0;
  /** States that the pass has still to look at. */
  left: number;
  #changed = 0;

  /** Called before each slice: others may have loaded another state into the kernel that the loop asks. */
  readonly #begin: () => void;
  readonly #orbits: Orbits | undefined;

  /**
   * @param kernel to tell of a state with; what it has loaded is not kept
   * @param told from this state on, the search has taken down who can take a step, unless a safe step was taken alone
   * @param orbits where the states are those of a search with symmetry
   */
  constructor(loop: Loop, states: States, kernel: Kernel, told: number, begin: () => void, orbits: Orbits | undefined) {
    this.#orbits = orbits;
    this.#begin = begin;
    this.#loop = loop;
    this.#states = states;
    this.#kernel = kernel;
    this.#told = told;
    this.left = states.size;
  }

  advance(count: number): boolean {
    this.#begin();
    const { exports } = this.#loop;
    const { size } = this.#states;
    const part = Math.min(this.left, count);
    if (this.#pass === 0) exports.goBack(this.left, this.left - part, this.#told);
    else if (this.#pass % 2 === 1) this.#changed += exports.goAgain(size - this.left, size - this.left + part, 1);
    else this.#changed += exports.goAgain(this.left - part, this.left, 0);
    this.left -= part;
    if (this.left > 0) return false;
    if (exports.unseenStates() > 0) throw new Error('a state was judged before all states were seen');
    if (this.#first === undefined || (this.#pass > 0 && this.#changed === 0)) return true;
    this.#pass++;
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
    const state = this.#first;
    if (state === undefined) return undefined;
    const stuck = ~this.#loop.exports.knownOf(state);
    const says = (element: number): string => told(this.#kernel, this.#states, state, stuck, element, this.#orbits);
    return { state, says: says(0), retold: says };
  }
}
