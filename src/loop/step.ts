/** What a step writes: by its slot or a stop, and beside it, which ghosts and monitors do. */
import { padded } from './states';
import { FIELD, MASK, MASKS, read, rowOf, STOPPED, write } from './tables';

/** Writes the state after a step by the slot, which may be to where the state stands. */
@inline
export function takeSlot(state: u32, successor: u32, slot: u32): void {
  for (let k: u32 = 0; k < padded; k += 16)
    v128.store(
      successor + k,
      i32x4.add(
        v128.or(v128.and(v128.load(state + k), v128.load(slot + MASKS + k)), v128.load(slot + MASKS + padded + k)),
        v128.load(slot + MASKS + 2 * padded + k),
      ),
    );
}

/** Writes the state after a thread, by the address of its record, has stopped at its gate. */
@inline
export function takeStop(state: u32, successor: u32, it: u32): void {
  for (let k: u32 = 0; k < padded; k += 16) v128.store(successor + k, v128.load(state + k));
  write(successor, it + STOPPED, 1);
}

/** Kinds of effects beside a step. */
const END: u32 = 0;
const GHOST: u32 = 1;
const EVENT: u32 = 2;
const ASSIGNMENT: u32 = 3;
// The only other kind is a look of a monitor at the values that the step leaves.
/** Instead of an event's address: the monitor does not react. */
const NO_EVENT: u32 = 1;

/** Ghosts and monitors beside a step. False: leave the step to TypeScript. */
export function takeEffects(effects: u32, state: u32, successor: u32, index: u32, result: u32): bool {
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

/**
 * A monitor's field, then the address of the address of its answers to the event: how many there are, then the next state by
 * state. False: leave it to TypeScript.
 */
@inline
function notify(successor: u32, event: u32): bool {
  const state = read(successor, event);
  if (state == 0) return true;
  const answers: u32 = load<u32>(load<u32>(event + FIELD));
  if (state >= load<u32>(answers)) return false;
  const next = load<i32>(answers + 4 + (state << 2));
  // Not asked yet, violated, or wider than its field.
  if (next <= 0 || <u32>next > load<u32>(event + MASK)) return false;
  write(successor, event, next);
  return true;
}
