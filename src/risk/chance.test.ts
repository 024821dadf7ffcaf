/** The estimates are held to the truth, which is known by exhaustion; so is an estimate that is known to be wrong. */
import test from 'ava';
import { RandomStream } from '../explore/random/random-stream.ts';
import { chanceOf, largestChance, type Chance } from './chance.ts';
import { drawn, pathsOf, threeByThree, type KnownRun } from './known-truth.ts';

const system = threeByThree();
// The naive walk: all that is enabled is equally likely.
const paths = pathsOf(system, () => 1);
const seeds = 400;
const runs = new Map(
  [20, 60, 200].map((schedules) => [schedules, Array.from({ length: seeds }, (_, seed) => drawn(system, paths, seed, schedules))]),
);

/**
 * In how many of the runs the truth is above the bound. A bound that is wrong in 5 of 100 cases is wrong in more than 33 of
 * 400 with odds below 1 in 200; one that is wrong in 15 of 100 is with odds above 999 in 1,000.
 */
function misses(all: readonly KnownRun[], estimate: (run: KnownRun) => Chance): number {
  return all.filter((run) => run.truth > estimate(run).atMost).length;
}
const mostMisses = 33;

/** By how many standard errors the mean estimate is off the mean chance after one schedule less, which it estimates. */
function offBy(all: readonly KnownRun[], estimate: (run: KnownRun) => Chance): number {
  const errors = all.map((run) => estimate(run).estimate - run.truthBefore);
  const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  const variance = errors.reduce((sum, error) => sum + (error - mean) ** 2, 0) / (errors.length - 1);
  return mean / Math.sqrt(variance / errors.length);
}

/** ⚠ The obvious estimate, with McDiarmid's bound as if visits were independent. */
function overVisits({ overVisits, visits }: KnownRun): Chance {
  return { estimate: overVisits, atMost: overVisits + 2 * Math.sqrt(Math.log(20) / (2 * visits)) };
}

test('the tiny model has 1,680 schedules, and their probabilities sum to 1', (t) => {
  t.is(paths.size, 1680);
  const total = [...paths.values()].reduce((sum, { probability }) => sum + probability, 0);
  t.true(Math.abs(total - 1) < 1e-9);
});

for (const [schedules, all] of runs) {
  test(`after ${schedules} schedules the bound is above the truth for 95 of 100 seeds at least, and not far above`, (t) => {
    const missed = misses(all, chanceOf);
    const mean = (of: (run: KnownRun) => number): number => all.reduce((sum, run) => sum + of(run), 0) / all.length;
    t.log({ missed, truth: mean(({ truth }) => truth), atMost: mean((run) => chanceOf(run).atMost) });
    t.true(missed <= mostMisses);
    t.true(mean((run) => chanceOf(run).atMost) < 3 * mean(({ truth }) => truth) + 10 / schedules);
  });

  test(`after ${schedules} schedules the estimate is right in the mean`, (t) => {
    const off = offBy(all, chanceOf);
    t.log(off.toFixed(2));
    t.true(Math.abs(off) < 3.5);
  });

  test(`seeded fault: after ${schedules} schedules an estimate over visits fails both`, (t) => {
    t.true(misses(all, overVisits) > mostMisses);
    t.true(Math.abs(offBy(all, overVisits)) > 20);
  });
}

/** Schedules of which each shows something new with probability p, whatever came before: then p is what is left, always. */
function steady(p: number, schedules: number, seed: number): Chance {
  const random = new RandomStream(seed, 0);
  const fresh = Array.from({ length: schedules }, () => random.fraction() < p);
  const alone = fresh.filter(Boolean).length;
  return chanceOf({ schedules, alone, newcomers: fresh.slice(Math.floor(schedules / 2)).filter(Boolean).length });
}

test('the bound holds where the chance never falls, which is where it has least room', (t) => {
  for (const p of [0.003, 0.01, 0.1, 0.5, 0.9]) {
    const chances = Array.from({ length: seeds }, (_, seed) => steady(p, 400, seed));
    const missed = chances.filter(({ atMost }) => atMost < p).length;
    const bare = chances.filter(({ estimate }) => estimate < p).length;
    t.log({ p, missed, bare });
    t.true(missed <= mostMisses, `${p}: ${missed}`);
    // The estimate alone is no bound: the test has the power to tell.
    t.true(bare > mostMisses, `${p}: ${bare}`);
  }
});

test('the bound is the chance at which its series reaches 20', (t) => {
  // Without newcomers the series is ((1 − p)^(1 − m) − 1)/(p (m − 1)).
  for (const schedules of [50, 1000, 100_000]) {
    const p = largestChance(0, schedules, 20);
    t.true(Math.abs(((1 - p) ** (1 - schedules) - 1) / (p * (schedules - 1)) - 20) < 1e-3, String(p));
  }
  t.is(largestChance(10, 10, 20), 1);
  t.is(largestChance(0, 0, 20), 1);
  t.is(chanceOf({ schedules: 0, alone: 0, newcomers: 0 }).atMost, 1);
});
