import type { LockRanks } from '../model/protocol.ts';
import type { RankEntry } from './compare.ts';

/** An entry that a table lacks although a chain of its entries leads there. */
export interface ClosureGap extends RankEntry {
  /** A shortest chain of ranks, `held` first and `taken` last. */
  readonly chain: readonly string[];
}

/**
 * The entries that a table lacks to be transitively closed, row by row. Where there are any, looking at the last lock held
 * (as the runtime does) is not the same as looking at all of them.
 */
export function closureGaps(table: LockRanks): readonly ClosureGap[] {
  return Object.entries(table).flatMap(([taken, row]) => {
    const chains = new Map<string, readonly string[]>([[taken, [taken]]]);
    const work = [taken];
    for (let name = work.shift(); name !== undefined; name = work.shift())
      for (const held of table[name] ?? []) {
        if (chains.has(held)) continue;
        chains.set(held, [held, ...chains.get(name)!]);
        work.push(held);
      }
    return [...chains].flatMap(([held, chain]) => (held === taken || row.includes(held) ? [] : [{ held, taken, chain }]));
  });
}
