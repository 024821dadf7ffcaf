import test from 'ava';
import { z } from 'zod';
import { runHeddle, type RunOptions } from './run-heddle.ts';
import { counter, large, projects } from './small-project.ts';

const project = projects(test);
const root = project(counter());

const count = z.int().nonnegative();
const bound = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('steps'), steps: count, cut: z.exactOptional(z.enum(['time', 'memory', 'interrupted'])) }),
  z.strictObject({
    kind: z.literal('hash-compacted'),
    bits: count,
    omission: z.number().min(0).max(1),
    steps: z.exactOptional(count),
    cut: z.exactOptional(z.enum(['time', 'memory', 'interrupted', 'hash-compacted'])),
    sought: z.exactOptional(z.literal('wait-for cycles and bad ends')),
  }),
  z.strictObject({
    kind: z.literal('schedules'),
    schedules: count,
    steps: count,
    strategy: z.enum(['walk', 'pct', 'pos', 'uniform']),
    depth: z.exactOptional(z.int().positive()),
    states: count,
    cutOff: count,
  }),
]);
const probability = z.number().min(0).max(1);
const chance = z.strictObject({ estimate: probability, atMost: probability });
const residualRisk = z.strictObject({
  strategy: z.enum(['walk', 'pct', 'pos', 'uniform']),
  confidence: z.literal(0.95),
  newState: chance,
  newEnd: chance,
  missedBug: z.strictObject({ depth: count, threads: count, steps: count, atMost: probability }).nullable(),
  assumptions: z.array(z.string()),
});

/** CONTRACT.md, heddle-results/1. */
const document = z.strictObject({
  format: z.literal('heddle-results/1'),
  version: z.string().regex(/^\d+\.\d+\.\d+/),
  seed: count,
  scope: z.string(),
  complete: z.boolean(),
  timed: z.boolean(),
  results: z.array(
    z.strictObject({
      protocol: z.string(),
      variant: z.string(),
      guarantee: z.string(),
      verdict: z.enum(['holds', 'not-found', 'violated', 'incomplete']),
      verdictInScope: z.enum(['holds', 'not-found', 'violated', 'incomplete']),
      expected: z.enum(['holds', 'violated', 'finding', 'unspecified']),
      asExpected: z.boolean(),
      engine: z.enum(['exhaustive', 'random']),
      complete: z.boolean(),
      bound: bound.nullable(),
      residualRisk: residualRisk.nullable(),
      exploration: z.int().positive(),
      storage: z.enum(['exact', 'hash-compacted']),
      states: count,
      transitions: count,
      depth: count,
      reduction: z.enum(['none', 'safe-steps']),
      symmetry: z.strictObject({ on: z.boolean(), threads: z.array(z.array(z.string())), reason: z.string().nullable() }).nullable(),
      automata: z.enum(['raw', 'minimised']),
      workers: z.int().positive(),
      vacuous: z.boolean(),
      milliseconds: count,
      scenarios: z.array(
        z.strictObject({
          description: z.json(),
          engine: z.enum(['exhaustive', 'random']),
          complete: z.boolean(),
          states: count,
          transitions: count,
          schedules: count,
          residualRisk: residualRisk.nullable(),
        }),
      ),
      counterexample: z
        .strictObject({
          file: z.string().nullable(),
          scenario: z.record(z.string(), z.unknown()),
          steps: count,
          preemptions: count,
          threads: count,
          minimal: z.boolean(),
          order: z.array(z.enum(['threads', 'choices', 'preemptions', 'steps'])),
          certificate: z
            .strictObject({
              minimal: z.boolean(),
              order: z.array(z.string()),
              excludes: z.array(count),
              states: z.array(count),
              sought: z.exactOptional(z.string()),
            })
            .nullable(),
        })
        .nullable(),
    }),
  ),
});

async function json(args: readonly string[], options?: RunOptions) {
  const { code, stdout, stderr } = await runHeddle(['check', '--json', ...args], options);
  return { code, stderr, results: document.parse(JSON.parse(stdout)) };
}

