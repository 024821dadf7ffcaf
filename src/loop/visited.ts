/**
 * The visited states: exact, in chunks that never move, found by an open-addressing table with linear probing.
 * The table is cut into segments that are split one by one as they fill (extendible hashing; Fagin et al. 1979), so that it
 * grows without a pause and without a second copy. A slot holds a state's number plus one, and in the bits that numbers do not
 * take some of its hash, which spare most looks at the state itself. Threads that share the memory insert by compare-and-swap: a state is written first
 * and its number published after, so whoever finds a number finds a whole state (Laarman et al. 2010, without their locks
 * because a state is never moved).
 */
import { bytesKnown, keep, knownOf, pass } from './known';
import {
  allocate,
  CHUNK_DIRECTORY,
  CHUNKS,
  CROWDED,
  DEPTH,
  FULL,
  NEXT_SPLIT,
  NUMBER_BITS,
  SEGMENTS,
  SPLIT_COUNT,
  SPLIT_ROOM,
  SPLITS,
} from './memory';

/** Puts the least state of its orbit in the place of a packed state (src/explore/symmetry). */
@external('search', 'takeAlike')
declare function takeAlike(state: u32): void;
let takesAlike: bool = false;

/** Whether states are taken for each other. */
export function alike(are: bool): void {
  takesAlike = are;
}

const CHUNK_BITS: u32 = 13;
const CHUNK_MASK: u32 = (1 << CHUNK_BITS) - 1;
/** Numbers take 24 to 28 bits of a slot, as many as the table could hold; 0 is an empty one. */
const FEWEST_BITS: u32 = 24;
const MOST_BITS: u32 = 28;
const MOST_STATES: u32 = (1 << MOST_BITS) - 2;
const SLOT_BITS: u32 = 13;
const SLOT_MASK: u32 = (1 << SLOT_BITS) - 1;
/** Bytes before a segment's slots: how many are taken, and how many bits of the hash lead here. */
const HEADER: u32 = 64;
const CROWD: u32 = (SLOT_MASK + 1) * 27 / 32;
/** Threads that share the memory stop for crowded segments, so they split those that soon will be, too. */
const NEARLY_CROWDED: u32 = (SLOT_MASK + 1) * 25 / 32;
/** A thread's ranges of new numbers: at most this many between two calls of `takeRanges`. */
const MOST_RANGES: u32 = 1 << 14;
/** How many staged states are probed together. */
const BATCH: u32 = 256;

/** Bytes a state, and bytes a staged state: whole vectors. */
let stride: u32 = 0;
export let padded: u32 = 0;
/** Staged states; their hashes; the states that they were reached from; the slots that were read early. */
let staged: u32 = 0;
let hashes: u32 = 0;
let origins: u32 = 0;
let places: u32 = 0;
/** How many are staged. */
let stagedCount: u32 = 0;
let directory: u32 = 0;
/** For `split`: a copy of the segment's slots. */
let scratch: u32 = 0;
/** This thread's chunk: the next number, and where the chunk ends. */
let next: u32 = 0;
let end: u32 = 0;
/** Where this thread's new numbers since the last `takeRanges` are listed, how many ranges, and where the last one begins. */
let ranges: u32 = 0;
let rangeCount: u32 = 0;
let rangeStart: u32 = 0;
/** States that this thread added. */
let added: u32 = 0;
export function addedStates(): u32 {
  return added;
}
/** Keeps early reads from being optimised away. */
let touched: u32 = 0;
/** Whether other threads insert too. */
let shared: bool = false;

