/**
 * By state: which threads are known to be able to go on from it, or to rest, as a set of bits. The search takes down what it
 * sees, and `stuck.ts` works out the rest.
 */
import { renamedBack, whateverTheNames } from './orbits';
import { bytesKnown, knownAddress, widenStates } from './states';

/** A bit for each thread. */
export let all: u32 = 0;
/** What is known of the state that is being looked at. */
export let known: u32 = 0;

/** With so many bytes a state (0: nobody asks). Before the first state is added. */
export function prepareKnown(threads: u32, bytes: u32): void {
  all = (1 << threads) - 1;
  widenStates(bytes);
}

@inline
export function knownOf(number: u32): u32 {
  if (bytesKnown == 0) return 0;
  const at = knownAddress(number);
  return bytesKnown == 1 ? load<u8>(at) : bytesKnown == 2 ? load<u16>(at) : load<u32>(at);
}

/** Of threads that share the memory, only the one that expands a state writes to it. */
@inline
export function keep(number: u32, mask: u32): void {
  if (bytesKnown == 0) return;
  const at = knownAddress(number);
  if (bytesKnown == 1) store<u8>(at, mask);
  else if (bytesKnown == 2) store<u16>(at, mask);
  else store<u32>(at, mask);
}

/** A step leads from one state to another: whoever can go on there, whatever he is called there, can go on here. */
@inline
export function pass(from: u32, to: u32): void {
  const more = knownOf(from);
  if (more != 0) keep(to, knownOf(to) | whateverTheNames(more));
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

/** Adds what is known of another state, which a renaming made (0: none); nothing is learned from one that has not been seen (−1). */
export function learnFrom(number: i32, renaming: u32): void {
  if (number < 0) unseen++;
  else known |= renamedBack(renaming, knownOf(number));
}

/** How many states were met that had not been seen: 0 after a search that has seen all. */
let unseen: u32 = 0;
export function unseenStates(): u32 {
  return unseen;
}
