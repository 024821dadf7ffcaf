/**
 * Expands states by tables of numbers: what src/kernel/kernel.ts does, without the cases that are rare. Those (a transition
 * that nobody has taken yet, a violation, a throw, a thread's end) are left to TypeScript through the imported functions.
 *
 * The tables, all of 32-bit words, are written by src/kernel/loop-tables.ts, which says what stands where.
 */
import { all, bytesKnown, keep, know, known, knownOf, learnFrom, prepareKnown } from './known';
import { allocate } from './memory';
import { addressOf, padded, stage, stagingPlace } from './visited';

/** Fires the thread's pending operation with this pick (−1: stops) in TypeScript; a successor is written to the address. 0: disabled, 1: stepped, 2: faulted; −1: leave the whole state. */
@external('search', 'fire')
declare function fireSlowly(state: u32, thread: i32, pick: i32, successor: u32): i32;
/** Takes a safe step that is not in the tables, in place. 1: taken, 0: somebody must see it; −1: leave the whole state that is being expanded. */
@external('search', 'settle')
declare function settleSlowly(state: u32, thread: u32): i32;
/** An invariant (by its place in the table) does not hold in the state, or has not been asked yet. False: leave the whole state. */
@external('search', 'invariant')
declare function judgeInvariant(state: u32, invariant: u32): bool;
/** The state's future is to be judged: nothing is enabled in it, or threads wait for each other, or may race. False: leave the whole state. */
@external('search', 'future')
declare function judgeFuture(state: u32, enabled: u32): bool;

/** Opcodes, as in src/kernel/opcode.ts. */
const DONE: u32 = 0;
const LOAD: u32 = 3;
const COMPOUND: u32 = 5;
const REQUEST: u32 = 6;
const LOCK: u32 = 7;
const ACQUIRE_REQUESTED: u32 = 8;
const UNLOCK: u32 = 9;
const TRY_LOCK: u32 = 10;
const ACQUIREM: u32 = 11;
const RELEASEM: u32 = 12;
const ACQUIRE: u32 = 13;
const RELEASE: u32 = 14;
const REQUEST_STOP: u32 = 15;
const COMPLETE_STOP: u32 = 16;
const START: u32 = 17;
const CHOOSE: u32 = 18;

/** A field in three words: byte offset of its word, shift, mask. */
const BYTE: u32 = 0;
const SHIFT: u32 = 4;
const MASK: u32 = 8;
const FIELD: u32 = 12;

/** A thread: its node field, its nodes, and the fields of its stop, gate and pins, each 0 masks where it has none. */
const THREAD_BYTES: u32 = 64;
const NODES: u32 = 12;
const STOPPED: u32 = 16;
const GATE: u32 = 28;
const PINS: u32 = 40;
/** Which gate it runs behind, as the byte offset and shift of the gate's field told apart: 0 for none, else 1 + number. */
const GATE_NUMBER: u32 = 52;

/** A local state, on a cache line of its own: opcode and flags, the operand's field, second operand, where its slots are, and what hangs on it. */
const NODE_BITS: u32 = 6;
const OPERAND: u32 = 4;
const SECOND: u32 = 16;
const NODE_SLOTS: u32 = 20;
const COMPOUND_TABLE: u32 = 24;
const EFFECTS: u32 = 28;
/** Plain variables that the operation reads, and those that it writes, as sets of bits; a conflict is looked at more closely. */
const READS: u32 = 32;
const WRITES: u32 = 36;
/** Beside the opcode: whether every step is left to TypeScript; may be taken alone (src/kernel/safe-steps.ts); and whether the thread may stay there for ever. */
const OPCODE: u32 = 0xff;
const RARE: u32 = 0x100;
const SAFE: u32 = 0x200;
const RESTS: u32 = 0x400;

/**
 * A slot: the result's code, whether its steps may change what a property of steps looks at, then the masks:
 * next = ((current & keep) | set) + add, a vector at a time.
 */
const RESULT: u32 = 0;
const SHOWS: u32 = 4;
const MASKS: u32 = 16;
/** Instead of a slot's address: nobody has taken it yet, or it blocks. */
const UNKNOWN: u32 = 0;
const BLOCKED: u32 = 1;

/** Kinds of effects beside a step. */
const END: u32 = 0;
const GHOST: u32 = 1;
const EVENT: u32 = 2;
const ASSIGNMENT: u32 = 3;
// The only other kind is a look of a monitor at the values that the step leaves.
/** Instead of an event's address: the monitor does not react. */
const NO_EVENT: u32 = 1;

