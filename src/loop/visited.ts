/**
 * The visited states: exact, found by an open-addressing table with linear probing (slots.ts). The table is cut into segments
 * that are split one by one as they fill (extendible hashing; Fagin et al. 1979), so that it grows without a pause and without a
 * second copy. Threads that share the memory insert by compare-and-swap: a state is written first and its number published
 * after, so whoever finds a number finds a whole state (Laarman et al. 2010, without their locks because a state is never moved).
 */
import { keep, knownOf, pass } from './known';
import { allocate, CROWDED, FULL, NUMBER_BITS, SEGMENTS } from './memory';
import { entryOf, FEWEST_BITS, hashOf, HEADER, mayBe, numberIn, same, segmentOf, SLOT_MASK, slotOf, SLOTS, tagOf } from './slots';
import { split } from './splitting';
import { addressOf, advance, hasRoom, next, parentAddress, put, stride } from './states';

/** A segment with so many states is to be split. */
const CROWD: u32 = (SLOT_MASK + 1) * 27 / 32;

/** Whether other threads insert too. */
let shared: bool = false;

/** The first thread of a memory makes the table; false if there is no room. */
export function attachVisited(first: bool): bool {
  if (!first) return true;
  const segments = allocate(4);
  const segment = allocate(HEADER + SLOTS);
  if (segment == 0) return false;
  store<u32>(segments, segment);
  store<u32>(NUMBER_BITS, FEWEST_BITS);
  store<u32>(SEGMENTS, segments);
  return true;
}

/** From now on other threads insert too, or no longer. Between levels only. */
export function share(isShared: bool): void {
  shared = isShared;
}

/** Adds one state at once. */
export function add(state: u32, parent: u32): void {
  insert(state, hashOf(state), parent);
}

/** The number of a state, or −1. */
export function find(state: u32): i32 {
  const hash = hashOf(state);
  const segment = segmentOf(hash);
  const tag = tagOf(hash);
  let index = <u32>hash & SLOT_MASK;
  while (true) {
    const entry = load<u32>(slotOf(segment, index));
    if (entry == 0) return -1;
    if (mayBe(entry, tag) && same(addressOf(numberIn(entry)), state)) return numberIn(entry);
    index = (index + 1) & SLOT_MASK;
  }
}

/** Adds a state, unless it is there: then what is known of it is known of the parent too, if it has one (≥ 0). */
export function insert(state: u32, hash: u64, parent: u32): void {
  const segment = segmentOf(hash);
  const tag = tagOf(hash);
  let written = false;
  let index = <u32>hash & SLOT_MASK;
  while (true) {
    const slot = slotOf(segment, index);
    const entry = shared ? atomic.load<u32>(slot) : load<u32>(slot);
    if (entry != 0) {
      if (mayBe(entry, tag) && same(addressOf(numberIn(entry)), state)) {
        if (<i32>parent >= 0) pass(numberIn(entry), parent);
        return;
      }
      index = (index + 1) & SLOT_MASK;
      continue;
    }
    if (!written) {
      if (!hasRoom()) {
        store<u32>(FULL, 1);
        return;
      }
      put(state, parent);
      written = true;
    }
    if (shared) {
      // Another thread may have taken the slot meanwhile: look at it again. The number is kept for the next new state.
      if (atomic.cmpxchg<u32>(slot, 0, entryOf(next, tag)) != 0) continue;
    } else store<u32>(slot, entryOf(next, tag));
    break;
  }
  advance();
  if (shared) {
    if (atomic.add<u32>(segment, 1) + 1 >= CROWD) atomic.store<u32>(CROWDED, 1);
  } else {
    const taken = load<u32>(segment) + 1;
    store<u32>(segment, taken);
    if (taken >= CROWD && !split(segment, hash)) store<u32>(FULL, 1);
  }
}

/** Gives a state another number, which nobody has. Those reached from it must be told by `setParent`. */
export function renumber(from: u32, to: u32): void {
  const state = addressOf(from);
  const hash = hashOf(state);
  const segment = segmentOf(hash);
  let index = <u32>hash & SLOT_MASK;
  while (numberIn(load<u32>(slotOf(segment, index))) != from) index = (index + 1) & SLOT_MASK;
  memory.copy(addressOf(to), state, stride);
  store<u32>(parentAddress(to), load<u32>(parentAddress(from)));
  keep(to, knownOf(from));
  store<u32>(slotOf(segment, index), entryOf(to, tagOf(hash)));
}
