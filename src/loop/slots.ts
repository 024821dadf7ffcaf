/**
 * Slots of the visited states' table, and the segments that they lie in. A slot holds a state's number plus one, and in the bits
 * that numbers do not take some of its hash, which spare most looks at the state itself; 0 is an empty one.
 */
import { DEPTH, NUMBER_BITS, SEGMENTS } from './memory';
import { stride } from './states';

/** Bits of a slot that numbers take at first; more as the table grows. */
export const FEWEST_BITS: u32 = 24;
export const SLOT_BITS: u32 = 13;
export const SLOT_MASK: u32 = (1 << SLOT_BITS) - 1;
/** Bytes of a segment's slots. */
export const SLOTS: u32 = (SLOT_MASK + 1) << 2;
/** Bytes before a segment's slots: how many are taken, and how many bits of the hash lead here. */
export const HEADER: u32 = 64;

@inline
export function hashOf(state: u32): u64 {
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
export function segmentOf(hash: u64): u32 {
  // A shift by 64 would be one by 0: the top bit is read apart from the others.
  return load<u32>(load<u32>(SEGMENTS) + (<u32>((hash >>> 1) >>> (63 - load<u32>(DEPTH))) << 2));
}

@inline
export function slotOf(segment: u32, index: u32): u32 {
  return segment + HEADER + (index << 2);
}

/** The bits of the hash that a slot has room for. */
@inline
export function tagOf(hash: u64): u32 {
  return <u32>(hash >>> 32) << load<u32>(NUMBER_BITS);
}

/** Whether a slot that is taken may hold the state with this tag. */
@inline
export function mayBe(entry: u32, tag: u32): bool {
  return (entry ^ tag) >>> load<u32>(NUMBER_BITS) == 0;
}

@inline
export function numberIn(entry: u32): u32 {
  return (entry & ((1 << load<u32>(NUMBER_BITS)) - 1)) - 1;
}

@inline
export function same(one: u32, other: u32): bool {
  let k: u32 = 0;
  for (; k + 8 <= stride; k += 8) if (load<u64>(one + k) != load<u64>(other + k)) return false;
  return k == stride || load<u32>(one + k) == load<u32>(other + k);
}

/** What a slot holds of a state. */
@inline
export function entryOf(number: u32, tag: u32): u32 {
  return (number + 1) | tag;
}

/** Keeps early reads from being optimised away. */
let touched: u32 = 0;
@inline
export function touch(seen: u32): void {
  touched ^= seen;
}
