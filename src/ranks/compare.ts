import type { LockRanks } from '../model/protocol.ts';

/** One entry of a table of ranks: `held` may be held when one of rank `taken` is taken. */
export interface RankEntry {
  readonly held: string;
  readonly taken: string;
}

/** What one table has and the other has not. */
export interface TableDifference {
  readonly gained: readonly RankEntry[];
  readonly lost: readonly RankEntry[];
  /** Rows that are new, or gone: their entries are among the above too. */
  readonly newRanks: readonly string[];
  readonly lostRanks: readonly string[];
}

/** Compares two tables of ranks, entry by entry, each part in the order of its own table. */
export function compareTables(before: LockRanks, after: LockRanks): TableDifference {
  return {
    gained: entriesOf(after).filter(({ held, taken }) => before[taken]?.includes(held) !== true),
    lost: entriesOf(before).filter(({ held, taken }) => after[taken]?.includes(held) !== true),
    newRanks: Object.keys(after).filter((rank) => !(rank in before)),
    lostRanks: Object.keys(before).filter((rank) => !(rank in after)),
  };
}

/** Both tables in one: a row of both has the entries of both. */
export function joinTables(first: LockRanks, second: LockRanks): LockRanks {
  const ranks = new Set([...Object.keys(first), ...Object.keys(second)]);
  return Object.freeze(
    Object.fromEntries([...ranks].map((rank) => [rank, [...new Set([...(first[rank] ?? []), ...(second[rank] ?? [])])]])),
  );
}

export function entriesOf(table: LockRanks): readonly RankEntry[] {
  return Object.entries(table).flatMap(([taken, row]) => row.map((held) => ({ held, taken })));
}