let threads: u32 = 0;
let threadTable: u32 = 0;
let gates: u32 = 0;
let gateTable: u32 = 0;
let invariants: u32 = 0;
let invariantTable: u32 = 0;
let delays: u32 = 0;
let delayTable: u32 = 0;
let stepProperties: u32 = 0;
let stepTable: u32 = 0;
/** By property of steps: the place of the row in its table that holds the answers for steps from the state. */
let stepRows: u32 = 0;
/** Whether wait-for cycles and races are still news; see `seek`. */
let seeksCycles: bool = true;
let mayRace: bool = false;
/** By thread that waits, the threads that it waits for, as a set of bits. */
let waits: u32 = 0;
/** Transitions taken. */
let transitions: f64 = 0;
export function takenTransitions(): f64 {
  return transitions;
}

/** Whether safe steps are taken alone. */
let reduces: bool = false;

/** Reads where the tables are from twelve words. */
export function configure(at: u32): void {
  threads = load<u32>(at);
  threadTable = load<u32>(at + 4);
  gates = load<u32>(at + 8);
  gateTable = load<u32>(at + 12);
  invariants = load<u32>(at + 16);
  invariantTable = load<u32>(at + 20);
  delays = load<u32>(at + 24);
  delayTable = load<u32>(at + 28);
  stepProperties = load<u32>(at + 32);
  stepTable = load<u32>(at + 36);
  reduces = load<u32>(at + 40) != 0;
  prepareKnown(threads, load<u32>(at + 44));
  // Threads that share the memory have the tables in common, and these are for one state of one thread.
  waits = allocate(threads << 2);
  stepRows = allocate(max(stepProperties, 1) << 2);
}

/** Whether a state in which threads wait in a circle is still news, and one in which threads race. */
export function seek(cycles: bool, races: bool): void {
  seeksCycles = cycles;
  mayRace = races;
}

@inline
function read(state: u32, field: u32): u32 {
  return (load<u32>(state + load<u32>(field + BYTE)) >>> load<u32>(field + SHIFT)) & load<u32>(field + MASK);
}

@inline
function write(state: u32, field: u32, value: u32): void {
  const at = state + load<u32>(field + BYTE);
  const shift = load<u32>(field + SHIFT);
  store<u32>(at, (load<u32>(at) & ~(load<u32>(field + MASK) << shift)) | (value << shift));
}

/** The row of a table that the values of some fields stand for: a count, then a field and its radix each. */
@inline
function rowOf(state: u32, fields: u32): u32 {
  let row: u32 = 0;
  const end = fields + 4 + load<u32>(fields) * 16;
  for (let at = fields + 4; at < end; at += 16) row += read(state, at) * load<u32>(at + FIELD);
  return row;
}

/** The local state that a thread, by the address of its record, is in. */
@inline
function nodeOf(state: u32, it: u32): u32 {
  return load<u32>(it + NODES) + (read(state, it) << NODE_BITS);
}

/** Whether m.locks of a gated thread has no room for one more, which is for TypeScript to make. */
@inline
function pinsAreFull(state: u32, it: u32): bool {
  const most = load<u32>(it + PINS + MASK);
  return most != 0 && read(state, it + PINS) == most;
}

/** Whether m.locks of a gated thread is 0. */
@inline
function pinsAreNone(state: u32, it: u32): bool {
  return load<u32>(it + PINS + MASK) != 0 && read(state, it + PINS) == 0;
}

/** Writes the state after a step by the slot, which may be to where the state stands. */
@inline
function takeSlot(state: u32, successor: u32, slot: u32): void {
  for (let k: u32 = 0; k < padded; k += 16)
    v128.store(
      successor + k,
      i32x4.add(
        v128.or(v128.and(v128.load(state + k), v128.load(slot + MASKS + k)), v128.load(slot + MASKS + padded + k)),
        v128.load(slot + MASKS + 2 * padded + k),
      ),
    );
}

/** A monitor's field, then the address of the event's row: how many states it knows, and their successors' address. False: leave it to TypeScript. */
@inline
function notify(successor: u32, event: u32): bool {
  const state = read(successor, event);
  if (state == 0) return true;
  const row: u32 = load<u32>(event + FIELD);
  if (state >= load<u32>(row)) return false;
  const next = load<i32>(load<u32>(row + 4) + (state << 2));
  // Not asked yet, violated, or wider than its field.
  if (next <= 0 || <u32>next > load<u32>(event + MASK)) return false;
  write(successor, event, next);
  return true;
}

