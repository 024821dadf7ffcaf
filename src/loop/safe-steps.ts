/** Safe steps (src/kernel/safe-steps.ts says which they are) that wait behind a step: they are taken at once, and alone. */
import { ACQUIREM, COMPOUND, LOAD, REQUEST } from './opcode';
import { takeSlot } from './step';
import {
  BLOCKED,
  COMPOUND_TABLE,
  NODE_SLOTS,
  nodeOf,
  OPCODE,
  OPERAND,
  pinsAreFull,
  RARE,
  read,
  rowOf,
  SAFE,
  THREAD_BYTES,
  threads,
  threadTable,
} from './tables';

/** Takes a safe step that is not in the tables, in place. 1: taken, 0: somebody must see it; −1: leave the whole state that is being expanded. */
@external('search', 'settle')
declare function settleSlowly(state: u32, thread: u32): i32;

/** The first thread that stands at a safe step, or how many threads there are if none does. */
@inline
export function firstSafe(state: u32): u32 {
  for (let thread: u32 = 0; thread < threads; thread++)
    if ((load<u32>(nodeOf(state, threadTable + thread * THREAD_BYTES)) & SAFE) != 0) return thread;
  return threads;
}

/**
 * Takes the safe steps that wait in a staged state, one after the other, in place: what lies between is seen by nobody.
 * Returns how many it took; −1: leave the whole state that is being expanded to TypeScript.
 */
export function takeSafeSteps(state: u32): i32 {
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
