import type { Mutex } from '../model/handle.ts';
import type { LockRanks } from '../model/protocol.ts';
import { breachOf, type Breach } from './breach.ts';
import type { RankEntry } from './compare.ts';

/** `taken` was taken, or asked for, by a thread that held `held`. */
export interface TakenEdge<W> {
  readonly held: Mutex;
  readonly taken: Mutex;
  /** Undefined if the ranks allow it, or if there are none. */
  readonly breach: Breach | undefined;
  /** What shows it. */
  readonly witness: W;
}

/** An entry of the table that no execution uses. */
export interface UnusedEntry extends RankEntry {
  /** Whether edges that are taken imply it: then it can't be left out of a closed table. */
  readonly implied: boolean;
}

/** What executions do with mutexes, held against a table of ranks. */
export interface LockUse<W> {
  readonly edges: readonly TakenEdge<W>[];
  /** Allowed among the ranks of these mutexes, and used by none of them. */
  readonly unused: readonly UnusedEntry[];
  /** Mutexes without a rank under which another is taken. */
  readonly nonLeaves: readonly Mutex[];
  /** Mutexes each of which is taken under the one before it, the first under the last; undefined if there are none such. */
  readonly cycle: readonly Mutex[] | undefined;
}

/** Judges the edges taken by a table; none of them is forbidden where there is no table. */
export function lockUse<W>(
  mutexes: readonly Mutex[],
  ranks: LockRanks | undefined,
  taken: readonly { readonly held: Mutex; readonly taken: Mutex; readonly witness: W }[],
): LockUse<W> {
  const edges = taken.map((edge) => ({ ...edge, breach: breachOf(ranks, edge.held.rank, edge.taken.rank) }));
  const present = new Set(mutexes.flatMap(({ rank }) => rank ?? []));
  const twice = new Set([...present].filter((rank) => mutexes.filter((mutex) => mutex.rank === rank).length > 1));
  return {
    edges,
    unused: Object.entries(ranks ?? {}).flatMap(([to, row]) =>
      row
        .filter((from) => present.has(to) && present.has(from) && (from !== to || twice.has(to)))
        .filter((from) => !edges.some((edge) => edge.held.rank === from && edge.taken.rank === to))
        .map((from) => ({ held: from, taken: to, implied: from !== to && leadsTo(edges, from, to) })),
    ),
    nonLeaves: ranks === undefined ? [] : [...new Set(edges.filter(({ breach }) => breach === 'leaf').map(({ held }) => held))],
    cycle: cycleOf(edges),
  };
}

/** Whether edges that are taken lead from one rank to another. */
function leadsTo(edges: readonly TakenEdge<unknown>[], from: string, to: string): boolean {
  const seen = new Set([from]);
  // A set goes on through what is added while it is gone through.
  for (const rank of seen)
    for (const edge of edges) if (edge.held.rank === rank && edge.taken.rank !== undefined) seen.add(edge.taken.rank);
  return seen.has(to);
}

/** A shortest cycle, from the first mutex that is on one of that length. */
function cycleOf(edges: readonly TakenEdge<unknown>[]): readonly Mutex[] | undefined {
  let shortest: readonly Mutex[] | undefined;
  for (const { held: start } of edges) {
    const work: (readonly Mutex[])[] = [[start]];
    const seen = new Set<Mutex>();
    for (let path = work.shift(); path !== undefined; path = work.shift()) {
      if (shortest !== undefined && path.length >= shortest.length) break;
      const last = path.at(-1)!;
      if (edges.some((edge) => edge.held === last && edge.taken === start)) {
        shortest = path;
        break;
      }
      for (const edge of edges) {
        if (edge.held !== last || seen.has(edge.taken)) continue;
        seen.add(edge.taken);
        work.push([...path, edge.taken]);
      }
    }
  }
  return shortest;
}
