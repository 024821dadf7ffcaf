import test from 'ava';
import * as fc from 'fast-check';
import { Layout } from '../../kernel/layout.ts';
import { compacted } from './omission.ts';
import { allBits, UniversalHash } from './universal-hash.ts';

/** Fields of 7 to 24 bits, packed into several words. */
const sizes = [100, 2 ** 24, 3, 5000, 2 ** 20, 2, 300];
const layoutOf = (factor: number): Layout =>
  new Layout(sizes.map((size, field) => ({ name: `${field}`, size: Math.min(2 ** 24, size * factor) })));
const values = fc.tuple(...sizes.map((size) => fc.nat(size - 1)));

function packed(layout: Layout, fields: readonly number[]): Int32Array {
  const state = new Int32Array(layout.words);
  fields.forEach((value, field) => layout.write(state, field, value));
  return state;
}
const valueOf = ({ segment, high, low }: UniversalHash): string => [segment, high, low].join();

test('a state has one fingerprint, from whichever state it is stepped to, and however wide its fields are', (t) => {
  const narrow = layoutOf(1);
  const wide = layoutOf(16);
  t.not(wide.words, narrow.words);
  fc.assert(
    fc.property(values, values, fc.nat(), (before, after, seed) => {
      const hash = new UniversalHash(narrow, seed);
      hash.begin(packed(narrow, after));
      const value = valueOf(hash);
      hash.begin(packed(narrow, before));
      hash.step(packed(narrow, before), packed(narrow, after));
      const stepped = valueOf(hash);
      const other = new UniversalHash(wide, seed);
      other.begin(packed(wide, after));
      return value === stepped && value === valueOf(other);
    }),
    { numRuns: 50 },
  );
  t.pass();
});

/** In how many of so many functions some two of the states have one value. */
function collisions(states: readonly Int32Array[], layout: Layout, bits: number, functions: number): number {
  let colliding = 0;
  for (let seed = 0; seed < functions; seed++) {
    const hash = new UniversalHash(layout, seed, bits);
    const seen = new Set<string>();
    for (const state of states) {
      hash.begin(state);
      seen.add(valueOf(hash));
    }
    if (seen.size < states.length) colliding++;
  }
  return colliding;
}

test('two of many states have one value as often as the odds say', (t) => {
  const layout = layoutOf(1);
  const states = [
    ...new Map(fc.sample(values, { numRuns: 400, seed: 1 }).map((fields) => [fields.join(), packed(layout, fields)])).values(),
  ];
  const functions = 400;
  // Nearly all are told apart by 20 bits, and most sets of them not by 16.
  for (const bits of [18, 20, 22]) {
    const { omission } = compacted(states.length, bits);
    const found = collisions(states, layout, bits, functions);
    const spread = Math.sqrt(functions * omission * (1 - Math.min(omission, 0.99)));
    t.log({ states: states.length, bits, omission, found });
    t.true(found < functions * omission + 3 * spread);
    // The sum over all pairs counts runs with two collisions twice.
    t.true(found > functions * (1 - Math.exp(-omission)) * 0.6 - 3 * spread);
  }
});

test('two states that differ in one bit are taken for each other as seldom as any', (t) => {
  const layout = layoutOf(1);
  const one = packed(
    layout,
    sizes.map(() => 0),
  );
  const functions = 2_000;
  let found = 0;
  for (const [field, size] of sizes.entries())
    found += collisions(
      [
        one,
        packed(
          layout,
          sizes.map((_, other) => (other === field ? size >>> 1 : 0)),
        ),
      ],
      layout,
      6,
      functions / 10,
    );
  const expected = (sizes.length * functions) / 10 / 2 ** 6;
  t.log({ found, expected });
  t.true(Math.abs(found - expected) < 4 * Math.sqrt(expected));
});

test('the odds are those of a union bound, and never above 1', (t) => {
  t.deepEqual(compacted(0), { bits: allBits, omission: 0 });
  t.deepEqual(compacted(3, 4), { bits: 4, omission: 6 / 16 });
  t.is(compacted(1000, 4).omission, 1);
  // A hundred million states, told apart by 76 bits.
  t.true(Math.abs(compacted(1e8).omission / 6.6e-8 - 1) < 0.01);
});
