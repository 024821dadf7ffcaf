import test from 'ava';
import * as fc from 'fast-check';
import { HeddleError } from '../model/error.ts';
import { scenarios } from '../model/scenarios.ts';
import { scenario, thread } from '../model/protocol.ts';
import { routine } from '../model/routine.ts';
import { increments, keepsCount, type Described } from './increments.ts';
import { interleavings } from './interleavings.ts';
import { lostUpdate } from './lost-update.ts';
import { run, type Run } from './run.ts';

const runs = interleavings(increments, { variant: 'unlocked' }, { guarantees: [keepsCount] });
const breaksNothing = fc.property(runs, ({ violations }) => violations.length === 0);

test('scenario and schedule shrink jointly to two threads with one call each and one preemption, whatever the seed', (t) => {
  for (let seed = 1; seed <= 100; seed++) {
    const failed = fc.check(breaksNothing, { seed });
    const [shrunk] = failed.counterexample!;
    t.deepEqual(
      { scenario: shrunk.scenario, preemptions: shrunk.preemptions, steps: shrunk.steps },
      { scenario: { callers: [['increment'], ['increment']], noise: 0 }, preemptions: 1, steps: 6 },
      `seed ${seed}: ${String(shrunk)}`,
    );
  }
});

test('without complete searches it does so for most seeds', (t) => {
  const hasty = interleavings(increments, { variant: 'unlocked' }, { guarantees: [keepsCount], exhaust: false });
  let smallest = 0;
  for (let seed = 1; seed <= 100; seed++) {
    const [{ scenario, preemptions }] = fc.check(
      fc.property(hasty, ({ violations }) => violations.length === 0),
      { seed },
    ).counterexample!;
    if ((scenario as Described).callers.flat().length === 2 && preemptions === 1) smallest++;
  }
  t.is(smallest, 99);
});

test('a shrunk run tells what complete searches have excluded', (t) => {
  const [shrunk] = fc.check(breaksNothing, { seed: 1 }).counterexample!;
  t.deepEqual(String(shrunk).split('\n').slice(-2), [
    '  smallest of its scenario: fewer preemptions, or as many and fewer steps, are excluded (26 states)',
    // By hand: one increment has 4 states, one look 2, and two threads the product.
    '  5 smaller scenarios are excluded, all that shrinking leads to (26 states)',
  ]);
});

test('a budget that ends before all smaller scenarios are excluded says so', (t) => {
  const brief = interleavings(increments, { variant: 'unlocked' }, { guarantees: [keepsCount], exhaust: { each: 7, all: 15 } });
  const [shrunk] = fc.check(
    fc.property(brief, ({ violations }) => violations.length === 0),
    { seed: 1 },
  ).counterexample!;
  t.deepEqual(String(shrunk).split('\n').slice(-3), [
    '  of its scenario, runs of 0 preemptions and fewer than 4 steps are excluded (7 states)',
    '  3 smaller scenarios are excluded (20 states)',
    '  NOT excluded: the smaller scenarios after these; the budget of states ended',
  ]);
});

test('a failure in anybody’s fc.assert tells the scenario, what it breaks and what each thread does', (t) => {
  const { message } = t.throws(() => fc.assert(breaksNothing, { seed: 1 }))!;
  t.regex(
    message,
    /a run of 6 steps with 1 preemption\n {2}breaks keeps-count: an addition is lost\n {2}in \{callers: \[\['increment'\], /,
  );
});

test('a seed and a path give the shrunk scenario and schedule back', (t) => {
  for (const seed of [1, 2, 3]) {
    const failed = fc.check(breaksNothing, { seed });
    const again = fc.check(breaksNothing, { seed, path: failed.counterexamplePath! });
    const [[first], [second]] = [failed.counterexample!, again.counterexample!];
    t.deepEqual([second.scenario, second.schedule], [first.scenario, first.schedule]);
    t.is(again.numRuns, 1);
  }
});

test('verbose lists what was tried on the way, scenarios and schedules', (t) => {
  const { failures } = fc.check(breaksNothing, { seed: 1, verbose: true });
  const callers = failures.map(([{ scenario }]) => (scenario as Described).callers.flat().length);
  t.true(failures.length > 3);
  t.is(callers.at(-1), 2);
});

/** The failing runs of a check from the drawn one down to the smallest. */
function descent(seed: number): readonly Run[] {
  return fc.check(breaksNothing, { seed, verbose: true }).failures.map(([failing]) => failing);
}

test('whatever is followed into a smaller scenario is a run of it, as judged anew', (t) => {
  let seen = 0;
  for (let seed = 1; seed <= 20; seed++)
    for (const { system, schedule, breaches, preemptions, switches } of descent(seed)) {
      const replayed = run(system, schedule);
      t.is(replayed.kind, 'ran');
      t.like(replayed.run, { breaches, preemptions, switches });
      seen++;
    }
  t.true(seen > 50);
});

test('a protocol without scenarios can only be drawn from in its scopes', (t) => {
  const error = t.throws(() => interleavings(lostUpdate, { variant: 'unlocked' }), { instanceOf: HeddleError });
  t.is(error.code, 'bad-declaration');
});

const nothing = routine('nothing', function* () {});
for (const [what, description] of [
  ['undefined', { callers: undefined }],
  ['a function', { callers: () => 1 }],
  ['not a number', { callers: Number.NaN }],
] as const)
  test(`a description with ${what} is an error of the model`, (t) => {
    const { build } = scenarios('odd', {
      arbitrary: fc.constant(description),
      build: () => () => scenario({ threads: [thread('A', nothing())] }),
    });
    const error = t.throws(() => build({})(description), { instanceOf: HeddleError });
    t.true(['bad-declaration', 'not-plain-data'].includes(error.code), error.code);
  });

test('what throws while a scenario is built is an error of the model, with its place', (t) => {
  const { build } = scenarios('odd', {
    arbitrary: fc.constant(1),
    build: () => (description) => scenario({ threads: [thread(String((description as unknown as string[])[0]!.length), nothing())] }),
  });
  const error = t.throws(() => build({})(1), { instanceOf: HeddleError });
  t.is(error.code, 'bad-declaration');
  t.regex(error.where!, /scenario-runs\.test\.ts:\d+/);
});
