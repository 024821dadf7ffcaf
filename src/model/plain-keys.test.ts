/** Keys of plain data: two values have one exactly if they are structurally equal. */
import test from 'ava';
import * as fc from 'fast-check';
import { HeddleError } from './error.ts';
import { int } from './handle.ts';
import { areEqual, keyOf, type PlainData } from './plain-data.ts';
import { PlainKeys } from './plain-keys.ts';

const handles = [int('one', { to: 1 }), int('two', { to: 1 })];
const names = ['', 'a', 'b', '0', '1', '__proto__', 'toString', '"', ',', '$0', 'a":t,"b'];

/** Values that differ in little, and objects that have their names in any order. */
const plain = fc.letrec<{ value: PlainData }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom<PlainData>(undefined, null, true, false, 0, -0, 1, 10, '', '0', '$0', '[', 1n, Number.NaN, ...handles),
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .uniqueArray(fc.tuple(fc.constantFrom(...names), tie('value')), { maxLength: 3, selector: ([name]) => name })
      .map((entries) => Object.fromEntries(entries)),
  ),
})).value;

/** An equal value none of whose arrays and objects is the same, with names in the other order. */
function copyOf(value: PlainData): PlainData {
  if (Array.isArray(value)) return value.map(copyOf);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, part]) => [name, copyOf(part)] as const)
      .reverse(),
  );
}

test('two values have one key exactly if they are equal, by their structure or by what was kept', (t) => {
  let equal = 0;
  fc.assert(
    fc.property(fc.array(plain, { minLength: 2, maxLength: 6 }), fc.infiniteStream(fc.nat(3)), (values, choices) => {
      const keys = new PlainKeys();
      // What lies in one may lie in others, kept or not.
      const all = [...values, values, { a: values[0], b: values[0] }, [copyOf(values[0]), values[1]], copyOf(values)];
      const known = all.map((value) => {
        const key = keys.keyOf(value);
        if (choices.next().value === 0) keys.keep(value);
        return key;
      });
      all.forEach((one, i) =>
        all.forEach((other, k) => {
          const same = areEqual(one, other);
          if (same && i !== k) equal++;
          t.is(keyOf(one) === keyOf(other), same);
          t.is(known[i] === known[k], same);
          t.is(keys.keyOf(one) === known[k], same);
        }),
      );
    }),
    { numRuns: 500, seed: 1 },
  );
  t.true(equal > 500);
});

test('names in many orders are told apart as those in few', (t) => {
  const orders = Array.from({ length: 40 }, (_, k) => ({ first: 0, [`n${k}`]: 1, a: 2 }));
  t.is(new Set(orders.map((value) => keyOf(value))).size, 40);
  for (const value of orders) t.is(keyOf(copyOf(value)), keyOf(value));
});

test('what is kept is frozen to its depths, handles are not', (t) => {
  const value = { list: [{ deep: 1 }], handle: handles[0] };
  t.is(new PlainKeys().keep(value), value);
  t.true([value, value.list, value.list[0]].every(Object.isFrozen));
  t.false(Object.isFrozen(handles[0]));
});

test('what is not plain has no key, however deep it lies', (t) => {
  for (const value of [new Map(), { a: [new Date(0)] }, [{ a: () => 0 }], Symbol('s')])
    for (const key of [keyOf, (each: PlainData) => new PlainKeys().keyOf(each)])
      t.is(t.throws(() => key(value), { instanceOf: HeddleError })?.code, 'not-plain-data');
});
