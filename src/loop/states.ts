/**
 * States by number, in chunks that never move; beside each, the state that it was first reached from and what is known of it
 * (src/loop/known.ts). Each thread gives out the numbers of chunks of its own.
 */
import { allocate, CHUNK_DIRECTORY, CHUNKS, LIMIT } from './memory';

const CHUNK_BITS: u32 = 13;
const CHUNK_MASK: u32 = (1 << CHUNK_BITS) - 1;
/** Bits that a number plus one takes at most; it is put into a slot of the table. */
export const MOST_BITS: u32 = 28;
const MOST_STATES: u32 = (1 << MOST_BITS) - 2;
/** A thread's ranges of new numbers between two calls of `takeRanges`: at most this many, and of a thread alone, whose numbers follow each other. */
const MOST_RANGES: u32 = 1 << 14;
const RANGES_ALONE: u32 = 8;

/** Bytes a state, and bytes a staged state: whole vectors. */
export let stride: u32 = 0;
export let padded: u32 = 0;
/** Bytes beside a state for what is known of it: 1, 2 or 4; or 0 where nobody asks who can go on. */
export let bytesKnown: u32 = 0;
let directory: u32 = 0;
/** Chunks that the directory has room for: as many as the budget may hold. */
let mostChunks: u32 = 0;
/** This thread's chunk: the next number, and where the chunk ends. */
export let next: u32 = 0;
let end: u32 = 0;
/** Where this thread's new numbers since the last `takeRanges` are listed, how many ranges, and where the last one begins. */
let ranges: u32 = 0;
let rangeRoom: u32 = 0;
let rangeCount: u32 = 0;
let rangeStart: u32 = 0;
/** States that this thread added. */
let added: u32 = 0;
export function addedStates(): u32 {
  return added;
}

/** Takes states to be of so many words. */
export function measure(wordCount: u32): void {
  stride = wordCount * 4;
  padded = (stride + 15) & ~15;
}

/** From now on so many threads give out numbers, this one included. While nobody adds states. */
export function numberAsOneOf(threads: u32): void {
  const wanted = threads > 1 ? MOST_RANGES : RANGES_ALONE;
  if (wanted <= rangeRoom) return;
  const at = allocate(wanted * 8);
  if (at == 0) return;
  memory.copy(at, ranges, rangeCount * 8);
  ranges = at;
  rangeRoom = wanted;
}

/** Prepares this thread; the first one of a memory also makes the directory. False if there is no room. */
export function attachStates(first: bool): bool {
  mostChunks = min(MOST_STATES >>> CHUNK_BITS, load<u32>(LIMIT) / ((CHUNK_MASK + 1) * (stride + 4)) + 1);
  if (first) store<u32>(CHUNK_DIRECTORY, allocate(mostChunks << 2));
  directory = load<u32>(CHUNK_DIRECTORY);
  return ranges != 0 && directory != 0;
}

/** Leaves so many bytes beside each state. Before the first is added. */
export function widenStates(bytes: u32): void {
  bytesKnown = bytes;
}

/** The address of a state. */
@inline
export function addressOf(number: u32): u32 {
  return load<u32>(directory + ((number >>> CHUNK_BITS) << 2)) + (number & CHUNK_MASK) * stride;
}

@inline
export function parentAddress(number: u32): u32 {
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

/** Whether there is room for a state with the next number; makes it if it can. */
@inline
export function hasRoom(): bool {
  return next != end || newChunk();
}

/** Writes a state to where that with the next number belongs, without giving the number out. */
@inline
export function put(state: u32, parent: u32): void {
  const to = addressOf(next);
  for (let k: u32 = 0; k < stride; k += 4) store<u32>(to + k, load<u32>(state + k));
  store<u32>(parentAddress(next), parent);
}

/** Gives out the next number. */
@inline
export function advance(): void {
  next++;
  added++;
}

function newChunk(): bool {
  const chunk = allocate((CHUNK_MASK + 1) * (stride + 4 + bytesKnown) + 16);
  if (chunk == 0) return false;
  const number = atomic.add<u32>(CHUNKS, 1);
  if (number >= mostChunks || !closeRange()) return false;
  atomic.store<u32>(directory + (number << 2), chunk);
  next = number << CHUNK_BITS;
  end = next + CHUNK_MASK + 1;
  rangeStart = next;
  return true;
}

function closeRange(): bool {
  if (next == rangeStart) return true;
  if (rangeCount == rangeRoom) return false;
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

/** Replaces parents from `first` on by what the table says of each. */
export function replaceParents(count: u32, first: u32, table: u32): void {
  for (let number: u32 = 0; number < count; number++) {
    const parent = load<i32>(parentAddress(number));
    if (parent >= <i32>first) store<u32>(parentAddress(number), load<u32>(table + ((parent - first) << 2)));
  }
}
