/**
 * The visited states: exact, found by an open-addressing table that is probed by groups of slots (slots.ts). The table is cut into segments
 * that are split one by one as they fill (extendible hashing; Fagin et al. 1979), so that it grows without a pause and without a
 * second copy. Threads that share the memory insert by compare-and-swap: a state is written first and its number published
 * after, so whoever finds a number finds a whole state (Laarman et al. 2010, without their locks because a state is never moved).
 */
import { keep, knownOf, pass } from './known';
import { allocate, CROWDED, DEPTH, FULL, LIMIT, NUMBER_BITS, SEGMENT_COUNT, SEGMENTS } from './memory';
import {
  alikeOf,
  emptyOf,
  entryOf,
  FEWEST_BITS,
  firstOf,
  groupAfter,
  groupOf,
  hashOf,
  hashOfEntry,
  HEADER,
  numberIn,
  same,
  segmentOf,
  SLOT_MASK,
  SLOTS,
  tagOf,
} from './slots';
import { split } from './splitting';
import { addressOf, advance, hasRoom, next, parentAddress, put, stride } from './states';

/** A segment with so many states is to be split. */
const CROWD: u32 = (SLOT_MASK + 1) * 27 / 32;

/** How many states of a segment a thread counts before it tells the others, at most: the word where they do is far from each. */
const MOST_UNTOLD: u32 = 32;
/** How many all threads together may have counted and not told: a segment has room for some more than make a crowd. */
const MOST_UNTOLD_BY_ALL: u32 = 256;
let toldTogether: u32 = 1;
/** By number of segment, the states that this thread has counted and not told yet; 0 if there is no room for that: then each is told. */
let counts: u32 = 0;

/** Bits of the hash that tell the segments of an empty table: what forty thousand states need, and no segment is split before. */
const FIRST_DEPTH: u32 = 3;
/** The part of the budget that an empty table may take. */
const FIRST_PART: u32 = 128;

/** Whether other threads insert too. */
export let shared: bool = false;

/** The first thread of a memory makes the table; false if there is no room. */
export function attachVisited(first: bool): bool {
  if (!first) return true;
  let depth = FIRST_DEPTH;
  while (depth > 0 && SLOTS << depth > load<u32>(LIMIT) / FIRST_PART) depth--;
  const segments = allocate(4 << depth);
  for (let k: u32 = 0; k < (<u32>1 << depth); k++) {
    const segment = allocate(HEADER + SLOTS);
    if (segment == 0) return false;
    store<u32>(segment + 4, depth);
    store<u32>(segment + 8, k);
    store<u32>(segments + (k << 2), segment);
  }
  store<u32>(DEPTH, depth);
  store<u32>(SEGMENT_COUNT, 1 << depth);
  store<u32>(NUMBER_BITS, FEWEST_BITS);
  store<u32>(SEGMENTS, segments);
  return true;
}

/** Makes an empty table as large as it will be with so many states, or as there is room for: then no segment is split on the way. */
export function reserve(count: u32): void {
  for (let depth = load<u32>(DEPTH); <u64>CROWD << depth < <u64>count; depth++)
    for (let index: u32 = 0; index < <u32>1 << depth; index++) {
      const hash = hashOfEntry(index, depth);
      if (!split(segmentOf(hash), hash)) return;
    }
}

/** From now on so many threads insert, this one included. While nobody adds states. */
export function insertAsOneOf(threads: u32): void {
  shared = threads > 1;
  toldTogether = max(1, min(MOST_UNTOLD, MOST_UNTOLD_BY_ALL / threads));
  if (shared && counts == 0) counts = allocate((load<u32>(LIMIT) / SLOTS) << 2);
}

/** Adds one state at once. */
export function add(state: u32, parent: u32): void {
  insert(state, hashOf(state), parent);
}

/** The number of a state that is in a group with these slots, or −1. */
@inline
function numberAmong(group: u32, slots: v128, tag: u32, state: u32): i32 {
  for (let alike = alikeOf(slots, tag); alike != 0; alike &= alike - 1) {
    const slot = firstOf(group, alike);
    const number = numberIn(shared ? atomic.load<u32>(slot) : load<u32>(slot));
    if (same(addressOf(number), state)) return number;
  }
  return -1;
}

/** The number of a state, or −1. */
export function find(state: u32): i32 {
  const hash = hashOf(state);
  const segment = segmentOf(hash);
  const tag = tagOf(hash);
  const home = groupOf(segment, hash);
  let group = home;
  while (true) {
    const slots = v128.load(group);
    const number = numberAmong(group, slots, tag, state);
    if (number >= 0) return number;
    group = groupAfter(segment, group);
    if (emptyOf(slots) != 0 || group == home) return -1;
  }
}

/** Adds a state, unless it is there: then what is known of it is known of the parent too, if it has one (≥ 0). */
export function insert(state: u32, hash: u64, parent: u32): void {
  const segment = segmentOf(hash);
  const tag = tagOf(hash);
  let written = false;
  const home = groupOf(segment, hash);
  let group = home;
  while (true) {
    // A slot that is taken never changes while others insert, and one that was empty is taken by compare-and-swap: that a vector is
    // not read at once does no harm.
    const slots = v128.load(group);
    const number = numberAmong(group, slots, tag, state);
    if (number >= 0) {
      if (<i32>parent >= 0) pass(number, parent);
      return;
    }
    const empty = emptyOf(slots);
    if (empty == 0) {
      group = groupAfter(segment, group);
      if (group != home) continue;
      // More threads than a crowded segment has room for: rather an end than no end.
      store<u32>(FULL, 1);
      return;
    }
    if (!written) {
      if (!hasRoom()) {
        store<u32>(FULL, 1);
        return;
      }
      put(state, parent);
      written = true;
    }
    const slot = firstOf(group, empty);
    if (shared) {
      // Another thread may have taken the slot meanwhile: look at the group again. The number is kept for the next new state.
      if (atomic.cmpxchg<u32>(slot, 0, entryOf(next, tag)) != 0) continue;
    } else store<u32>(slot, entryOf(next, tag));
    break;
  }
  advance();
  if (shared) countTogether(segment);
  else {
    const taken = load<u32>(segment) + 1;
    store<u32>(segment, taken);
    if (taken >= CROWD && !split(segment, hash)) store<u32>(FULL, 1);
  }
}

/** Counts a state in a segment that other threads count in, too: each by itself, until so many are worth telling. */
@inline
function countTogether(segment: u32): void {
  let count: u32 = 1;
  if (counts != 0) {
    const counted = counts + (load<u32>(segment + 8) << 2);
    count += load<u32>(counted);
    store<u32>(counted, count < toldTogether ? count : 0);
    if (count < toldTogether) return;
  }
  if (atomic.add<u32>(segment, count) + count >= CROWD) atomic.store<u32>(CROWDED, 1);
}

/** Gives a state another number, which nobody has. Those reached from it must be told by `setParent`. */
export function renumber(from: u32, to: u32): void {
  const state = addressOf(from);
  const hash = hashOf(state);
  const segment = segmentOf(hash);
  // Groups follow each other, so its slot can be looked for from the first one on.
  let slot = groupOf(segment, hash);
  while (numberIn(load<u32>(slot)) != from) slot = slot + 4 == segment + HEADER + SLOTS ? segment + HEADER : slot + 4;
  memory.copy(addressOf(to), state, stride);
  store<u32>(parentAddress(to), load<u32>(parentAddress(from)));
  keep(to, knownOf(from));
  store<u32>(slot, entryOf(to, tagOf(hash)));
}
