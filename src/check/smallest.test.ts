import test from 'ava';
import { int } from '../model/handle.ts';
import { choose, load, store } from '../model/operations.ts';
import { protocol, scenario, scope, thread, variant } from '../model/protocol.ts';
import { routine } from '../model/routine.ts';
import { guarantee, invariant } from '../property/property.ts';
import { check } from './check.ts';
import { smallestViolation } from './smallest.ts';

const x = int('x', { to: 9 });
const bumps = routine('bumps', function* () {
  const before = yield* load(x);
  yield* store(x, Math.min(9, before + 1));
});
/** A jump is one step more than two bumps, and needs no second thread. */
const jumps = routine('jumps', function* () {
  for (const _ of [1, 2, 3, 4]) yield* load(x);
  yield* store(x, 2);
});
const client = routine('client', function* () {
  if ((yield* choose('bumps', 'jumps')) === 'bumps') yield* bumps();
  else yield* jumps();
});
const below = guarantee(
  'below-two',
  { says: 'x stays below 2', source: 'test' },
  invariant([x], (value) => value < 2),
);
const clients = protocol('clients', {
  about: 'clients',
  source: 'test',
  shared: [x],
  scopes: [scope('gate', 'three', () => scenario({ threads: [thread('A', client()), thread('B', client()), thread('C', client())] }))],
  variants: [variant('only', { about: 'the only one', routines: {}, expects: { 'below-two': 'violated' } })],
});

async function checked() {
  const [result] = await check(clients, [below]);
  return { result: result!, row: result!.guarantees[0]! };
}

test('the smallest violation has the fewest threads, though another is as short', async (t) => {
  const { result, row } = await checked();
  const { schedule, certificate } = await smallestViolation(result, row);
  t.is(schedule.choices.length, 6);
  t.deepEqual(certificate?.excludes, [1, 1, 0, 6]);
  t.true(certificate?.minimal);
});

test('within a budget that is too small for any proof, what was found stays and says what is excluded', async (t) => {
  const { result, row } = await checked();
  const found = await smallestViolation(result, row, { maxStates: 5 });
  t.is(row.verdict.kind === 'violated' && row.verdict.violation.schedule, found.schedule);
  t.deepEqual(found.certificate?.minimal, false);
});

test('an interruption ends it at once', async (t) => {
  const { result, row } = await checked();
  const found = await smallestViolation(result, row, { interrupted: () => true, maxStates: 5 });
  t.deepEqual(found.certificate?.minimal, false);
});
