import test from 'ava';
import * as fc from 'fast-check';
import computeMaxProcs from '../../models/compute-max-procs/index.ts';
import { guarantees } from '../../properties/compute-max-procs.ts';
import { HeddleError } from '../model/error.ts';
import { interleavings } from './interleavings.ts';
import { keepsCount, lostUpdate } from './lost-update.ts';
import { run, type Run } from './run.ts';

const noisy = interleavings(lostUpdate, { variant: 'unlocked', scope: 'noisy' }, { guarantees: [keepsCount] });
const breaksNothing = fc.property(noisy, ({ violations }) => violations.length === 0);
const before = interleavings(computeMaxProcs, { variant: 'before-e481a08e', scope: 'gate' }, { guarantees, only: ['g2-after-a-change'] });

/** Preemptions, steps, switches, initial state: the order in which shrinking descends. */
function measure({ steps, preemptions, switches, schedule }: Run): readonly number[] {
  return [preemptions, steps, switches, schedule.initial];
}
function isLess(a: readonly number[], b: readonly number[]): boolean {
  const differs = a.findIndex((value, index) => value !== b[index]);
  return differs >= 0 && a[differs]! < b[differs]!;
}
function schedulesOf(runs: readonly Run[]): readonly unknown[] {
  return runs.map(({ schedule }) => schedule);
}

function drawn(seed: number): readonly unknown[] {
  return schedulesOf(fc.sample(noisy, { seed, numRuns: 50 }));
}

test('the same seed gives the same schedules, and another seed others', (t) => {
  t.deepEqual(drawn(1), drawn(1));
  t.notDeepEqual(drawn(1), drawn(2));
});

test('schedules do not depend on what was run before with the same arbitrary', (t) => {
  const options = { guarantees, maxSteps: 60 };
  const fresh = (): fc.Arbitrary<Run> => interleavings(computeMaxProcs, { variant: 'repaired', scope: 'gate' }, options);
  const used = fresh();
  fc.sample(used, { seed: 7, numRuns: 50 });
  t.deepEqual(schedulesOf(fc.sample(used, { seed: 3, numRuns: 20 })), schedulesOf(fc.sample(fresh(), { seed: 3, numRuns: 20 })));
});

test('a seed and a path give the shrunk counterexample back', (t) => {
  for (const seed of [1, 2, 3]) {
    const failed = fc.check(breaksNothing, { seed });
    const again = fc.check(breaksNothing, { seed, path: failed.counterexamplePath! });
    t.deepEqual(again.counterexample![0].schedule, failed.counterexample![0].schedule);
    t.is(again.numRuns, 1);
  }
});

test('the lost update is found by fc.assert and shrunk to 6 steps and one preemption, whatever the seed', (t) => {
  t.throws(() => fc.assert(breaksNothing, { seed: 1 }), { message: /breaks keeps-count: an addition is lost/ });
  for (let seed = 1; seed <= 100; seed++) {
    const failed = fc.check(breaksNothing, { seed });
    const [shrunk] = failed.counterexample!;
    t.deepEqual(measure(shrunk), [1, 6, 2, 0], `seed ${seed}: ${String(shrunk)}`);
  }
});

test('a shrunk run reads as what it breaks, where it starts and what each thread does', (t) => {
  const [shrunk] = fc.check(breaksNothing, { seed: 1 }).counterexample!;
  t.is(
    fc.stringify(shrunk).replaceAll(/[AB] {2}/g, '? '),
    [
      'a run of 6 steps with 1 preemption',
      '  breaks keeps-count: an addition is lost',
      '  from noise = true',
      '  ? load counter',
      '  ? load counter; store counter = 1; emit added',
      '  ? store counter = 1; emit added',
    ].join('\n'),
  );
});

test('every shrink candidate is feasible, as judged by a fresh run, and smaller than the run that it comes from', (t) => {
  for (const [arbitrary, seeds] of [
    [noisy, 30],
    [before, 3],
  ] as const) {
    let candidates = 0;
    for (const drawn of fc.sample(arbitrary, { seed: 5, numRuns: seeds }))
      for (const { value } of arbitrary.shrink(drawn, undefined)) {
        candidates++;
        const replayed = run(value.system, value.schedule);
        if (replayed.kind !== 'ran' || !isLess(measure(value), measure(drawn))) t.fail(String(value));
        t.like(replayed.run, { end: value.end, preemptions: value.preemptions, switches: value.switches });
      }
    t.true(candidates > seeds);
  }
});

test('shrinking streams: the first candidate comes without the others', (t) => {
  const [drawn] = fc.sample(before, { seed: 5, numRuns: 1 });
  t.true(before.canShrinkWithoutContext(drawn));
  t.false(noisy.canShrinkWithoutContext(drawn));
  t.is(before.shrink(drawn!, undefined).next().value.value.steps, 0);
});

test('a property that has nothing to do with guarantees shrinks too', (t) => {
  const failed = fc.check(
    fc.property(noisy, (drawn) => drawn.steps < 3),
    { seed: 1 },
  );
  t.is(failed.counterexample![0].steps, 3);
});

test('a run ends at its first violation, at a terminal state or at maxSteps', (t) => {
  for (const { steps, breaches, end } of fc.sample(noisy, { seed: 9, numRuns: 300 }))
    t.true(breaches.length > 0 ? breaches.every((breach) => breach.steps === steps) : end === 'open' && steps === 200);
  const quiet = interleavings(lostUpdate, { variant: 'unlocked', scope: 'quiet' });
  for (const drawn of fc.sample(quiet, { seed: 9, numRuns: 50 })) t.like(drawn, { end: 'terminal', steps: 6 });
});

test('violations of g2-after-a-change before e481a08e shrink to the 33 steps of the shortest run, with one preemption', (t) => {
  for (const seed of [2, 3, 5, 7, 23, 25, 26, 30]) {
    const failed = fc.check(
      fc.property(before, ({ violations }) => violations.length === 0),
      { seed, numRuns: 1000 },
    );
    const { steps, preemptions } = failed.counterexample![0];
    t.deepEqual({ seed, steps, preemptions }, { seed, steps: 33, preemptions: 1 });
  }
});

test('a name that is not there is an error with the nearest one', (t) => {
  const error = t.throws(() => interleavings(lostUpdate, { variant: 'unlocked', scope: 'nosy' }), { instanceOf: HeddleError });
  t.is(error.code, 'unknown-name');
  t.is(error.cure, 'Did you mean noisy?');
});
