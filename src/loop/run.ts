/** Runs of states, one after the other. */
import { expand } from './expand';
import { FULL } from './memory';

/** The state that is being expanded: where to go on after TypeScript has thrown. */
let current: u32 = 0;
export function currentState(): u32 {
  return current;
}

/** Expands the states from … to − 1; returns where it stopped: before `to` only if memory ran out. */
export function expandRange(from: u32, to: u32): u32 {
  for (let number = from; number < to; number++) {
    if (load<u32>(FULL) == 1) return number;
    current = number;
    expand(number);
  }
  return to;
}
