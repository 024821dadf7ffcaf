import test from 'ava';
import { contrastOf, smallestViolation } from '../check/smallest.ts';
import { check } from '../check/check.ts';
import { rawSystemOf } from '../check/raw-system.ts';
import { record } from '../counterexample/record.ts';
import { ghost, int, mutex } from '../model/handle.ts';
import { choose, load, lock, store, unlock, update } from '../model/operations.ts';
import { protocol, scenario, scope, thread, variant, type Thread } from '../model/protocol.ts';
import { forever, routine } from '../model/routine.ts';
import { guarantee, invariant, stepProperty, type Guarantee } from '../property/property.ts';
import { contrastSentence } from './contrast.ts';

const x = int('x', { to: 3 });
const made = ghost('made', int({ to: 3 }));
const first = mutex('first');
const second = mutex('second');

/** The sentence about the smallest violation of the guarantee in a scenario of these threads. */
async function sentence(threads: readonly Thread[], broken?: Guarantee): Promise<string | undefined> {
  const tiny = protocol('tiny', {
    about: 'a test',
    source: 'a test',
    shared: [x, made, first, second],
    scopes: [scope('gate', 'as given', () => scenario({ threads }))],
    variants: [variant('only', { about: 'the only one', routines: {} })],
  });
  const [checked] = await check(tiny, broken === undefined ? [] : [broken]);
  const row = checked!.guarantees.find(({ verdict }) => verdict.kind === 'violated')!;
  const violation = await smallestViolation(checked!, row);
  const contrast = contrastOf(checked!, row, violation);
  const origin = { protocol: 'tiny', variant: 'only', scope: 'gate', heddle: '0.0.0' };
  const recorded = record(rawSystemOf(checked!), violation, origin, { minimal: true, contrast });
  return recorded.contrast && contrastSentence(recorded.trace, recorded.contrast, row.guarantee.name);
}

const noneLost = guarantee(
  'none-lost',
  { says: 'every increment counts', source: 'a test' },
  invariant([x, made], (x, made) => x === made),
);
const increment = routine('increment', function* () {
  const before = yield* load(x);
  yield* store(x, before + 1, { ghost: update(made, (old) => old + 1) });
});

test('a thread that is left between its look and its act', async (t) => {
  t.is(
    await sentence([thread('A', increment()), thread('B', increment())], noneLost),
    'A is left after step 1 (load x = 0) and before its next (store x 0 → 1, made 0 → 1), and B goes on instead (step 2: load x = 0); ' +
      'had A gone on there, none-lost would have held (A 1 step, B 2).',
  );
});

const nest = routine('nest', function* (outer: typeof first, inner: typeof first) {
  yield* lock(outer);
  yield* lock(inner);
  yield* unlock(inner);
  yield* unlock(outer);
});

test('two threads that take two mutexes in two orders', async (t) => {
  t.is(
    await sentence([thread('A', nest(first, second)), thread('B', nest(second, first))]),
    'A is left after step 1 (lock first) and before its next (lock second), and B goes on instead (step 2: lock second); ' +
      'had A gone on there, no-deadlock would have held (A 3 steps, B 4).',
  );
});

const sets = routine('sets', function* () {
  yield* store(x, 1);
});
const raises = routine('raises', function* () {
  const before = yield* load(x);
  yield* store(x, before === 0 ? 3 : 2);
});
const below = guarantee(
  'below-three',
  { says: 'x stays below 3', source: 'a test' },
  invariant([x], (x) => x < 3),
);

test('a thread that should have been first', async (t) => {
  t.is(
    await sentence([thread('A', raises()), thread('B', sets())], below),
    // B need not act for the violation, so nobody else can act in the passing run: no other order of A alone passes.
    undefined,
  );
  const both = guarantee(
    'not-after',
    { says: 'x does not fall', source: 'a test' },
    stepProperty([x], ([before], [after]) => after >= before),
  );
  const lowers = routine('lowers', function* () {
    yield* store(x, 2);
  });
  t.is(
    await sentence([thread('A', sets()), thread('B', lowers())], both),
    'Before A has begun (store x 0 → 1), B goes on instead (step 1: store x 0 → 2); had A gone first there, not-after would have held (A 1 step, B 1).',
  );
});

test('a choice that breaks a guarantee in any order', async (t) => {
  const client = routine('client', function* () {
    const next = yield* choose('stay', 'jump');
    if (next === 'jump') yield* store(x, 3);
  });
  t.is(
    await sentence([thread('A', client())], below),
    "At step 1 A chooses 'jump'; had it chosen 'stay', below-three would have held (A 1 step); with the same choices no order was found that passes.",
  );
});

test('a run that only puts the violation off does not pass: what a daemon can still do counts', async (t) => {
  const watches = routine('watches', function* () {
    const seen = yield* load(x);
    if (seen === 1) yield* store(x, 3);
  });
  const restores = routine('restores', function* () {
    yield* store(x, 1);
    yield* store(x, 0);
  });
  // After A's first store the daemon must not look before the second: going on at once passes, a round before it does too.
  t.is(
    await sentence([thread('A', restores()), thread('sysmon', forever(watches))], below),
    'A is left after step 1 (store x 0 → 1) and before its next (store x 1 → 0), and sysmon goes on instead (step 2: load x = 1); ' +
      'had A gone on there, below-three would have held (A 1 step, sysmon 1).',
  );
  // Whatever A does first, sysmon will look again and break it.
  t.is(await sentence([thread('A', sets()), thread('sysmon', forever(watches))], below), undefined);
});
