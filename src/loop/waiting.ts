/** Who waits for whom in the state that is being expanded, and whether that is to be judged: they may wait in a circle, or be delayed. */
import { allocate } from './memory';
import { delays, delayTable, FIELD, read, threads } from './tables';

/** By thread that waits, the threads that it waits for, as a set of bits. */
let waits: u32 = 0;
/** The threads that wait, as a set of bits. */
let waiters: u32 = 0;
/** How many waits there are that a circle may have: each takes two. */
export let waiting: u32 = 0;

/** Makes room for the threads of one state. */
export function attachWaits(): bool {
  waits = allocate(threads << 2);
  return waits != 0;
}

/** Looks at another state. */
@inline
export function waitForNobody(): void {
  waiters = 0;
  waiting = 0;
}

/** A thread waits for all of these, which counts for so many waits. */
@inline
export function wait(thread: u32, others: u32, count: u32): void {
  waiting += count;
  waiters |= 1 << thread;
  store<u32>(waits + (thread << 2), others);
}

/** Whether some threads wait for each other in a circle: whoever is left after all who wait for nobody left have gone. */
export function isCircular(): bool {
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
export function mayDelay(state: u32): bool {
  for (let k: u32 = 0, at = delayTable; k < delays; k++, at += 20) {
    const inside = read(state, at);
    if (inside >= load<u32>(at + 16) || load<u8>(load<u32>(at + FIELD) + inside) != 1) return true;
  }
  return false;
}
