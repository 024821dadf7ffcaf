import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { runHeddle } from './run-heddle.ts';
import { counter, growing, large, projects } from './small-project.ts';

const project = projects(test);
const recorded = 'counterexamples/counter/racy--none-lost.json';
const root = (async () => {
  const made = project(counter());
  await runHeddle(['check', 'counter/racy', '--record', '--quiet'], { cwd: made });
  return made;
})();

test('a recorded run is a diagram of its threads, and says what it breaks', async (t) => {
  const { code, stdout, stderr } = await runHeddle(['export', recorded, '--to', 'mermaid'], { cwd: await root });
  t.deepEqual([code, stderr], [0, '']);
  t.snapshot(stdout);
});

test('a recorded run is a list of states, each with its step', async (t) => {
  const { code, stdout, stderr } = await runHeddle(['export', join(await root, recorded), '--to', 'itf'], { cwd: tmpdir() });
  t.deepEqual([code, stderr], [0, '']);
  const { '#meta': head, vars, states, loop } = JSON.parse(stdout);
  t.like(head, { format: 'ITF', source: 'counter/racy', status: 'violation', guarantee: 'none-lost' });
  t.deepEqual(vars, ['counter', 'increments', 'guard', 'pc']);
  t.is(loop, undefined);
  t.deepEqual(
    states.map((state: { '#meta': object; counter: unknown; increments: unknown }) => [state.counter, state.increments]),
    [0, 0, 0, 1, 1].map((count, index) => [{ '#bigint': String(count) }, { '#bigint': String(index < 3 ? 0 : index - 2) }]),
  );
  t.like(states[3]['#meta'], { index: 3, routine: 'increment', operation: 'store counter = 1', line: 'index.ts:9' });
});

test('the smallest run of a guarantee is the one that check records', async (t) => {
  for (const format of ['itf', 'mermaid']) {
    const searched = await runHeddle(['export', 'counter/racy', '--to', format, '--guarantee', 'none-lost'], { cwd: await root });
    t.deepEqual([searched.code, searched.stderr], [0, '']);
    t.is(searched.stdout, (await runHeddle(['export', recorded, '--to', format], { cwd: await root })).stdout);
  }
});

test('a guarantee that holds has no run, and the variants that break it are named', async (t) => {
  const { code, stdout, stderr } = await runHeddle(['export', 'counter', '--to', 'itf', '--guarantee', 'none-lost'], { cwd: await root });
  t.deepEqual([code, stdout], [2, '']);
  const said = stderr.replaceAll(/\s+/g, ' ');
  t.true(
    said.startsWith('error cannot-export none-lost holds in the scope, which was searched completely: there is no run to write'),
    said,
  );
  t.true(said.includes(' at counter/safe, scope gate Variants that break it: counter/racy, counter/found.'), said);
  t.true(said.includes('Write `heddle export counter/racy --to itf --guarantee none-lost`.'), said);
  const none = await runHeddle(['export', 'counter', '--to', 'itf', '--guarantee', 'no-throw'], { cwd: await root });
  t.is(none.code, 2);
  t.true(none.stderr.replaceAll(/\s+/g, ' ').includes('No variant of counter is expected to break it'), none.stderr);
});

test('a run of a generated scenario says which it is', async (t) => {
  const cwd = project(growing());
  await runHeddle(['check', 'counter/racy', '--record', '--quiet'], { cwd });
  const { code, stdout } = await runHeddle(['export', recorded, '--to', 'mermaid'], { cwd });
  t.is(code, 0);
  t.regex(stdout, /4 steps, 2 threads, 0 choices, 1 preemption, scope generated: \{workers: 2, noise: 0\}<br\/>/);
});

