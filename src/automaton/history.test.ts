import { testProp } from '@fast-check/ava';
import test from 'ava';
import * as fc from 'fast-check';
import { int, mutex } from '../model/handle.ts';
import { load } from '../model/operations.ts';
import { keyOf } from '../model/plain-data.ts';
import { routine } from '../model/routine.ts';
import { Histories, type History } from './history.ts';

const x = int('x', { to: 2 });
const looks = routine('looks', function* () {
  yield* load(x);
});
const alsoLooks = routine('looks', function* () {
  yield* load(x);
});

/** Values that are often alike: by their text, by their sign, by what is in them. */
const value: fc.Arbitrary<unknown> = fc.letrec<{ readonly value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom(undefined, null, true, false, 0, -0, 1, Number.NaN, '', '0', 'u', 'null', 'true', '[]', '[0]', '{}', '@0', 0n, 1n),
    fc.constantFrom(x, mutex('x'), looks, alsoLooks),
    fc.array(tie('value'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('a', 'b'), tie('value'), { maxKeys: 2 }),
  ),
})).value;

/** An equal value, no part of which is the same object. */
function copied(plain: unknown): unknown {
  if (Array.isArray(plain)) return plain.map(copied);
  if (typeof plain !== 'object' || plain === null || Object.getPrototypeOf(plain) !== Object.prototype) return plain;
  return Object.fromEntries(Object.entries(plain).map(([name, entry]) => [name, copied(entry)]));
}

/** Two values: any two, equal ones, or one and what it is spelled as. */
const pair: fc.Arbitrary<readonly [unknown, unknown]> = fc
  .tuple(value, value, fc.constantFrom('other', 'copy', 'copy', 'text'))
  .map(([one, other, how]) => [one, how === 'copy' ? copied(one) : how === 'text' ? keyOf(one) : other]);
const pairs = fc.array(pair, { maxLength: 2 });

function historyOf(histories: Histories, parameters: readonly unknown[], results: readonly unknown[]): History {
  return results.reduce<History>((history, result) => history.after(result), histories.start(looks, parameters, looks.site));
}

testProp(
  'two histories are one object, and have one number, exactly if their arguments and results are equal',
  [pairs, pairs],
  (t, parameters, results) => {
    const histories = new Histories();
    const [one, other] = ([0, 1] as const).map((which) =>
      historyOf(
        histories,
        parameters.map((two) => two[which]),
        results.map((two) => two[which]),
      ),
    );
    const equal = [...parameters, ...results].every(([a, b]) => keyOf(a) === keyOf(b));
    t.is(one === other, equal);
    t.is(one!.number === other!.number, equal);
  },
  { numRuns: 2000, seed: 3 },
);

test('routines with one name have histories of their own', (t) => {
  const histories = new Histories();
  t.not(histories.start(looks, [], looks.site).number, histories.start(alsoLooks, [], looks.site).number);
});
