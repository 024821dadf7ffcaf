import { allBits } from './universal-hash.ts';

/** How a search told states apart, and what that may have cost. */
export interface Compacted {
  /** Bits of the fingerprints that stood for states. */
  readonly bits: number;
  /** The probability that some reachable state was taken for another and left out, at most. */
  readonly omission: number;
}

/**
 * The odds that a search over fingerprints has left a state out and yet ended with no more than `states` of them.
 *
 * The union bound of Wolper and Leroy, "Reliable hashing without collision detection" (CAV 1993), with their assumption of a
 * uniform hash replaced by a universal family (universal-hash.ts). Take the states in the order in which an exact search
 * finds them. As long as nothing has been left out, the search over fingerprints finds the same ones, and the next state
 * has the value of one of the n before it with probability n/2^bits at most. So a first omission comes while there are n
 * states or fewer with probability (1 + 2 + … + n)/2^bits = n (n + 1)/2^(bits + 1) at most; and a search that ends with n
 * states and has left one out has had its first omission by then.
 *
 * Stern and Dill's analyses (CHARME 1995, FORTE 1996) are lower by counting the entries that a state is compared with; they
 * need a place in the table that is independent of the value stored, and here most of it is computed from that, so that
 * the table can grow. What that would save, the segment's bits make up for.
 */
export function compacted(states: number, bits = allBits): Compacted {
  return { bits, omission: Math.min(1, (states * (states + 1)) / 2 ** (bits + 1)) };
}
