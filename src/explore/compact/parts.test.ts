/** What hash compaction keeps of states: their values, their origins, and those that wait. */
import test from 'ava';
import * as fc from 'fast-check';
import { Ancestry, type Origin } from './ancestry.ts';
import { Budget } from './budget.ts';
import { Fingerprints } from './fingerprints.ts';
import { Frontier } from './frontier.ts';

const roomy = (): Budget => new Budget(2 ** 30);

test('the origin of each state is what was taken down, however far parents and steps are apart', (t) => {
  const small = { difference: fc.nat(8), step: fc.nat(40) };
  const large = { difference: fc.nat(2 ** 40), step: fc.nat(2 ** 24) };
  const record = fc.oneof({ weight: 9, arbitrary: fc.record(small) }, { weight: 1, arbitrary: fc.record(large) });
  fc.assert(
    fc.property(fc.array(record, { maxLength: 1200 }), (records) => {
      const ancestry = new Ancestry(roomy());
      let parent = -1;
      const origins = records.map(({ difference, step }): Origin => {
        parent += difference;
        if (!ancestry.hasRoom()) throw new Error('no room');
        ancestry.add(parent, step);
        return { parent, step };
      });
      return origins.every((origin, state) => JSON.stringify(ancestry.of(state)) === JSON.stringify(origin));
    }),
    { numRuns: 60 },
  );
  t.pass();
});

test('an origin takes little more than a byte', (t) => {
  const budget = roomy();
  const ancestry = new Ancestry(budget);
  for (let state = 0; state < 1_000_000 && ancestry.hasRoom(); state++) ancestry.add(Math.floor(state / 2) - 1, state % 20);
  t.is(ancestry.size, 1_000_000);
  t.true(budget.used < 1.15e6, String(budget.used));
});

/** Values with many that differ in one part only. */
const value = fc.tuple(fc.nat(3), fc.integer({ min: -2, max: 2 }), fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer()));

test('a value is new once, the one of zeros too', (t) => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 600 }), (values) => {
      const table = new Fingerprints(roomy());
      const seen = new Set<string>();
      for (let from = 0; from < values.length; from += 50) {
        const batch = values.slice(from, from + 50);
        table.begin();
        const homes = batch.map((each) => table.look(...each));
        for (const [k, each] of batch.entries()) {
          if (table.add(...each, homes[k]!) !== (seen.has(each.join()) ? 0 : 1)) return false;
          seen.add(each.join());
        }
      }
      return table.size === seen.size;
    }),
    { numRuns: 100 },
  );
  t.pass();
});

test('a value takes 12 bytes at most, the table at any size included', (t) => {
  const budget = roomy();
  const table = new Fingerprints(budget);
  let value = 1;
  let worst = 0;
  for (let count = 1; count <= 400_000; count++) {
    value = Math.imul(value, 0x9e3779b1) + 0x7f4a7c15;
    table.begin();
    const at = table.look(count & 4095, value, count);
    t.is(table.add(count & 4095, value, count, at), 1);
    if (count > 100_000) worst = Math.max(worst, budget.used / count);
  }
  t.log({ worst });
  t.true(worst < 12.2);
});

test('a table within its budget refuses what would pass it, and keeps what it has', (t) => {
  const budget = new Budget(Fingerprints.fewestBytes + 500);
  const table = new Fingerprints(budget);
  const answers = Array.from({ length: 200 }, (_, low) => {
    table.begin();
    return table.add(7, 1, low, table.look(7, 1, low));
  });
  const refused = answers.indexOf(-1);
  t.true(refused > 6);
  t.is(table.size, refused);
  t.true(budget.used <= budget.limit);
  table.begin();
  for (let low = 0; low < refused; low++) t.is(table.add(7, 1, low, table.look(7, 1, low)), 0);
});

test('states leave the frontier as they came, and its memory is used again', (t) => {
  const budget = roomy();
  const frontier = new Frontier(3, budget);
  let next = 0;
  let first = 0;
  for (let round = 0; round < 200; round++) {
    for (let k = 0; k < 1500; k++, next++) {
      t.true(frontier.hasRoom());
      frontier.push(Int32Array.of(99, next, next + 1, next + 2), 1);
    }
    for (let k = 0; k < 1490; k++, first++) {
      if (frontier.head[frontier.offset] !== first || frontier.head[frontier.offset + 2] !== first + 2) t.fail(`state ${first}`);
      frontier.shift();
    }
  }
  t.is(frontier.length, 2000);
  t.true(budget.used <= 6 * 1024 * 12, String(budget.used));
  frontier.release();
  t.is(budget.used, 0);
});
