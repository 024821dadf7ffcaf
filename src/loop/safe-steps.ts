/** Safe steps (src/kernel/safe-steps.ts says which they are) that wait behind a step: they are taken at once, and alone. */
import { COMPOUND } from './opcode';
import { takeSlot } from './step';
import {
  BLOCKED,
  COMPOUND_TABLE,
  NODE_SLOTS,
  nodeOf,
  OPCODE,
  RARE,
  rowOf,
  SAFE,
  seenIn,
  slotBySeen,
  THREAD_BYTES,
  threads,
  threadTable,
  TOLD,
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
      // A compound step may look at more. No table of one is safe that blocks, so the row needs no look.
      const isWide = (flags & (OPCODE | RARE | TOLD)) == COMPOUND;
      const slot: u32 = isWide
        ? load<u32>(load<u32>(node + NODE_SLOTS) + (rowOf(state, load<u32>(node + COMPOUND_TABLE)) << 2))
        : slotBySeen(node, seenIn(state, node));
      const isRare = slot <= BLOCKED;
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
