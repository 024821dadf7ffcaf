/**
 * Expands states by tables of numbers (tables.ts): what src/kernel/kernel.ts does, without the cases that are rare. Those (a
 * transition that nobody has taken yet, a violation, a throw, a thread's end) are left to TypeScript through imported functions.
 */
import { all, keep, know, known, knownOf, learnFrom } from './known';
import { DISABLED, LEFT, placeOf, someoneStops } from './guards';
import { CHOOSE, DONE } from './opcode';
import { takeLeast, takesAlike } from './orbits';
import { judgeInvariants, prepareSteps, stepsHold } from './properties';
import { firstSafe, takeSafeSteps } from './safe-steps';
import { stage, stagingPlace } from './staging';
import { addressOf, bytesKnown } from './states';
import { takeEffects, takeSlot, takeStop } from './step';
import {
  BLOCKED,
  delays,
  EFFECTS,
  GATE,
  GATE_NUMBER,
  gates,
  NODE_SLOTS,
  nodeOf,
  OPCODE,
  PINS,
  RARE,
  read,
  READS,
  reduces,
  RESTS,
  RESULT,
  SECOND,
  seenIn,
  SHOWS,
  slotBySeen,
  stepProperties,
  STOPPED,
  THREAD_BYTES,
  threads,
  threadTable,
  TOLD,
  UNKNOWN,
  WRITES,
} from './tables';
import { find } from './visited';
import { isCircular, mayDelay, wait, waitForNobody, waiting } from './waiting';

/** Fires the thread's pending operation with this pick (−1: stops) in TypeScript; a successor is written to the address. 0: disabled, 1: stepped, 2: faulted; −1: leave the whole state. */
@external('search', 'fire')
declare function fireSlowly(state: u32, thread: i32, pick: i32, successor: u32): i32;
/** The state's future is to be judged: nothing is enabled in it, or threads wait for each other, or may race. False: leave the whole state. */
@external('search', 'future')
declare function judgeFuture(state: u32, enabled: u32): bool;

/** Whether wait-for cycles and races are still news; see `seek`. */
let seeksCycles: bool = true;
let mayRace: bool = false;
/** Transitions taken. */
let transitions: f64 = 0;
export function takenTransitions(): f64 {
  return transitions;
}

/** Whether a state in which threads wait in a circle is still news, and one in which threads race. */
export function seek(cycles: bool, races: bool): void {
  seeksCycles = cycles;
  mayRace = races;
}

/** Of the state that is being expanded: who goes on or rests (all, if a step ends in a fault: then nobody is stuck), how many steps are enabled, and how many safe ones were taken behind them. */
let goOn: u32 = 0;
let enabled: u32 = 0;
let settled: u32 = 0;

/** What `visit` is for; each caller gets a function of its own, made of what its purpose needs. */
const SEARCH: u32 = 0;
const OWN: u32 = 1;
const OTHERS: u32 = 2;

/** Expands one state: judges it, fires all its threads, stages the successors. False if the whole state was left to TypeScript. */
export function expand(number: u32): bool {
  return visit(number, SEARCH);
}

/** Adds to `known` who can take a step in a state, or may stay where he is; all do if the step ends in a fault. */
export function knowOwnSteps(number: u32): void {
  visit(number, OWN);
}

/** Whether a search takes a safe step of the state alone. */
export function tookOneOnly(number: u32): bool {
  return reduces && firstSafe(addressOf(number)) != threads;
}

/** Adds to `known` what is known of the state's successors; all that there is if a step ends in a fault. */
export function knowSuccessors(number: u32): void {
  visit(number, OTHERS);
}