/** Ghosts and monitors beside a step. False: leave the step to TypeScript. */
function takeEffects(effects: u32, state: u32, successor: u32, index: u32, result: u32): bool {
  let at = effects;
  while (true) {
    const kind = load<u32>(at);
    if (kind == END) return true;
    const size = load<u32>(at + 4);
    if (kind == GHOST) {
      // Target, rows, table, fields.
      const code = load<i32>(load<u32>(at + 24) + ((result * load<u32>(at + 20) + rowOf(state, at + 28)) << 2));
      if (code < 0) return false;
      write(successor, at + 8, code);
    } else if (kind == EVENT) {
      if (!notify(successor, at + 8)) return false;
    } else if (kind == ASSIGNMENT) {
      // Variable, its size, table of event lists by old and new value, table of rows that write (0: all do).
      const writes: u32 = load<u32>(at + 28);
      if (writes == 0 || load<u8>(writes + index) == 1) {
        const change = read(state, at + 8) * load<u32>(at + 20) + read(successor, at + 8);
        const list: u32 = load<u32>(load<u32>(at + 24) + (change << 2));
        if (list == 0) return false;
        const end = list + 4 + load<u32>(list) * 16;
        for (let event = list + 4; event < end; event += 16) if (!notify(successor, event)) return false;
      }
    } else {
      // Table of events by row, fields.
      const event: u32 = load<u32>(load<u32>(at + 8) + (rowOf(successor, at + 12) << 2));
      if (event == 0 || (event != NO_EVENT && !notify(successor, event))) return false;
    }
    at += size;
  }
}

/** Finds the answers for steps from the state. Whether steps that change nothing that is looked at are known to be right. */
function prepareSteps(state: u32): bool {
  let still = true;
  for (let k: u32 = 0, at = stepTable; k < stepProperties; k++) {
    // Answers, how long the record is, how many rows, then fields.
    const row = rowOf(state, at + FIELD);
    const answers: u32 = load<u32>(at) + row * load<u32>(at + 8);
    store<u32>(stepRows + (k << 2), answers);
    if (load<u8>(answers + row) != 1) still = false;
    at += load<u32>(at + 4);
  }
  return still;
}

/** Whether all properties of steps are known to hold of the step from the state that was prepared to this one. */
function stepsHold(successor: u32): bool {
  for (let k: u32 = 0, at = stepTable; k < stepProperties; k++) {
    if (load<u8>(load<u32>(stepRows + (k << 2)) + rowOf(successor, at + FIELD)) != 1) return false;
    at += load<u32>(at + 4);
  }
  return true;
}

/**
 * Takes the safe steps that wait in a staged state, one after the other, in place: what lies between is seen by nobody.
 * Returns how many it took; −1: leave the whole state that is being expanded to TypeScript.
 */
function takeSafeSteps(state: u32): i32 {
  let taken = 0;
  let thread: u32 = 0;
  while (thread < threads) {
    const it = threadTable + thread * THREAD_BYTES;
    const node = nodeOf(state, it);
    const flags = load<u32>(node);
    if ((flags & SAFE) != 0) {
      const opcode = flags & OPCODE;
      // No table of a compound step is safe that blocks, so the row needs no look.
      const index: u32 = opcode == LOAD ? read(state, node + OPERAND) : opcode == COMPOUND ? rowOf(state, load<u32>(node + COMPOUND_TABLE)) : 0;
      const slot = load<u32>(load<u32>(node + NODE_SLOTS) + (index << 2));
      const isRare = (flags & RARE) != 0 || slot <= BLOCKED || ((opcode == REQUEST || opcode == ACQUIREM) && pinsAreFull(state, it));
      if (!isRare) takeSlot(state, state, slot);
      const settled = isRare ? settleSlowly(state, thread) : 1;
      if (settled < 0) return settled;
      taken += settled;
      // The same thread may stand at another.
      if (settled == 1) continue;
    }
    thread++;
  }
  return taken;
}

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

/** Adds to `known` what is known of the state's successors; all that there is if a step ends in a fault. */
export function knowSuccessors(number: u32): void {
  visit(number, OTHERS);
}

/** Judges the invariants in a state. False: leave the whole state to TypeScript. */
@inline
function judgeInvariants(number: u32, state: u32): bool {
  for (let k: u32 = 0, at = invariantTable; k < invariants; k++) {
    // Answers, then how long the record is, then fields.
    if (load<u8>(load<u32>(at) + rowOf(state, at + 8)) != 1 && !judgeInvariant(number, k)) return false;
    at += load<u32>(at + 4);
  }
  return true;
}

