/** Threads that share the memory stop inserting for crowded segments, and then split them together. */
import { allocate, CROWDED, DEPTH, FULL, NEXT_SPLIT, SEGMENTS, SPLIT_COUNT, SPLIT_ROOM, SPLITS } from './memory';
import { hashOfEntry, SLOT_MASK } from './slots';
import { deepen, split } from './splitting';

/** Having stopped, they split segments that soon will be crowded, too. */
const NEARLY_CROWDED: u32 = (SLOT_MASK + 1) * 25 / 32;
/** Bits that tell the crowded segment that most tell. */
let deepest: u32 = 0;

/**
 * Lists the crowded segments, and doubles the directory if it has no entries for their halves: how many. After threads that share
 * the memory have stopped inserting.
 */
export function listCrowded(): u32 {
  store<u32>(SPLIT_COUNT, 0);
  store<u32>(NEXT_SPLIT, 0);
  if (load<u32>(CROWDED) == 0) return 0;
  store<u32>(CROWDED, 0);
  let count = collect();
  // Some are told by all bits that the directory looks at.
  if (count > 0 && load<u32>(DEPTH) == deepest) {
    if (!deepen()) {
      store<u32>(FULL, 1);
      return 0;
    }
    count = collect();
  }
  if (load<u32>(FULL) == 1) return 0;
  store<u32>(SPLIT_COUNT, count);
  return count;
}

/** Writes the list: the directory's first entry that leads to each crowded segment. Returns how many. */
function collect(): u32 {
  const depth = load<u32>(DEPTH);
  const entries: u32 = 1 << depth;
  if (load<u32>(SPLIT_ROOM) < entries) {
    const at = allocate(entries << 2);
    if (at == 0) {
      store<u32>(FULL, 1);
      return 0;
    }
    store<u32>(SPLITS, at);
    store<u32>(SPLIT_ROOM, entries);
  }
  const segments = load<u32>(SEGMENTS);
  let count: u32 = 0;
  deepest = 0;
  for (let index: u32 = 0; index < entries; ) {
    const segment = load<u32>(segments + (index << 2));
    const own = load<u32>(segment + 4);
    if (load<u32>(segment) >= NEARLY_CROWDED) {
      store<u32>(load<u32>(SPLITS) + (count << 2), index);
      count++;
      deepest = max(deepest, own);
    }
    index += 1 << (depth - own);
  }
  return count;
}

/** Splits listed segments until there are none left; several threads may, but nobody may insert meanwhile. */
export function splitListed(): void {
  const depth = load<u32>(DEPTH);
  while (load<u32>(FULL) == 0) {
    const next = atomic.add<u32>(NEXT_SPLIT, 1);
    if (next >= load<u32>(SPLIT_COUNT)) return;
    const index = load<u32>(load<u32>(SPLITS) + (next << 2));
    if (!split(load<u32>(load<u32>(SEGMENTS) + (index << 2)), hashOfEntry(index, depth))) store<u32>(FULL, 1);
  }
}