@inline
function visit(number: u32, purpose: u32): bool {
  const state = addressOf(number);
  if (purpose == SEARCH && !judgeInvariants(number, state)) return false;
  const closing = someoneStops(state);
  // Where some thread stands at a safe step, the others wait: only that step is taken.
  const safe = reduces && purpose != OWN ? firstSafe(state) : threads;
  const first: u32 = safe == threads ? 0 : safe;
  const last: u32 = safe == threads ? threads : safe + 1;
  waitForNobody();
  const still = purpose != SEARCH || stepProperties == 0 || prepareSteps(state);
  goOn = 0;
  enabled = 0;
  settled = 0;
  let readers: u32 = 0;
  let writers: u32 = 0;
  let races = false;
  for (let thread = first, it = threadTable + first * THREAD_BYTES; thread < last; thread++, it += THREAD_BYTES) {
    const node = nodeOf(state, it);
    const flags = load<u32>(node);
    if (purpose == SEARCH && (flags & RESTS) != 0) goOn |= 1 << thread;
    if (purpose == OWN) {
      if ((flags & RESTS) != 0) know(1 << thread);
      if (((known >>> thread) & 1) == 1) continue;
    }
    if ((flags & OPCODE) == DONE) continue;
    const gate = load<u32>(it + GATE_NUMBER);
    if (gate != 0 && read(state, it + STOPPED) == 1) {
      // Behind one gate nobody waits for a stopped thread; with two, those who stop the worlds may wait for each other.
      wait(thread, 1 << ((read(state, it + GATE) - 1) % threads), gates > 1 ? 2 : 0);
      continue;
    }
    if (purpose == SEARCH && mayRace) {
      const reads = load<u32>(node + READS);
      const writes = load<u32>(node + WRITES);
      if ((reads & writers) != 0 || (writes & (readers | writers)) != 0) races = true;
      readers |= reads;
      writers |= writes;
    }
    const seen = seenIn(state, node);
    const slot = slotBySeen(node, seen);
    if (slot > BLOCKED && (purpose == OWN || take(state, node, slot, seen, still, purpose))) {
      if (purpose == OWN) know(1 << thread);
      else {
        enabled++;
        goOn |= 1 << thread;
        if (!arrive(number, purpose)) return false;
      }
    } else if (slot != BLOCKED && !lookCloser(number, state, thread, it, node, still, purpose)) return false;
    if (purpose == OTHERS && known == all) return true;
    if (purpose != OWN && closing && gate != 0) {
      const stopping = read(state, it + GATE);
      if (stopping == 0 || stopping > threads || stopping - 1 == thread || read(state, it + PINS) > 0) continue;
      enabled++;
      if (!still) {
        if (fireSlowly(number, thread, -1, stagingPlace()) < 0) return false;
      } else takeStop(state, stagingPlace(), it);
      if (!arrive(number, purpose)) return false;
    }
  }
  if (purpose != SEARCH) return true;
  if (bytesKnown != 0) keep(number, knownOf(number) | goOn);
  if (enabled == 0 || races || (waiting > 1 && seeksCycles && isCircular()) || (waiting > 0 && delays > 0 && mayDelay(state)))
    if (!judgeFuture(number, enabled)) return false;
  transitions += enabled + settled;
  return true;
}

/** Writes the state after the step by a slot to the staging place, with what happens beside it. False: leave the step to TypeScript. */
@inline
function take(state: u32, node: u32, slot: u32, index: u32, still: bool, purpose: u32): bool {
  takeSlot(state, stagingPlace(), slot);
  const effects = load<u32>(node + EFFECTS);
  if (effects != 0 && !takeEffects(effects, state, stagingPlace(), index, load<u32>(slot + RESULT))) return false;
  return purpose != SEARCH || (still && load<u32>(slot + SHOWS) == 0) || stepsHold(stagingPlace());
}

/** Takes a thread's steps where what is seen does not tell enough: whether it is enabled, or by which slot. False: leave the whole state to TypeScript. */
function lookCloser(number: u32, state: u32, thread: u32, it: u32, node: u32, still: bool, purpose: u32): bool {
  const flags = load<u32>(node);
  const place = placeOf(state, thread, it, node, flags);
  if (place == DISABLED) return true;
  const isRare = place < 0 || (flags & (RARE | TOLD)) != 0;
  const index = <u32>place;
  const slots = load<u32>(node + NODE_SLOTS) + (index << 2);
  const picks: u32 = (flags & OPCODE) == CHOOSE ? load<u32>(node + SECOND) : 1;
  for (let pick: u32 = 0; pick < picks; pick++) {
    const slot: u32 = isRare ? UNKNOWN : load<u32>(slots + (pick << 2));
    if (slot == BLOCKED) break;
    if (purpose == OWN) {
      // What was never taken in a search that has seen all is disabled or breaks something.
      const fired = slot == UNKNOWN ? fireSlowly(number, thread, 0, stagingPlace()) : 1;
      if (fired == 2) know(all);
      else if (fired == 1) know(1 << thread);
      break;
    }
    const isTaken = slot != UNKNOWN && take(state, node, slot, index + pick, still, purpose);
    const fired = isTaken ? 1 : fireSlowly(number, thread, pick, stagingPlace());
    if (fired < 0) return false;
    if (fired == 0) break;
    enabled++;
    goOn |= fired == 1 ? 1 << thread : all;
    if (fired == 1) {
      if (!arrive(number, purpose)) return false;
    } else if (purpose == OTHERS) know(all);
  }
  return true;
}

/** The state's successor is at the staging place. False: leave the state to TypeScript. */
@inline
function arrive(number: u32, purpose: u32): bool {
  if (reduces) {
    const taken = takeSafeSteps(stagingPlace());
    if (taken < 0) return false;
    settled += taken;
  }
  const renaming = takesAlike() ? takeLeast(stagingPlace()) : 0;
  if (renaming < 0) return false;
  if (purpose == SEARCH) stage(number);
  else learnFrom(find(stagingPlace()), renaming);
  return true;
}