/** Prepares this thread. The first one of a memory also makes the directories; false if the budget is too small even for that. */
export function attach(wordCount: u32, first: bool, isShared: bool): bool {
  stride = wordCount * 4;
  padded = (stride + 15) & ~15;
  shared = isShared;
  // One more vector, because states are read and written in whole vectors.
  staged = allocate((BATCH + 1) * padded + 16);
  hashes = allocate(BATCH * 8);
  origins = allocate(BATCH * 4);
  places = allocate(BATCH * 4);
  scratch = allocate(HEADER + ((SLOT_MASK + 1) << 2));
  ranges = allocate(MOST_RANGES * 8);
  if (first) {
    const chunkDirectory = allocate((MOST_STATES >>> CHUNK_BITS) << 2);
    const segments = allocate(4);
    const segment = allocate(HEADER + ((SLOT_MASK + 1) << 2));
    if (segment == 0) return false;
    store<u32>(segments, segment);
    store<u32>(NUMBER_BITS, FEWEST_BITS);
    store<u32>(CHUNK_DIRECTORY, chunkDirectory);
    store<u32>(SEGMENTS, segments);
  }
  directory = load<u32>(CHUNK_DIRECTORY);
  return ranges != 0 && directory != 0;
}

/** From now on other threads insert too, or no longer. Between levels only. */
export function share(isShared: bool): void {
  shared = isShared;
}

@inline
/** The address of a state. */
export function addressOf(number: u32): u32 {
  return load<u32>(directory + ((number >>> CHUNK_BITS) << 2)) + (number & CHUNK_MASK) * stride;
}

@inline
function parentAddress(number: u32): u32 {
  return load<u32>(directory + ((number >>> CHUNK_BITS) << 2)) + ((CHUNK_MASK + 1) * stride + 16) + ((number & CHUNK_MASK) << 2);
}

/** Where it is kept what is known of a state (src/loop/known.ts). */
@inline
export function knownAddress(number: u32): u32 {
  return load<u32>(directory + ((number >>> CHUNK_BITS) << 2)) + ((CHUNK_MASK + 1) * (stride + 4) + 16) + (number & CHUNK_MASK) * bytesKnown;
}

/** The state that a state was first reached from; −1 for an initial one. */
export function parentOf(number: u32): i32 {
  return load<i32>(parentAddress(number));
}

@inline
function hashOf(state: u32): u64 {
  let hash: u64 = 0;
  let k: u32 = 0;
  for (; k + 8 <= stride; k += 8) {
    hash = (hash ^ load<u64>(state + k)) * 0x9e3779b97f4a7c15;
    hash ^= hash >>> 32;
  }
  if (k < stride) {
    hash = (hash ^ <u64>load<u32>(state + k)) * 0x9e3779b97f4a7c15;
    hash ^= hash >>> 32;
  }
  hash *= 0xd6e8feb86659fd93;
  return hash ^ (hash >>> 32);
}

@inline
function segmentOf(hash: u64): u32 {
  // A shift by 64 would be one by 0: the top bit is read apart from the others.
  return load<u32>(load<u32>(SEGMENTS) + (<u32>((hash >>> 1) >>> (63 - load<u32>(DEPTH))) << 2));
}

@inline
function slotOf(segment: u32, index: u32): u32 {
  return segment + HEADER + (index << 2);
}

/** The bits of the hash that a slot has room for. */
@inline
function tagOf(hash: u64): u32 {
  return <u32>(hash >>> 32) << load<u32>(NUMBER_BITS);
}

/** Whether a slot that is taken may hold the state with this tag. */
@inline
function mayBe(entry: u32, tag: u32): bool {
  return (entry ^ tag) >>> load<u32>(NUMBER_BITS) == 0;
}

@inline
function numberIn(entry: u32): u32 {
  return (entry & ((1 << load<u32>(NUMBER_BITS)) - 1)) - 1;
}

@inline
function same(one: u32, other: u32): bool {
  let k: u32 = 0;
  for (; k + 8 <= stride; k += 8) if (load<u64>(one + k) != load<u64>(other + k)) return false;
  return k == stride || load<u32>(one + k) == load<u32>(other + k);
}

@inline
/** The place of the state that is to be staged next. */
export function stagingPlace(): u32 {
  return staged + stagedCount * padded;
}

