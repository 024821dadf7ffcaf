import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { runHeddle } from './run-heddle.ts';
import { counter, growing, projects } from './small-project.ts';

const project = projects(test);
const root = project(growing());

interface Row {
  readonly variant: string;
  readonly guarantee: string;
  readonly verdict: string;
  readonly verdictInScope: string;
  readonly expected: string;
  readonly asExpected: boolean;
  readonly scenarios: readonly {
    readonly description: unknown;
    readonly complete: boolean;
    readonly schedules: number;
    readonly states: number;
  }[];
  readonly counterexample: {
    readonly scenario: unknown;
    readonly steps: number;
    readonly preemptions: number;
    readonly minimal: boolean;
  } | null;
}

async function json(
  ...args: readonly string[]
): Promise<{ readonly code: number | undefined; readonly text: string; readonly rows: readonly Row[] }> {
  const { code, stdout } = await runHeddle(['check', '--json', '--root', root, ...args]);
  const text = stdout.replaceAll(/"milliseconds": \d+/g, '');
  return { code, text, rows: (JSON.parse(stdout) as { readonly results: readonly Row[] }).results };
}

test('what holds in the scope and is broken beyond it is violated, by the smallest run of the smallest scenario', async (t) => {
  const { code, rows } = await json('counter/racy');
  t.is(code, 1);
  t.like(
    rows.find(({ guarantee }) => guarantee === 'none-lost'),
    {
      verdict: 'violated',
      verdictInScope: 'holds',
      asExpected: false,
      counterexample: { scenario: { workers: 2, noise: 0 }, steps: 4, preemptions: 1, minimal: true },
    },
  );
  t.like(
    rows.find(({ guarantee }) => guarantee === 'no-deadlock'),
    { verdict: 'holds', verdictInScope: 'holds', asExpected: true, counterexample: null },
  );
});

/** States of n workers under a lock: each has to begin or is done; or one of them is at one of three places under the lock. */
function states(n: number): number {
  return 2 ** n + n * 3 * 2 ** (n - 1);
}

test('each scenario beyond the scope is in the results, with what was spent on it', async (t) => {
  const { code, rows } = await json('counter/safe');
  t.is(code, 0);
  const [row] = rows;
  t.is(row!.scenarios.length, 4);
  t.is(new Set(row!.scenarios.map(({ description }) => JSON.stringify(description))).size, 4);
  for (const { description, complete, schedules, states: seen } of row!.scenarios)
    t.like(
      { complete, schedules, seen },
      { complete: true, schedules: 0, seen: states((description as { readonly workers: number }).workers) },
    );
});

test('the results are the same on one and on two workers, and others for another seed', async (t) => {
  const [one, two, other] = await Promise.all([json('--workers', '1'), json('--workers', '2'), json('--seed', '2')]);
  t.is(one.text, two.text);
  t.not(one.text, other.text);
});

test('an exhaustive check spends nothing beyond the scope', async (t) => {
  const { code, rows } = await json('counter/racy', '--engine', 'exhaustive');
  t.is(code, 0);
  t.true(rows.every(({ scenarios, verdict }) => scenarios.length === 0 && verdict === 'holds'));
});

test('the budget decides how many scenarios are drawn', async (t) => {
  const { rows } = await json('counter/safe', '--schedules', '1000');
  t.is(rows[0]!.scenarios.length, 2);
});

test('a check that ends before it draws a scenario does not say that nothing was found in any', async (t) => {
  const { code, stdout } = await runHeddle(['check', 'counter/safe', '--root', root, '--seconds', '0.000001']);
  t.is(code, 3);
  t.regex(stdout, /nothing was looked at beyond it: the check ended first/);
  t.notRegex(stdout, /not found beyond it/);
});

test('a violation beyond the scope is told with its scenario, recorded and replayed as long as that can be built', async (t) => {
  const { code, stdout } = await runHeddle(['check', 'counter/racy', '--root', root, '--record']);
  t.is(code, 1);
  t.regex(stdout, /violated, NOT EXPECTED: none-lost \(smallest run of 4 steps\)/);
  t.regex(stdout, /beyond the scope, in \{workers: 2, noise: 0\}/);
  t.regex(stdout, /not found beyond it, in 4 generated scenarios \(4 completely, with \d+ states\)/);
  const file = join(root, 'counterexamples/counter/racy--none-lost.json');
  const { scope, scenario } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly scope: string;
    readonly scenario: { readonly description: unknown };
  };
  t.deepEqual({ scope, description: scenario.description }, { scope: 'generated', description: { workers: 2, noise: 0 } });
  const replayed = await runHeddle(['replay', file]);
  t.is(replayed.code, 0, replayed.stderr);
  t.regex(replayed.stdout, /scope generated: \{workers: 2,\s+noise: 0\}/);

  const changed = project({
    ...counter(),
    'counterexamples/counter/racy--none-lost.json': readFileSync(file, 'utf8'),
  });
  const outdated = await runHeddle(['replay', join(changed, 'counterexamples/counter/racy--none-lost.json')]);
  t.is(outdated.code, 1);
  t.regex(outdated.stderr, /^error counterexample-outdated/);
});
