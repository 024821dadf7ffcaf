/**
 * Go commit 89c0dd82 (April 2022, before Go 1.19): the rank prof becomes profInsert, profBlock, profMemActive and
 * profMemFuture. The commit changed the hand-written table of src/runtime/lockrank.go, of which we have no text: what is
 * known is that the first three have prof's row, the fourth that and profMemActive, and that every row with prof has all
 * four instead. That is done here to the closest earlier table that we have (Go c847589a), so the other entries are of 2020.
 */
import type { LockRanks } from 'heddle';
import { after as earlier } from './sysmonlock-c847589a.ts';

const parts = ['profInsert', 'profBlock', 'profMemActive', 'profMemFuture'] as const;

export const before = earlier;

export const after: LockRanks = Object.fromEntries(
  Object.entries(before).flatMap(([taken, row]): (readonly [string, readonly string[]])[] => {
    if (taken === 'prof') return parts.map((part) => [part, part === 'profMemFuture' ? [...row, 'profMemActive'] : row]);
    return [[taken, row.flatMap((held) => (held === 'prof' ? parts : [held]))]];
  }),
);