@inline
/** Stages the state at `stagingPlace()`, or the one that is taken for it. */
export function stage(parent: u32): void {
  if (takesAlike) takeAlike(stagingPlace());
  store<u64>(hashes + (stagedCount << 3), hashOf(stagingPlace()));
  store<u32>(origins + (stagedCount << 2), parent);
  stagedCount++;
  if (stagedCount == BATCH) flush();
}

/** Adds all staged states, in the order in which they were staged. */
export function flush(): void {
  const count = stagedCount;
  stagedCount = 0;
  const segments = load<u32>(SEGMENTS);
  const depth = 63 - load<u32>(DEPTH);
  let seen: u32 = 0;
  // Two passes of independent reads: the processor fetches many lines at once.
  for (let k: u32 = 0; k < count; k++) {
    const hash = load<u64>(hashes + (k << 3));
    const segment: u32 = load<u32>(segments + (<u32>((hash >>> 1) >>> depth) << 2));
    const slot = slotOf(segment, <u32>hash & SLOT_MASK);
    store<u32>(places + (k << 2), slot);
    seen ^= load<u32>(slot);
  }
  for (let k: u32 = 0; k < count; k++) {
    const entry = load<u32>(load<u32>(places + (k << 2)));
    if (entry != 0 && mayBe(entry, tagOf(load<u64>(hashes + (k << 3))))) seen ^= load<u32>(addressOf(numberIn(entry)));
  }
  touched ^= seen;
  for (let k: u32 = 0; k < count; k++) {
    // Most states are known, and most of those are found where they are looked for first. (If their segment has been split
    // meanwhile, the place may hold another state.)
    const entry = load<u32>(load<u32>(places + (k << 2)));
    const hash = load<u64>(hashes + (k << 3));
    const state = staged + k * padded;
    const origin = load<u32>(origins + (k << 2));
    if (entry != 0 && mayBe(entry, tagOf(hash)) && same(addressOf(numberIn(entry)), state)) pass(numberIn(entry), origin);
    else insert(state, hash, origin);
  }
}

/** Adds one state at once. */
export function add(state: u32, parent: u32): void {
  insert(state, hashOf(state), parent);
}

/** The number of a state, or −1. */
export function find(state: u32): i32 {
  const hash = hashOf(state);
  const segment = segmentOf(hash);
  let index = <u32>hash & SLOT_MASK;
  while (true) {
    const entry = load<u32>(slotOf(segment, index));
    if (entry == 0) return -1;
    if (same(addressOf(numberIn(entry)), state)) return numberIn(entry);
    index = (index + 1) & SLOT_MASK;
  }
}

function insert(state: u32, hash: u64, parent: u32): void {
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
      if (next == end && !newChunk()) {
        store<u32>(FULL, 1);
        return;
      }
      const to = addressOf(next);
      for (let k: u32 = 0; k < stride; k += 4) store<u32>(to + k, load<u32>(state + k));
      store<u32>(parentAddress(next), parent);
      written = true;
    }
    if (shared) {
      // Another thread may have taken the slot meanwhile: look at it again. The number is kept for the next new state.
      if (atomic.cmpxchg<u32>(slot, 0, (next + 1) | tag) != 0) continue;
    } else store<u32>(slot, (next + 1) | tag);
    break;
  }
  next++;
  added++;
  if (shared) {
    if (atomic.add<u32>(segment, 1) + 1 >= CROWD) atomic.store<u32>(CROWDED, 1);
  } else {
    const taken = load<u32>(segment) + 1;
    store<u32>(segment, taken);
    if (taken >= CROWD && !split(segment, hash)) store<u32>(FULL, 1);
  }
}

function newChunk(): bool {
  const chunk = allocate((CHUNK_MASK + 1) * (stride + 4 + bytesKnown) + 16);
  if (chunk == 0) return false;
  const number = atomic.add<u32>(CHUNKS, 1);
  if (number >= MOST_STATES >>> CHUNK_BITS || !closeRange()) return false;
  atomic.store<u32>(directory + (number << 2), chunk);
  next = number << CHUNK_BITS;
  end = next + CHUNK_MASK + 1;
  rangeStart = next;
  return true;
}