@inline
function visit(number: u32, purpose: u32): bool {
  const state = addressOf(number);
  if (purpose == SEARCH && !judgeInvariants(number, state)) return false;
  let closing = false;
  for (let gate: u32 = 0; gate < gates; gate++) {
    const value = read(state, gateTable + gate * FIELD);
    if (value != 0 && value <= threads) closing = true;
  }
  // Where some thread stands at a safe step, the others wait: only that step is taken.
  let first: u32 = 0;
  let last: u32 = threads;
  if (reduces && purpose != OWN)
    for (let thread: u32 = 0; thread < threads; thread++) {
      if ((load<u32>(nodeOf(state, threadTable + thread * THREAD_BYTES)) & SAFE) == 0) continue;
      first = thread;
      last = thread + 1;
      break;
    }
  const still = purpose != SEARCH || stepProperties == 0 || prepareSteps(state);
  // Who goes on or rests here, and whether a step ends in a fault: then nobody is stuck.
  let goOn: u32 = 0;
  let enabled: u32 = 0;
  let settled: u32 = 0;
  let waiting: u32 = 0;
  let waiters: u32 = 0;
  let readers: u32 = 0;
  let writers: u32 = 0;
  let races = false;
  for (let thread = first, it = threadTable + first * THREAD_BYTES; thread < last; thread++, it += THREAD_BYTES) {
    const node = nodeOf(state, it);
    const flags = load<u32>(node);
    const opcode = flags & OPCODE;
    if (purpose == SEARCH && (flags & RESTS) != 0) goOn |= 1 << thread;
    if (purpose == OWN) {
      if ((flags & RESTS) != 0) know(1 << thread);
      if (((known >>> thread) & 1) == 1) continue;
    }
    if (opcode == DONE) continue;
    const gate = load<u32>(it + GATE_NUMBER);
    const stopped = gate != 0 && read(state, it + STOPPED) == 1;
    if (stopped) {
      // Behind one gate nobody waits for a stopped thread; with two, those who stop the worlds may wait for each other.
      if (gates > 1) waiting += 2;
      waiters |= 1 << thread;
      store<u32>(waits + (thread << 2), 1 << ((read(state, it + GATE) - 1) % threads));
      continue;
    }
    if (purpose == SEARCH && mayRace) {
      const reads = load<u32>(node + READS);
      const writes = load<u32>(node + WRITES);
      if ((reads & writers) != 0 || (writes & (readers | writers)) != 0) races = true;
      readers |= reads;
      writers |= writes;
    }
    const field = node + OPERAND;
    let index: u32 = 0;
    let rare = (flags & RARE) != 0;
    let picks: u32 = 1;
    let blocked = false;
    switch (opcode) {
      case LOAD:
        index = read(state, field);
        break;
      case COMPOUND:
        index = rowOf(state, load<u32>(node + COMPOUND_TABLE));
        break;
      case REQUEST:
      case ACQUIREM:
        if (pinsAreFull(state, it)) rare = true;
        break;
      case LOCK:
      case ACQUIRE_REQUESTED: {
        const holder = read(state, field);
        if (holder == thread + 1) rare = true;
        else if (holder != 0) {
          const other = threadTable + (holder - 1) * THREAD_BYTES;
          waiting += read(state, other + STOPPED) == 1 ? 2 : 1;
          waiters |= 1 << thread;
          store<u32>(waits + (thread << 2), 1 << (holder - 1));
          blocked = true;
        }
        break;
      }
      case UNLOCK:
        if (read(state, field) != thread + 1 || pinsAreNone(state, it)) rare = true;
        break;
      case TRY_LOCK:
        if (read(state, field) == 0) {
          index = 1;
          if (pinsAreFull(state, it)) rare = true;
        }
        break;
      case RELEASEM:
        if (pinsAreNone(state, it)) rare = true;
        break;
      case ACQUIRE:
        if (load<u32>(node + SECOND) == 1) rare = true;
        else blocked = read(state, field) == 0;
        break;
      case RELEASE:
        if (read(state, field) == load<u32>(node + SECOND)) rare = true;
        break;
      case REQUEST_STOP:
        // Asking with a lock held is wrong, whether or not another asks already.
        if (read(state, it + PINS) > 0) rare = true;
        else if (!rare) blocked = read(state, field) != 0;
        break;
      case COMPLETE_STOP: {
        const stops = load<u32>(node + SECOND);
        let others: u32 = 0;
        for (let other: u32 = 0; other < threads; other++) {
          const its = threadTable + other * THREAD_BYTES;
          if (other == thread || load<u32>(its + GATE_NUMBER) != stops || read(state, its + STOPPED) == 1) continue;
          if ((load<u32>(nodeOf(state, its)) & OPCODE) == DONE) continue;
          blocked = true;
          // One at a safe point may stop at any time: nobody waits for it in vain.
          if (read(state, its + PINS) > 0) others |= 1 << other;
        }
        if (blocked) {
          waiting++;
          waiters |= 1 << thread;
          store<u32>(waits + (thread << 2), others);
        }
        break;
      }
      case START:
        if (read(state, field) != 1 + threads + thread) rare = true;
        break;
      case CHOOSE:
        picks = load<u32>(node + SECOND);
        break;
      default:
    }
    if (!blocked) {
      const slots = load<u32>(node + NODE_SLOTS) + (index << 2);
      for (let pick: u32 = 0; pick < picks; pick++) {
        let slot: u32 = rare ? UNKNOWN : load<u32>(slots + (pick << 2));
        if (slot == BLOCKED) break;
        if (purpose == OWN) {
          // What was never taken in a search that has seen all is disabled or breaks something.
          const fired = slot == UNKNOWN ? fireSlowly(number, thread, 0, stagingPlace()) : 1;
          if (fired == 2) know(all);
          else if (fired == 1) know(1 << thread);
          break;
        }
        if (slot != UNKNOWN) {
          takeSlot(state, stagingPlace(), slot);
          const effects: u32 = load<u32>(node + EFFECTS);
          if (effects != 0 && !takeEffects(effects, state, stagingPlace(), index + pick, load<u32>(slot + RESULT))) slot = UNKNOWN;
          else if (purpose == SEARCH && (!still || load<u32>(slot + SHOWS) == 1) && !stepsHold(stagingPlace())) slot = UNKNOWN;
        }
        if (slot == UNKNOWN) {
          const fired = fireSlowly(number, thread, pick, stagingPlace());
          if (fired < 0) return false;
          if (fired == 0) break;
          enabled++;
          goOn |= fired == 1 ? 1 << thread : all;
          if (fired == 1) {
            const taken = arrive(number, purpose);
            if (taken < 0) return false;
            settled += taken;
          } else if (purpose == OTHERS) know(all);
          continue;
        }
        enabled++;
        goOn |= 1 << thread;
        const taken = arrive(number, purpose);
        if (taken < 0) return false;
        settled += taken;
      }
    }
    if (purpose == OTHERS && known == all) return true;
    if (purpose != OWN && closing && gate != 0) {
      const stopping = read(state, it + GATE);
      if (stopping == 0 || stopping > threads || stopping - 1 == thread || read(state, it + PINS) > 0) continue;
      enabled++;
      if (!still) {
        if (fireSlowly(number, thread, -1, stagingPlace()) < 0) return false;
      } else {
        for (let k: u32 = 0; k < padded; k += 16) v128.store(stagingPlace() + k, v128.load(state + k));
        write(stagingPlace(), it + STOPPED, 1);
      }
      const taken = arrive(number, purpose);
      if (taken < 0) return false;
      settled += taken;
    }
  }
  if (purpose != SEARCH) return true;
  if (bytesKnown != 0) keep(number, knownOf(number) | goOn);
  if (enabled == 0 || races || (waiting > 1 && seeksCycles && isCircular(waiters)) || (waiting > 0 && delays > 0 && mayDelay(state)))
    if (!judgeFuture(number, enabled)) return false;
  transitions += enabled + settled;
  return true;
}

