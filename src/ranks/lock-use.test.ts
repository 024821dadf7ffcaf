import test from 'ava';
import { mutex, type Mutex } from '../model/handle.ts';
import type { LockRanks } from '../model/protocol.ts';
import { lockUse, type LockUse } from './lock-use.ts';

const ranks: LockRanks = { a: [], b: ['a'], c: ['a', 'b'], n: ['c', 'n'] };
const [a, b, c, leaf] = [mutex('ma', { rank: 'a' }), mutex('mb', { rank: 'b' }), mutex('mc', { rank: 'c' }), mutex('leaf')];
const [n1, n2] = [mutex('n1', { rank: 'n' }), mutex('n2', { rank: 'n' })];
const [a2] = [mutex('ma2', { rank: 'a' })];

function use(table: LockRanks | undefined, mutexes: readonly Mutex[], ...pairs: readonly (readonly [Mutex, Mutex])[]): LockUse<undefined> {
  return lockUse(
    mutexes,
    table,
    pairs.map(([held, taken]) => ({ held, taken, witness: undefined })),
  );
}

test('an entry that nothing uses is told, and whether edges that are taken imply it', (t) => {
  t.deepEqual(use(ranks, [a, b, c], [a, b], [b, c]).unused, [{ held: 'a', taken: 'c', implied: true }]);
  t.deepEqual(use(ranks, [a, b, c], [a, c]).unused, [
    { held: 'a', taken: 'b', implied: false },
    { held: 'b', taken: 'c', implied: false },
  ]);
});

test('ranks of other protocols are not told as unused, nor the self-edge of a rank with one mutex', (t) => {
  t.deepEqual(use(ranks, [a, n1]).unused, []);
  t.deepEqual(use(ranks, [n1, n2]).unused, [{ held: 'n', taken: 'n', implied: false }]);
});

test('two mutexes of one rank nest only where the rank has a self-edge, and even then not both ways', (t) => {
  t.deepEqual(
    use(ranks, [a, a2], [a, a2]).edges.map(({ breach }) => breach),
    ['same rank'],
  );
  const both = use(ranks, [n1, n2], [n1, n2], [n2, n1]);
  t.deepEqual(
    both.edges.map(({ breach }) => breach),
    [undefined, undefined],
  );
  t.deepEqual(both.cycle, [n1, n2]);
});

test('a mutex without a rank under which another is taken is told once', (t) => {
  t.deepEqual(use(ranks, [a, b, leaf], [leaf, a], [leaf, b], [a, leaf]).nonLeaves, [leaf]);
});

test('without ranks nothing is forbidden or unused, but a cycle is a cycle', (t) => {
  const free = use(undefined, [a, b, c, leaf], [c, leaf], [leaf, a], [a, b], [b, c], [b, a]);
  t.deepEqual(
    free.edges.map(({ breach }) => breach),
    [undefined, undefined, undefined, undefined, undefined],
  );
  t.deepEqual([free.unused, free.nonLeaves], [[], []]);
  t.deepEqual(free.cycle, [a, b]);
  t.is(use(undefined, [a, b, c], [a, b], [b, c], [a, c]).cycle, undefined);
});
