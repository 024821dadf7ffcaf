import type { Layout } from '../kernel/layout.ts';
import type { States } from './expander.ts';
import { LoopStates } from './loop-states.ts';

/**
 * Adds all states of a table to one that is empty, packed by another layout of the same fields, under the numbers that they have
 * there.
 */
export function takeOver(before: States, was: Layout, states: States, is: Layout): void {
  if (before instanceof LoopStates && states instanceof LoopStates) return states.takeOver(before, was, is);
  const pack = was.packer(is);
  const old = new Int32Array(was.words);
  const state = new Int32Array(is.words);
  for (let number = 0; number < before.size; number++) {
    before.read(number, old);
    pack(old, state);
    states.add(state, before.parentOf(number));
  }
}
