/**
 * How the table grows: a crowded segment is split by one more bit of the hash, and the directory of segments doubled where it does
 * not look at that bit yet. With the table, numbers get more bits of each slot.
 */
import { allocate, DEPTH, NUMBER_BITS, SEGMENT_COUNT, SEGMENTS } from './memory';
import { emptyOf, firstOf, groupAfter, groupOf, HEADER, hashOf, numberIn, SLOT_BITS, SLOT_MASK, SLOTS, touch } from './slots';
import { addressOf, MOST_BITS } from './states';

/** Bytes that a fault makes room for, at least. */
const PAGE: u32 = 4096;

/** A copy of the slots of the segment that is being split. */
let scratch: u32 = 0;

/** Makes room for splitting; false if there is none. */
export function attachSplitting(): bool {
  scratch = allocate(SLOTS);
  return scratch != 0;
}

/** Halves a segment that some hash leads to; false if there is no room. No other thread may insert meanwhile. */
export function split(segment: u32, hash: u64): bool {
  const depth = load<u32>(segment + 4);
  const other = allocate(HEADER + SLOTS);
  if (other == 0 || depth == 24) return false;
  // A page that is read before it is written costs a second fault, and of several threads each must hear of it.
  for (let at = other; at < other + HEADER + SLOTS; at += PAGE) store<u32>(at, 0);
  if (depth == load<u32>(DEPTH) && !deepen()) return false;
  store<u32>(segment + 4, depth + 1);
  store<u32>(other + 4, depth + 1);
  store<u32>(other + 8, atomic.add<u32>(SEGMENT_COUNT, 1));
  memory.copy(scratch, segment + HEADER, SLOTS);
  memory.fill(segment + HEADER, 0, SLOTS);
  let kept: u32 = 0;
  let moved: u32 = 0;
  for (let from: u32 = 0; from <= SLOT_MASK; from += 64) {
    let seen: u32 = 0;
    for (let k = from; k < from + 64; k++) {
      const entry = load<u32>(scratch + (k << 2));
      if (entry != 0) seen ^= load<u32>(addressOf(numberIn(entry)));
    }
    touch(seen);
    for (let k = from; k < from + 64; k++) {
      const entry = load<u32>(scratch + (k << 2));
      if (entry == 0) continue;
      const own = hashOf(addressOf(numberIn(entry)));
      const goes = ((own >>> (63 - depth)) & 1) == 1;
      const target = goes ? other : segment;
      if (goes) moved++;
      else kept++;
      let group = groupOf(target, own);
      let empty = emptyOf(v128.load(group));
      while (empty == 0) {
        group = groupAfter(target, group);
        empty = emptyOf(v128.load(group));
      }
      store<u32>(firstOf(group, empty), entry);
    }
  }
  store<u32>(segment, kept);
  store<u32>(other, moved);
  // All directory entries that share the segment's bits and have a 1 after them lead to the new one.
  const all = load<u32>(DEPTH);
  const segments = load<u32>(SEGMENTS);
  const prefix = depth == 0 ? 0 : <u32>(hash >>> (64 - depth));
  const from = ((prefix << 1) | 1) << (all - depth - 1);
  const count: u32 = 1 << (all - depth - 1);
  for (let k: u32 = 0; k < count; k++) store<u32>(segments + ((from + k) << 2), other);
  return true;
}

/** Doubles the segment directory. */
export function deepen(): bool {
  const depth = load<u32>(DEPTH);
  const old = load<u32>(SEGMENTS);
  const segments = allocate(4 << (depth + 1));
  if (segments == 0) return false;
  for (let k: u32 = 0; k < (<u32>1 << depth); k++) {
    const segment = load<u32>(old + (k << 2));
    store<u32>(segments + (k << 3), segment);
    store<u32>(segments + (k << 3) + 4, segment);
  }
  store<u32>(SEGMENTS, segments);
  store<u32>(DEPTH, depth + 1);
  // A bit more than there are slots, for numbers that threads have in hand.
  while (load<u32>(NUMBER_BITS) < min(depth + 1 + SLOT_BITS + 1, MOST_BITS)) widenNumbers();
  return true;
}

/** Gives numbers one bit more of each slot, and the hash one less. */
function widenNumbers(): void {
  const bits = load<u32>(NUMBER_BITS);
  const depth = load<u32>(DEPTH);
  const segments = load<u32>(SEGMENTS);
  for (let k: u32 = 0; k < (<u32>1 << depth); ) {
    const segment = load<u32>(segments + (k << 2));
    const slots = segment + HEADER;
    for (let slot = slots; slot < slots + SLOTS; slot += 4) {
      const entry = load<u32>(slot);
      if (entry != 0) store<u32>(slot, (entry & ((1 << bits) - 1)) | ((entry >>> bits) << (bits + 1)));
    }
    // Of the directory's entries that lead to the same segment, only the first is taken.
    k += 1 << (depth - load<u32>(segment + 4));
  }
  store<u32>(NUMBER_BITS, bits + 1);
}
