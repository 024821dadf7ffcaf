/**
 * Slots of the visited states' table, and the segments that they lie in. A slot holds a state's number plus one, and in the bits
 * that numbers do not take some of its hash, which spare most looks at the state itself; 0 is an empty one. Four slots are a
 * group, as many as a vector holds, and are looked at together: its first ones are taken. A state lies in the group that its hash
 * leads to, or, if that was full, in the next one that was not.
 */
import { DEPTH, NUMBER_BITS, SEGMENTS } from './memory';
import { stride } from './states';

/** Bits of a slot that numbers take at first; more as the table grows. */
export const FEWEST_BITS: u32 = 24;
export const SLOT_BITS: u32 = 13;
export const SLOT_MASK: u32 = (1 << SLOT_BITS) - 1;
/** Bytes of a segment's slots. */
export const SLOTS: u32 = (SLOT_MASK + 1) << 2;
/** Bytes before a segment's slots: how many are taken, for all that threads have told; how many bits of the hash lead here; and the segment's number. */
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

/** The least hash whose first bits are this entry of a directory that looks at so many. */
@inline
export function hashOfEntry(index: u32, depth: u32): u64 {
  return depth == 0 ? 0 : <u64>index << (64 - depth);
}

/** Where the group begins that a hash leads to. */
@inline
export function groupOf(segment: u32, hash: u64): u32 {
  return segment + HEADER + ((<u32>hash & (SLOT_MASK & ~3)) << 2);
}

/** The group behind a full one; behind the last comes the first. */
@inline
export function groupAfter(segment: u32, group: u32): u32 {
  const first = segment + HEADER;
  return first + ((group - first + 16) & (SLOTS - 1));
}

/** The bits of the hash that a slot has room for. */
@inline
export function tagOf(hash: u64): u32 {
  return <u32>(hash >>> 32) << load<u32>(NUMBER_BITS);
}

/** Which slots of a group are empty, a bit for each. */
@inline
export function emptyOf(group: v128): u32 {
  return i32x4.bitmask(i32x4.eq(group, i32x4.splat(0)));
}

/** Which slots of a group may hold the state with this tag, a bit for each. */
@inline
export function alikeOf(group: v128, tag: u32): u32 {
  const bits = i32x4.splat(-1 << load<u32>(NUMBER_BITS));
  return i32x4.bitmask(i32x4.eq(v128.and(v128.xor(group, i32x4.splat(tag)), bits), i32x4.splat(0))) & ~emptyOf(group);
}

/** The first slot of those in a group that bits tell; there is one. */
@inline
export function firstOf(group: u32, slots: u32): u32 {
  return group + (ctz(slots) << 2);
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
