/**
 * Who can go on from which state: the fixpoint of src/explore/liveness/stuck.ts, over the states in this memory. It says what
 * the passes are.
 */
import { knowOwnSteps, knowSuccessors } from './expand';
import { all, keep, known, knownOf, lookAt } from './known';
import { parentOf } from './visited';

/** Of so many states in a row, the first few tell whether looking at successors pays in this pass. */
const ROW: u32 = 1024;
const FIRST_FEW: u32 = 64;
let row: u32 = 0;
let looked: u32 = 0;
let settled: u32 = 0;

/** Whether the successors of most states around this one, of those that were looked up, told all. */
@inline
function pays(number: u32): bool {
  if (number / ROW != row) {
    row = number / ROW;
    looked = settled = 0;
  }
  return looked < FIRST_FEW || settled * 2 > looked;
}

/** Looks up the successors of a state, after what is known of it. */
@inline
function lookUp(number: u32): void {
  knowSuccessors(number);
  looked++;
  if (known == all) settled++;
}

/**
 * The first pass, from the state `from` − 1 down to `to`; of those from `told` on the search has taken down their own steps. What
 * a state's successors let go on is known by then where they were seen after it; where most go back to states seen before,
 * looking them up is left to the next pass, which goes upwards.
 */
export function goBack(from: u32, to: u32, told: u32): void {
  for (let number = from; number > to; ) {
    number--;
    lookAt(knownOf(number));
    if (known != all) {
      if (number < told) knowOwnSteps(number);
      if (known != all && pays(number)) lookUp(number);
      keep(number, known);
    }
    const parent = parentOf(number);
    if (parent >= 0) keep(parent, knownOf(parent) | known);
  }
}

/** A later pass, over the states `from` … `to` − 1, upwards or downwards, all of them or where it pays. Of how many more was learned. */
export function goAgain(from: u32, to: u32, upwards: bool, whole: bool): u32 {
  let changed: u32 = 0;
  for (let k: u32 = 0; k < to - from; k++) {
    const number = upwards ? from + k : to - 1 - k;
    const before = knownOf(number);
    if (before == all || (!whole && !pays(number))) continue;
    lookAt(before);
    lookUp(number);
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
