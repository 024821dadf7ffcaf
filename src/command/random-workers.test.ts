/** A random run is what its seed makes it: with any number of workers, and in any process. */
import test from 'ava';
import { runHeddle } from './run-heddle.ts';
import { counter, projects } from './small-project.ts';

const files = counter();
const path = 'models/counter/index.ts';
const root = projects(test)({
  ...files,
  // A variant that exists only to be broken: its search may end early.
  [path]: files[path]!.replace(
    "variant('found'",
    "variant('rare', { about: 'may end early', routines: { increment: racy }, expects: { 'none-lost': 'violated' }, otherwise: 'unspecified' }),\n    variant('found'",
  ),
});

interface Row {
  readonly workers: number;
  readonly milliseconds: number;
  readonly states: number;
  readonly verdict: string;
  readonly bound: { readonly schedules: number } | null;
}

async function rows(selection: string, strategy: string, workers: number): Promise<readonly Row[]> {
  const flags = ['--engine', 'random', '--json', '--quiet', '--schedules', '2500', '--strategy', strategy, '--root', root];
  const { stdout } = await runHeddle(['check', selection, ...flags, '--workers', String(workers)]);
  // The command's own output; its form is checked in check-json.test.ts.
  return (JSON.parse(stdout) as { readonly results: readonly Row[] }).results;
}

/** Rows without what may differ. */
function same(all: readonly Row[]): unknown {
  return all.map(({ workers: _workers, milliseconds: _milliseconds, ...row }) => row);
}

test('one, two and three workers find, count and estimate the same, and so does another process', async (t) => {
  const [one, again, two, three] = await Promise.all([1, 1, 2, 3].map((workers) => rows('counter/found', 'walk', workers)));
  t.deepEqual(
    [one, two, three].map((all) => all![0]!.workers),
    [1, 2, 3],
  );
  t.deepEqual(
    one!.map(({ verdict }) => verdict),
    ['not-found', 'not-found', 'not-found', 'violated'],
  );
  t.deepEqual(same(again!), same(one!));
  t.deepEqual(same(two!), same(one!));
  t.deepEqual(same(three!), same(one!));
});

test('a search that ends because of what it found ends at the same schedule with any number of workers', async (t) => {
  const [one, two] = await Promise.all([1, 2].map((workers) => rows('counter/rare', 'uniform', workers)));
  t.deepEqual(same(two!), same(one!));
  const schedules = new Set(one!.flatMap(({ bound }) => (bound === null ? [] : [bound.schedules])));
  t.is(schedules.size, 1);
  t.true([...schedules].every((count) => count < 2500 && count % 64 === 0));
});

for (const workers of ['1', '2'])
  test(`a budget in time alone ends a random run, with --workers ${workers}`, async (t) => {
    const flags = ['--engine', 'random', '--json', '--quiet', '--seconds', '1', '--workers', workers, '--root', root];
    const { code, stdout } = await runHeddle(['check', 'counter/safe', ...flags]);
    t.is(code, 0);
    // As above.
    const { timed, results } = JSON.parse(stdout) as { readonly timed: boolean; readonly results: readonly Row[] };
    t.true(timed);
    for (const { verdict, bound } of results) {
      t.is(verdict, 'not-found');
      // More than without a budget in time: some hundred thousand run in a second.
      t.true(bound!.schedules > 2000);
    }
  });
