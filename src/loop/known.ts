/** By state: which threads are known to be able to go on from it, or to rest, as a set of bits; what `stuck.ts` works out. */
import { allocate } from './memory';
import { CHUNK_BITS, CHUNK_MASK, find } from './visited';

/** A bit for each thread. */
export let all: u32 = 0;
/** What is known of the state that is being looked at. */
export let known: u32 = 0;

/** Bytes a state, as a power of two; and by chunk of states, where they are. */
let width: u32 = 0;
let directory: u32 = 0;

/** Makes room for so many states; false if the budget does not allow it. */
export function prepare(states: u32, threads: u32): bool {
  all = (1 << threads) - 1;
  width = threads <= 8 ? 0 : threads <= 16 ? 1 : 2;
  const chunks = (states + CHUNK_MASK) >>> CHUNK_BITS;
  directory = allocate((chunks + 1) << 2);
  if (directory == 0) return false;
  for (let chunk: u32 = 0; chunk < chunks; chunk++) {
    const at = allocate((CHUNK_MASK + 1) << width);
    if (at == 0) return false;
    store<u32>(directory + (chunk << 2), at);
  }
  return true;
}

@inline
function place(number: u32): u32 {
  return load<u32>(directory + ((number >>> CHUNK_BITS) << 2)) + ((number & CHUNK_MASK) << width);
}

@inline
export function knownOf(number: u32): u32 {
  const at = place(number);
  return width == 0 ? load<u8>(at) : width == 1 ? load<u16>(at) : load<u32>(at);
}

@inline
export function keep(number: u32, mask: u32): void {
  const at = place(number);
  if (width == 0) store<u8>(at, mask);
  else if (width == 1) store<u16>(at, mask);
  else store<u32>(at, mask);
}

/** Looks at another state, of which this is known. */
@inline
export function lookAt(mask: u32): void {
  known = mask;
}

@inline
export function know(threads: u32): void {
  known |= threads;
}

/** Adds what is known of a packed state that has been seen; nothing is learned from one that has not. */
export function learnFrom(state: u32): void {
  const number = find(state);
  if (number < 0) unseen++;
  else known |= knownOf(number);
}

/** How many states were met that had not been seen: 0 after a search that has seen all. */
let unseen: u32 = 0;
export function unseenStates(): u32 {
  return unseen;
}
