/** Whether a thread's pending operation is enabled in a state, and by which slot of its node it goes on. */
import {
  ACQUIRE,
  ACQUIRE_REQUESTED,
  ACQUIREM,
  COMPLETE_STOP,
  COMPOUND,
  DONE,
  LOAD,
  LOCK,
  RELEASE,
  RELEASEM,
  REQUEST,
  REQUEST_STOP,
  START,
  TRY_LOCK,
  UNLOCK,
} from './opcode';
import {
  COMPOUND_TABLE,
  FIELD,
  GATE_NUMBER,
  gates,
  gateTable,
  nodeOf,
  OPCODE,
  OPERAND,
  PINS,
  pinsAreFull,
  pinsAreNone,
  RARE,
  read,
  rowOf,
  SECOND,
  STOPPED,
  THREAD_BYTES,
  threads,
  threadTable,
} from './tables';
import { wait } from './waiting';

/** Instead of a slot's place: the operation is not enabled, or it is for TypeScript to take. */
export const DISABLED: i32 = -1;
export const LEFT: i32 = -2;

/**
 * The place among the node's slots, that of the first pick if it is a choice; notes for whom the thread waits. Where all steps from
 * the node are rare, or what is seen tells the slot of each that has been taken, any place will do.
 */
@inline
export function placeOf(state: u32, thread: u32, it: u32, node: u32, flags: u32): i32 {
  const field = node + OPERAND;
  switch (flags & OPCODE) {
    case LOAD:
      return read(state, field);
    case COMPOUND:
      return rowOf(state, load<u32>(node + COMPOUND_TABLE));
    case REQUEST:
    case ACQUIREM:
      return pinsAreFull(state, it) ? LEFT : 0;
    case LOCK:
    case ACQUIRE_REQUESTED: {
      const holder = read(state, field);
      if (holder == 0) return 0;
      if (holder == thread + 1) return LEFT;
      wait(thread, 1 << (holder - 1), read(state, threadTable + (holder - 1) * THREAD_BYTES + STOPPED) == 1 ? 2 : 1);
      return DISABLED;
    }
    case UNLOCK:
      return read(state, field) != thread + 1 || pinsAreNone(state, it) ? LEFT : 0;
    case TRY_LOCK:
      if (read(state, field) != 0) return 0;
      return pinsAreFull(state, it) ? LEFT : 1;
    case RELEASEM:
      return pinsAreNone(state, it) ? LEFT : 0;
    case ACQUIRE:
      if (load<u32>(node + SECOND) == 1) return LEFT;
      return read(state, field) == 0 ? DISABLED : 0;
    case RELEASE:
      return read(state, field) == load<u32>(node + SECOND) ? LEFT : 0;
    case REQUEST_STOP:
      // Asking with a lock held is wrong, whether or not another asks already.
      if ((flags & RARE) != 0 || read(state, it + PINS) > 0) return LEFT;
      return read(state, field) != 0 ? DISABLED : 0;
    case COMPLETE_STOP:
      return allHaveStopped(state, thread, load<u32>(node + SECOND)) ? 0 : DISABLED;
    case START:
      return read(state, field) != 1 + threads + thread ? LEFT : 0;
    default:
      return 0;
  }
}

/** Whether all others behind a gate have stopped or ended; notes for whom the thread waits. */
@inline
function allHaveStopped(state: u32, thread: u32, gate: u32): bool {
  let all = true;
  let others: u32 = 0;
  for (let other: u32 = 0; other < threads; other++) {
    const its = threadTable + other * THREAD_BYTES;
    if (other == thread || load<u32>(its + GATE_NUMBER) != gate || read(state, its + STOPPED) == 1) continue;
    if ((load<u32>(nodeOf(state, its)) & OPCODE) == DONE) continue;
    all = false;
    // One at a safe point may stop at any time: nobody waits for it in vain.
    if (read(state, its + PINS) > 0) others |= 1 << other;
  }
  if (!all) wait(thread, others, 1);
  return all;
}

/** Whether somebody stops the threads behind some gate. */
@inline
export function someoneStops(state: u32): bool {
  for (let gate: u32 = 0; gate < gates; gate++) {
    const value = read(state, gateTable + gate * FIELD);
    if (value != 0 && value <= threads) return true;
  }
  return false;
}