test('a guarantee is looked for to the end, also where a check ends with what the variant exists to break', async (t) => {
  const files = counter(
    'const old = yield* load(counter);\n  yield* store(counter, old + 1, { ghost: counted });\n  yield* store(counter, 0);',
  );
  const made = project({
    'models/counter/index.ts': files['models/counter/index.ts']!.replace(
      "expects: { 'none-lost': 'violated' }",
      "expects: { 'none-lost': 'violated' }, otherwise: 'unspecified'",
    ),
    'properties/counter.ts': files['properties/counter.ts']!.replace(
      /\];\n$/,
      "guarantee('late', { says: 'not both are gone', source: 'a test' }, invariant([counter, increments], (counter, increments) => counter > 0 || increments < 2))];\n",
    ),
  });
  const { stdout: checked } = await runHeddle(['check', 'counter/racy', '--json', '--root', made]);
  const row = JSON.parse(checked).results.find(({ guarantee }: { guarantee: string }) => guarantee === 'late');
  t.like(row, { verdict: 'not-found', bound: { kind: 'steps', steps: 3 } });
  const { code, stdout } = await runHeddle(['export', 'counter/racy', '--to', 'itf', '--guarantee', 'late', '--root', made]);
  t.is(code, 0);
  const { states } = JSON.parse(stdout);
  t.is(states.length, 7);
  t.like(states.at(-1), { counter: { '#bigint': '0' }, increments: { '#bigint': '2' } });
});

test('what memory does not suffice to decide is not said to hold', async (t) => {
  const args = ['export', 'large/b-large', '--to', 'mermaid', '--guarantee', 'no-throw', '--memory', '1'];
  const { code, stdout, stderr } = await runHeddle(args, { cwd: project(large()) });
  t.deepEqual([code, stdout], [2, '']);
  t.regex(stderr, /^error cannot-export\n {2}no-throw is not known to break: incomplete \(the memory budget ran out/);
  t.regex(stderr, /--memory MB/);
});

for (const [what, change, code, says] of [
  ['damaged', (text: string) => text.slice(0, 100), 2, /^error counterexample-unreadable\n {2}it is not JSON/],
  [
    'of another version',
    (text: string) => text.replace('heddle-counterexample/1', 'heddle-counterexample/9'),
    2,
    /^error counterexample-unreadable\n {2}its format is "heddle-counterexample\/9"/,
  ],
  ['of another model', (text: string) => text.replace('load counter', 'load guard'), 1, /^error counterexample-outdated\n {2}it parts/],
  [
    'cut short',
    (text: string) => text.replace(/,\n.*\n {2}\](\n\}\s*$|,\n {2}"contrast")/, '\n  ]$1'),
    1,
    /^error counterexample-passes\n/,
  ],
] as const)
  test(`a file that is ${what} is refused as replay refuses it, and nothing is written`, async (t) => {
    const text = readFileSync(join(await root, recorded), 'utf8');
    t.not(change(text), text);
    const made = project(counter());
    const file = join(made, 'broken.json');
    writeFileSync(file, change(text));
    const ran = await runHeddle(['export', file, '--to', 'mermaid', '--output', join(made, 'run.mmd')]);
    t.deepEqual([ran.code, ran.stdout], [code, '']);
    t.regex(ran.stderr, says);
    t.false(existsSync(join(made, 'run.mmd')));
    const replayed = await runHeddle(['replay', file]);
    t.is(replayed.stderr, ran.stderr);
  });

test('a run is written whole to a file, or not at all', async (t) => {
  const cwd = await root;
  const printed = await runHeddle(['export', recorded, '--to', 'mermaid'], { cwd });
  t.is((await runHeddle(['export', recorded, '--to', 'mermaid', '--output', 'run.mmd'], { cwd })).code, 0);
  t.is(readFileSync(join(cwd, 'run.mmd'), 'utf8'), printed.stdout);
  const nowhere = await runHeddle(['export', recorded, '--to', 'itf', '--output', 'nowhere/run.json'], { cwd });
  t.is(nowhere.code, 2);
  t.regex(nowhere.stderr, /^error cannot-write\n/);
});
