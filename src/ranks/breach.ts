import type { LockRanks } from '../model/protocol.ts';

/** Why one mutex may not be taken while another is held. */
export type Breach =
  /** The ranks have no edge from the one to the other. */
  | 'no edge'
  /** Both have one rank, which is not declared to nest in itself. */
  | 'same rank'
  /** The one that is held has no rank: nothing may be taken under it. */
  | 'leaf';

/**
 * What is wrong with taking a mutex of rank `taken` while one of rank `held` is held; undefined if nothing.
 * Of a taken mutex without a rank nothing is known but that nothing may be taken under it. Without ranks, nothing is wrong.
 */
export function breachOf(ranks: LockRanks | undefined, held: string | undefined, taken: string | undefined): Breach | undefined {
  if (ranks === undefined) return undefined;
  if (held === undefined) return 'leaf';
  if (taken === undefined || ranks[taken]?.includes(held) === true) return undefined;
  return held === taken ? 'same rank' : 'no edge';
}
