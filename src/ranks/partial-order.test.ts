import test from 'ava';
import * as fc from 'fast-check';
import { HeddleError } from '../model/error.ts';
import { closureGaps } from './closure-gaps.ts';
import { PartialOrder } from './partial-order.ts';

test('a row has all ranks that lead to it, through ranks and through pseudo-nodes', (t) => {
  const order = PartialOrder.of('NONE < sysmon < scavenge < SCHED; NONE < hchan < SCHED < sched < allg, allp;');
  t.deepEqual(order.ranks, ['sysmon', 'scavenge', 'hchan', 'sched', 'allg', 'allp']);
  t.deepEqual(order.table(), {
    sysmon: [],
    scavenge: ['sysmon'],
    hchan: [],
    sched: ['sysmon', 'scavenge', 'hchan'],
    allg: ['sysmon', 'scavenge', 'hchan', 'sched'],
    allp: ['sysmon', 'scavenge', 'hchan', 'sched'],
  });
});

test('what is stated goes through pseudo-nodes and not through ranks', (t) => {
  const order = PartialOrder.of('NONE < a < b < X < Y < c; b < c;');
  t.deepEqual(order.stated(), { a: [], b: ['a'], c: ['b'] });
});

test('a rank that is declared to nest in itself is in its own row and in no other for that', (t) => {
  const order = PartialOrder.of('NONE < hchan < hchan < sudog;');
  t.deepEqual([...order.nests], ['hchan']);
  t.deepEqual(order.table(), { hchan: ['hchan'], sudog: ['hchan'] });
});

test('the rows of some ranks have these ranks only', (t) => {
  const order = PartialOrder.of('NONE < a < b < c < d;');
  t.deepEqual(order.only('d', 'b'), { b: [], d: ['b'] });
  const error = t.throws(() => order.only('a', 'cc'), { instanceOf: HeddleError });
  t.like(error, { code: 'unknown-name', what: "there is no lock rank 'cc'", cure: 'Did you mean c?' });
});

test('a graph without a rank keeps what other statements say', (t) => {
  t.deepEqual(PartialOrder.of('NONE < a < b < c; a < d < c;').without('b').table(), { a: [], c: ['a', 'd'], d: ['a'] });
});

test('names that are never defined are listed', (t) => {
  t.deepEqual(PartialOrder.of('NONE < a; aa, b < c; PSEUDO < a;').undefinedNames, ['aa', 'b', 'PSEUDO']);
});

for (const [text, cycle, where] of [
  ['NONE < a < b;\nb < c;\nc < a;', 'a < b < c < a', 'ranks:3:5'],
  ['NONE < out; a < TOP; out < a;\nTOP < b < a; b < after;', 'a < TOP < b < a', 'ranks:2:11'],
  ['NONE < a < b < a;', 'a < b < a', 'ranks:1:16'],
] as const)
  test(`the cycle ${cycle} is an error that names it, and each of its edges`, (t) => {
    const error = t.throws(() => PartialOrder.of(text), { instanceOf: HeddleError });
    t.is(error.code, 'ranks-cyclic');
    const ranks = cycle.split(' < ');
    // Which rank the cycle is told from is no matter.
    const turned = ranks.slice(1).map((_, k) => [...ranks.slice(k, -1), ...ranks.slice(0, k), ranks[k]!].join(' < '));
    t.true(turned.map((each) => `the ranks go round: ${each}`).includes(error.what), error.what);
    for (let k = 1; k < ranks.length; k++) t.true(error.cure.includes(`${ranks[k - 1]} < ${ranks[k]} (ranks:`), error.cure);
    t.regex(error.where ?? '', /^ranks:\d+:\d+$/);
    t.true(error.cure.includes(where), error.cure);
  });

test('a pseudo-node can not nest in itself', (t) => {
  const error = t.throws(() => PartialOrder.of('NONE < X; X < X;'), { instanceOf: HeddleError });
  t.like(error, { code: 'ranks-cyclic', what: 'the ranks go round: X < X', where: 'ranks:1:15' });
});

/** Names with edges among them: from lower numbers to higher ones unless `back`. Capitals are pseudo-nodes. */
const names = ['a', 'b', 'C', 'd', 'E', 'f'];
const pairs = fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { maxLength: 12 });
const reaches = (edges: readonly (readonly [number, number])[], from: number, to: number): boolean => {
  const seen = new Set<number>();
  const visit = (name: number): void => {
    for (const [held, taken] of edges)
      if (held === name && !seen.has(taken)) {
        seen.add(taken);
        visit(taken);
      }
  };
  visit(from);
  return seen.has(to);
};

test('on generated graphs the table is reachability, closed, and the numbering is topological; with a cycle there is an error', (t) => {
  let cycles = 0;
  fc.assert(
    fc.property(pairs, (drawn) => {
      const edges = drawn.filter(([held, taken]) => held !== taken);
      const text = ['NONE < a, b, C, d, E, f;', ...edges.map(([held, taken]) => `${names[held]} < ${names[taken]};`)].join('\n');
      if (names.some((_, name) => reaches(edges, name, name))) {
        cycles++;
        t.is(t.throws(() => PartialOrder.of(text), { instanceOf: HeddleError }).code, 'ranks-cyclic');
        return;
      }
      const order = PartialOrder.of(text);
      const table = order.table();
      for (const taken of order.ranks)
        t.deepEqual(
          [...table[taken]!].sort(),
          order.ranks.filter((held) => reaches(edges, names.indexOf(held), names.indexOf(taken))).sort(),
        );
      t.deepEqual(closureGaps(table), []);
      order.ranks.forEach((rank, number) => {
        for (const held of table[rank]!) t.true(order.ranks.indexOf(held) < number);
      });
    }),
    { seed: 1, numRuns: 300 },
  );
  t.is(cycles, 79);
});