/** The document without the only thing that may differ. */
function timeless({ results, ...rest }: z.infer<typeof document>): unknown {
  return { ...rest, results: results.map(({ milliseconds: _milliseconds, ...row }) => row) };
}

test('the document has the fields of the contract, a row for each variant and guarantee, sorted', async (t) => {
  const { code, results } = await json(['--workers', '1', '--root', root]);
  t.is(code, 0);
  t.like(results, { seed: 1, scope: 'gate', complete: true, timed: false });
  const names = results.results.map(({ protocol, variant, guarantee }) => `${protocol}/${variant}/${guarantee}`);
  const guarantees = ['lock-discipline', 'no-deadlock', 'no-throw', 'none-lost'];
  t.deepEqual(
    names,
    ['found', 'racy', 'safe'].flatMap((variant) => guarantees.map((guarantee) => `counter/${variant}/${guarantee}`)),
  );
  const explorations = ['safe', 'racy', 'found'].map((name) => {
    const rows = results.results.filter(({ variant }) => variant === name);
    return [...new Set(rows.map(({ exploration }) => exploration))];
  });
  t.deepEqual(explorations, [[1], [2], [3]]);
});

test('a violation tells its length, its threads and its preemptions', async (t) => {
  const { results } = await json(['counter/racy', '--guarantee', 'none-lost', '--root', root]);
  const [row, ...others] = results.results;
  t.deepEqual(others, []);
  t.like(row, { verdict: 'violated', expected: 'violated', asExpected: true, complete: true, bound: null });
  const certificate = { minimal: true, order: ['threads', 'choices', 'preemptions'], excludes: [2, 0, 1, 4], states: [5, 0, 3, 4] };
  const order = [...certificate.order, 'steps'];
  // Nobody has recorded it, so the smallest was looked for: the shortest that was found first has two preemptions.
  t.deepEqual(row?.counterexample, { file: null, scenario: {}, steps: 4, preemptions: 1, threads: 2, minimal: true, order, certificate });
});

test('a recorded violation names its file', async (t) => {
  const own = project(counter());
  const { results, stderr } = await json(['counter/racy', '--guarantee', 'none-lost', '--record'], { cwd: own });
  t.is(stderr, '');
  t.is(results.results[0]?.counterexample?.file, 'counterexamples/counter/racy--none-lost.json');
});

test('two runs are equal but for milliseconds, with one worker or three', async (t) => {
  const runs = await Promise.all(['1', '1', '3'].map((workers) => json(['--workers', workers, '--root', root])));
  const [first, second, parallel] = runs.map(({ results }) => timeless(results));
  t.deepEqual(second, first);
  t.deepEqual(parallel, first);
});

test('two random runs with one seed are equal but for milliseconds', async (t) => {
  const random = ['counter/s*', 'counter/racy', '--engine', 'random', '--schedules', '50', '--workers', '1', '--root', root];
  const [first, second, other] = await Promise.all([
    json([...random, '--seed', '7']),
    json([...random, '--seed', '7']),
    json([...random, '--seed', '8']),
  ]);
  t.deepEqual(timeless(second!.results), timeless(first!.results));
  t.is(other!.results.seed, 8);
  t.false(first!.results.complete);
  t.deepEqual(first!.results.results.find(({ verdict }) => verdict === 'not-found')?.bound, {
    kind: 'schedules',
    schedules: 50,
    steps: 200,
    strategy: 'walk',
    states: 12,
    cutOff: 0,
  });
});

test('a run with a budget in time is marked, and says what it has excluded', async (t) => {
  const { code, results } = await json(['large/b-large', '--seconds', '0.3', '--root', project(large())]);
  t.is(code, 3);
  t.true(results.timed);
  t.false(results.complete);
  for (const row of results.results) {
    t.like(row, { verdict: 'incomplete', asExpected: false, complete: false });
    t.like(row.bound, { kind: 'steps', cut: 'time' });
  }
});
