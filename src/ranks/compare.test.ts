import test from 'ava';
import { breachOf } from './breach.ts';
import { closureGaps } from './closure-gaps.ts';
import { compareTables, joinTables } from './compare.ts';

test('two tables differ in entries and in rows', (t) => {
  t.deepEqual(compareTables({ a: [], b: ['a'], gone: ['a'] }, { a: [], b: ['a', 'c'], c: [] }), {
    gained: [{ held: 'c', taken: 'b' }],
    lost: [{ held: 'a', taken: 'gone' }],
    newRanks: ['c'],
    lostRanks: ['gone'],
  });
});

test('equal tables do not differ, whatever the order of a row', (t) => {
  t.deepEqual(compareTables({ c: ['a', 'b'] }, { c: ['b', 'a'] }), { gained: [], lost: [], newRanks: [], lostRanks: [] });
});

test('joined tables have the entries of both', (t) => {
  t.deepEqual(joinTables({ a: [], b: ['a'] }, { c: [], b: ['c', 'a'] }), { a: [], b: ['a', 'c'], c: [] });
});

test('a gap is told with a shortest chain that leads there', (t) => {
  t.deepEqual(closureGaps({ a: [], b: ['a'], c: ['b', 'c'], d: ['c', 'b'] }), [
    { held: 'a', taken: 'c', chain: ['a', 'b', 'c'] },
    { held: 'a', taken: 'd', chain: ['a', 'b', 'd'] },
  ]);
});

test('a mutex without a rank is a leaf: it may be taken anywhere, and nothing under it', (t) => {
  const ranks = { a: [], b: ['a'], n: ['n'] };
  t.deepEqual(
    [
      breachOf(ranks, 'a', 'b'),
      breachOf(ranks, 'b', 'a'),
      breachOf(ranks, 'a', 'a'),
      breachOf(ranks, 'n', 'n'),
      breachOf(ranks, 'b', undefined),
      breachOf(ranks, undefined, 'b'),
      breachOf(ranks, undefined, undefined),
      breachOf(undefined, undefined, 'b'),
    ],
    [undefined, 'no edge', 'same rank', undefined, undefined, 'leaf', 'leaf', undefined],
  );
});