function closeRange(): bool {
  if (next == rangeStart) return true;
  if (rangeCount == MOST_RANGES) return false;
  // Chunks that follow each other make one range.
  if (rangeCount > 0 && load<u32>(ranges + ((rangeCount - 1) << 3) + 4) == rangeStart) rangeCount--;
  else store<u32>(ranges + (rangeCount << 3), rangeStart);
  store<u32>(ranges + (rangeCount << 3) + 4, next);
  rangeCount++;
  rangeStart = next;
  return true;
}

/** Ends the list of the numbers that this thread gave out since the last call: pairs of first and one past the last. Returns how many. */
export function takeRanges(): u32 {
  closeRange();
  const count = rangeCount;
  rangeCount = 0;
  return count;
}
export function rangesAddress(): u32 {
  return ranges;
}

/** Numbers that this thread could still give out before it needs a chunk: nobody else does. */
export function nextNumber(): u32 {
  return next;
}
export function endNumber(): u32 {
  return end;
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
  store<u32>(slotOf(segment, index), (to + 1) | tagOf(hash));
}

/** Replaces parents from `first` on by what the table says of each. */
export function replaceParents(count: u32, first: u32, table: u32): void {
  for (let number: u32 = 0; number < count; number++) {
    const parent = load<i32>(parentAddress(number));
    if (parent >= <i32>first) store<u32>(parentAddress(number), load<u32>(table + ((parent - first) << 2)));
  }
}

/** Halves a segment that some hash leads to; false if there is no room. No other thread may insert meanwhile. */
function split(segment: u32, hash: u64): bool {
  const depth = load<u32>(segment + 4);
  const bytes = (SLOT_MASK + 1) << 2;
  const other = allocate(HEADER + bytes);
  if (other == 0 || depth == 24) return false;
  if (depth == load<u32>(DEPTH) && !deepen()) return false;
  store<u32>(segment + 4, depth + 1);
  store<u32>(other + 4, depth + 1);
  memory.copy(scratch, segment + HEADER, bytes);
  memory.fill(segment + HEADER, 0, bytes);
  let kept: u32 = 0;
  let moved: u32 = 0;
  for (let from: u32 = 0; from <= SLOT_MASK; from += 64) {
    let seen: u32 = 0;
    for (let k = from; k < from + 64; k++) {
      const entry = load<u32>(scratch + (k << 2));
      if (entry != 0) seen ^= load<u32>(addressOf(numberIn(entry)));
    }
    touched ^= seen;
    for (let k = from; k < from + 64; k++) {
      const entry = load<u32>(scratch + (k << 2));
      if (entry == 0) continue;
      const own = hashOf(addressOf(numberIn(entry)));
      const goes = ((own >>> (63 - depth)) & 1) == 1;
      const target = goes ? other : segment;
      if (goes) moved++;
      else kept++;
      let index = <u32>own & SLOT_MASK;
      while (load<u32>(slotOf(target, index)) != 0) index = (index + 1) & SLOT_MASK;
      store<u32>(slotOf(target, index), entry);
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
function deepen(): bool {
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
    for (let index: u32 = 0; index <= SLOT_MASK; index++) {
      const entry = load<u32>(slotOf(segment, index));
      if (entry != 0) store<u32>(slotOf(segment, index), (entry & ((1 << bits) - 1)) | ((entry >>> bits) << (bits + 1)));
    }
    // Of the directory's entries that lead to the same segment, only the first is taken.
    k += 1 << (depth - load<u32>(segment + 4));
  }
  store<u32>(NUMBER_BITS, bits + 1);
}

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

/** Bits that tell the crowded segment that most tell. */
let deepest: u32 = 0;

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
    if (!split(load<u32>(load<u32>(SEGMENTS) + (index << 2)), depth == 0 ? 0 : <u64>index << (64 - depth))) store<u32>(FULL, 1);
  }
}