/** The state's successor is at the staging place. Returns how many safe steps were taken behind it; −1: leave the state to TypeScript. */
@inline
function arrive(number: u32, purpose: u32): i32 {
  const taken = reduces ? takeSafeSteps(stagingPlace()) : 0;
  if (taken < 0) return taken;
  if (purpose == SEARCH) stage(number);
  else learnFrom(stagingPlace());
  return taken;
}

/** Whether some threads wait for each other in a circle: whoever is left after all who wait for nobody left have gone. */
function isCircular(waiters: u32): bool {
  let left = waiters;
  while (true) {
    let stay: u32 = 0;
    for (let thread: u32 = 0; thread < threads; thread++)
      if (((left >>> thread) & 1) == 1 && (load<u32>(waits + (thread << 2)) & left) != 0) stay |= 1 << thread;
    if (stay == 0) return false;
    if (stay == left) return true;
    left = stay;
  }
}

/** Whether some monitor of who is inside what says that somebody may be delayed: its field, then a byte for each of its states (1: nobody). */
function mayDelay(state: u32): bool {
  for (let k: u32 = 0, at = delayTable; k < delays; k++, at += 20) {
    const inside = read(state, at);
    if (inside >= load<u32>(at + 16) || load<u8>(load<u32>(at + FIELD) + inside) != 1) return true;
  }
  return false;
}
