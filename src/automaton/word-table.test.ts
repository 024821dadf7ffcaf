import test from 'ava';
import { bool, int, oneOf, option, threadId, type Variable } from '../model/handle.ts';
import type { Operation, Step } from '../model/operation.ts';
import { atomically, compareAndSwap, fetchAdd, swap } from '../model/operations.ts';
import { compoundTable, outside, type CompoundTable } from './compound-table.ts';

function tableOf(step: Step<unknown>): CompoundTable {
  // None of the steps below is a call.
  return compoundTable(step.request as Operation);
}

/** The same as a compound step, which an author's function computes. */
function same(t: { readonly deepEqual: (a: unknown, b: unknown, message: string) => void }, step: Step<unknown>, told: Step<unknown>) {
  const { messages, ...table } = tableOf(step);
  const { messages: others, ...expected } = tableOf(told);
  t.deepEqual(table, expected, step.request.kind);
  t.deepEqual([...messages], [...others], step.request.kind);
}

const variables: readonly Variable<unknown>[] = [
  bool('b'),
  int('i', { from: -2, to: 3 }),
  int('one', { to: 0 }),
  oneOf('colour', ['red', 'green', undefined, null, 1, true, 'red']),
  threadId('owner', 3),
  option('last', int({ to: 2 })),
] as readonly Variable<unknown>[];

for (const x of variables) {
  const values = Array.from({ length: x.domain.size }, (_, code) => x.domain.decode(code));

  test(`each swap and compare-and-swap of ${x.name} does what a compound step does that says the same`, (t) => {
    for (const to of values) {
      same(
        t,
        swap(x, to),
        atomically([x], (old) => ({ to: [to], result: old })),
      );
      for (const from of values)
        same(
          t,
          compareAndSwap(x, from, to),
          atomically([x], (old) => (old === from ? { to: [to], result: true } : { result: false })),
        );
    }
  });
}

test('each addition does what a compound step does that says the same, and leaves the domain where that does', (t) => {
  const i = int('i', { from: -2, to: 3 });
  for (let delta = -7; delta <= 7; delta++)
    same(
      t,
      fetchAdd(i, delta),
      atomically([i], (old) => ({ to: [old + delta], result: old })),
    );
  t.deepEqual([...tableOf(fetchAdd(i, 4)).outcome], [0, 1, outside, outside, outside, outside]);
});

test('operations that do the same share a table, and others do not', (t) => {
  const [x, y] = [int('x', { to: 3 }), int('y', { to: 3 })];
  t.is(tableOf(compareAndSwap(x, 0, 1)), tableOf(compareAndSwap(x, 0, 1)));
  const all = [
    compareAndSwap(x, 0, 1),
    compareAndSwap(x, 1, 0),
    compareAndSwap(y, 0, 1),
    swap(x, 0),
    swap(x, 1),
    fetchAdd(x, 0),
    fetchAdd(x, 1),
  ];
  t.is(new Set(all.map(tableOf)).size, all.length);
});
