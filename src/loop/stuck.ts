/**
 * Who can go on from which state: the fixpoint of src/explore/liveness/stuck.ts, over the states in this memory. It says what
 * the passes are.
 */
import { knowOwnSteps, knowSuccessors, tookOneOnly } from './expand';
import { all, keep, known, knownOf, lookAt } from './known';
import { whateverTheNames } from './orbits';
import { parentOf } from './states';

/**
 * The first pass, from the state `from` − 1 down to `to`. Of those from `told` on the search has taken down who can take a step,
 * unless it took one step of them only.
 */
export function goBack(from: u32, to: u32, told: u32): void {
  for (let number = from; number > to; ) {
    number--;
    lookAt(knownOf(number));
    if (known != all) {
      if (number < told || tookOneOnly(number)) knowOwnSteps(number);
      if (known != all) knowSuccessors(number);
      keep(number, known);
    }
    const parent = parentOf(number);
    if (parent >= 0) keep(parent, knownOf(parent) | whateverTheNames(known));
  }
}

/** A later pass, over the states `from` … `to` − 1, upwards or downwards: of how many more was learned. */
export function goAgain(from: u32, to: u32, upwards: bool): u32 {
  let changed: u32 = 0;
  for (let k: u32 = 0; k < to - from; k++) {
    const number = upwards ? from + k : to - 1 - k;
    const before = knownOf(number);
    if (before == all) continue;
    lookAt(before);
    knowSuccessors(number);
    if (known == before) continue;
    keep(number, known);
    changed++;
  }
  return changed;
}

/** The first state from `from` on, before `to`, in which somebody is stuck for all that is known; `to` if there is none. */
export function firstStuck(from: u32, to: u32): u32 {
  for (let number = from; number < to; number++) if (knownOf(number) != all) return number;
  return to;
}
