import test from 'ava';
import * as fc from 'fast-check';
import { bool, int, type Variable } from '../model/handle.ts';
import type { Operation, Step } from '../model/operation.ts';
import { atomically, compareAndSwap, fetchAdd, waitUntil } from '../model/operations.ts';
import { compoundTable, valuesOfRow, type CompoundTable } from './compound-table.ts';

const tableOf = (step: Step<unknown>): CompoundTable => compoundTable(step.request as Operation);

test('a compare-and-swap goes two ways, an addition as many as there are values, and a guard one', (t) => {
  const x = int('x', { to: 3 });
  t.deepEqual([...tableOf(compareAndSwap(x, 2, 0)).ways.of], [0, 0, 1, 0]);
  t.deepEqual([...tableOf(compareAndSwap(x, 2, 0)).ways.next], [1, 3, -1, -1]);
  t.deepEqual([...tableOf(fetchAdd(x, 1)).ways.of], [0, 1, 2, -1]);
  t.deepEqual([...tableOf(waitUntil([x], (value) => value > 1)).ways.of], [-1, -1, 0, 0]);
});

/** What is done to variables of these sizes: by row of the table, the result and the values that are left. */
const step = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }).chain((sizes) =>
  fc.record({
    sizes: fc.constant(sizes),
    rows: fc.func(fc.record({ result: fc.nat(1), to: fc.option(fc.tuple(...sizes.map((size) => fc.nat(size - 1)))) })),
  }),
);

test('two rows are one way exactly if they give one result and either leaves a variable as it is where the other does, or to the same value', (t) => {
  fc.assert(
    fc.property(step, ({ sizes, rows }) => {
      const handles = sizes.map((size, k) => int(`x${k}`, { to: size - 1 })) as readonly Variable<unknown>[];
      const { ways, outcome, next } = tableOf(
        atomically(handles, (...values) => {
          const { result, to } = rows(...values);
          return to === null ? { result } : { result, to };
        }),
      );
      /** What the row does, spelled out. */
      const meaning = (row: number): string =>
        JSON.stringify([
          outcome[row],
          valuesOfRow(handles, row).map((value, k) => (next[row * sizes.length + k] === value ? 'left' : next[row * sizes.length + k])),
        ]);
      const byMeaning = new Map<string, number[]>();
      outcome.forEach((_, row) => byMeaning.set(meaning(row), [...(byMeaning.get(meaning(row)) ?? []), row]));
      const byWay = Array.from(ways.first, (first) => {
        const chain: number[] = [];
        for (let row = first; row >= 0; row = ways.next[row]!) chain.push(row);
        return chain;
      });
      t.deepEqual(byWay, [...byMeaning.values()]);
      byWay.forEach((chain, way) => chain.forEach((row) => t.is(ways.of[row], way)));
    }),
    { numRuns: 300, seed: 1 },
  );
});

test('rows that can not be taken go no way', (t) => {
  const flag = bool('flag');
  const { ways } = tableOf(atomically([flag], (up) => (up ? 'blocked' : { result: 0 })));
  t.deepEqual([...ways.of], [0, -1]);
  t.deepEqual([...ways.first], [0]);
});
