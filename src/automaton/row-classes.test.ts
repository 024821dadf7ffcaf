import test from 'ava';
import * as fc from 'fast-check';
import { bool, int, type Variable } from '../model/handle.ts';
import type { Operation, Step } from '../model/operation.ts';
import { atomically, compareAndSwap, fetchAdd, waitUntil } from '../model/operations.ts';
import { compoundTable, valuesOfRow, type CompoundTable } from './compound-table.ts';
import { rowClasses } from './row-classes.ts';

const tableOf = (step: Step<unknown>): CompoundTable => compoundTable(step.request as Operation);

test('a compare-and-swap has two classes of rows, an addition as many as there are values, and a guard one', (t) => {
  const x = int('x', { to: 3 });
  const swapped = rowClasses(tableOf(compareAndSwap(x, 2, 0)));
  t.deepEqual([...swapped.of], [0, 0, 1, 0]);
  t.deepEqual([...swapped.sibling], [1, 3, -1, -1]);
  t.deepEqual([...rowClasses(tableOf(fetchAdd(x, 1))).of], [0, 1, 2, -1]);
  t.deepEqual([...rowClasses(tableOf(waitUntil([x], (value) => value > 1))).of], [-1, -1, 0, 0]);
});

test('variables with one value, however many, do not make rows alike', (t) => {
  const ones = Array.from({ length: 100 }, (_, k) => int(`one${k}`, { to: 0 }));
  const [x, y] = [int('x', { to: 3 }), int('y', { to: 3 })];
  for (const handles of [
    [...ones, x, y],
    [x, ...ones, y],
    [x, y, ...ones],
  ]) {
    const copies = atomically(handles, (...values) => ({
      to: handles.map((handle, k) => (handle === y ? values[handles.indexOf(x)]! : values[k]!)),
      result: 0,
    }));
    // y becomes what x is, or is left as it is where it is that already.
    t.is(rowClasses(tableOf(copies)).first.length, 5);
  }
});

/** What is done to variables of these sizes: by row of the table, the result and the values that are left. */
const step = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }).chain((sizes) =>
  fc.record({
    sizes: fc.constant(sizes),
    rows: fc.func(fc.record({ result: fc.nat(1), to: fc.option(fc.tuple(...sizes.map((size) => fc.nat(size - 1)))) })),
  }),
);

test('two rows are of one class exactly if they give one result and either leaves a variable as it is where the other does, or to the same value', (t) => {
  fc.assert(
    fc.property(step, ({ sizes, rows }) => {
      const handles = sizes.map((size, k) => int(`x${k}`, { to: size - 1 })) as readonly Variable<unknown>[];
      const table = tableOf(
        atomically(handles, (...values) => {
          const { result, to } = rows(...values);
          return to === null ? { result } : { result, to };
        }),
      );
      const { outcome, next } = table;
      const classes = rowClasses(table);
      /** What the row does, spelled out. */
      const meaning = (row: number): string =>
        JSON.stringify([
          outcome[row],
          valuesOfRow(handles, row).map((value, k) => (next[row * sizes.length + k] === value ? 'left' : next[row * sizes.length + k])),
        ]);
      const byMeaning = new Map<string, number[]>();
      outcome.forEach((_, row) => byMeaning.set(meaning(row), [...(byMeaning.get(meaning(row)) ?? []), row]));
      const byClass = Array.from(classes.first, (first) => {
        const chain: number[] = [];
        for (let row = first; row >= 0; row = classes.sibling[row]!) chain.push(row);
        return chain;
      });
      t.deepEqual(byClass, [...byMeaning.values()]);
      byClass.forEach((chain, number) => chain.forEach((row) => t.is(classes.of[row], number)));
    }),
    { numRuns: 300, seed: 1 },
  );
});

test('rows that can not be taken have no class', (t) => {
  const flag = bool('flag');
  const classes = rowClasses(tableOf(atomically([flag], (up) => (up ? 'blocked' : { result: 0 }))));
  t.deepEqual([...classes.of], [0, -1]);
  t.deepEqual([...classes.first], [0]);
});
