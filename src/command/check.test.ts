import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { runHeddle } from './run-heddle.ts';
import { counter, large, model, projects } from './small-project.ts';

const project = projects(test);
const small = project(counter());
const huge = project(large());

test('everything as expected exits with 0 and says what was found', async (t) => {
  const { code, stdout, stderr } = await runHeddle(['check', '--workers', '1', '--root', small, '--quiet']);
  t.is(code, 0);
  t.is(stderr, '');
  t.regex(stdout, /✓ safe .*\n {2}under a lock\n {2}holds in scope: all 4 guarantees\n/);
  t.regex(stdout, /violated, as expected: none-lost \(shortest run of 4 steps\)/);
  t.regex(stdout, /violated, FINDING: none-lost \(shortest run of 4 steps\)/);
  t.regex(
    stdout,
    /Findings: versions taken from the sources that break a guarantee in the model\n {2}counter\/found: every increment counts/,
  );
  t.regex(stdout, /3 variants, 12 results: 10 hold in scope, 1 violated, 1 finding\.\n.*\nAll 12 results are as expected\.\n$/);
});

test('a selection of one variant checks that variant', async (t) => {
  const { code, stdout } = await runHeddle(['check', 'counter/safe', '--root', small, '--quiet']);
  t.is(code, 0);
  t.notRegex(stdout, /racy|found/);
});

test('the root is found upwards from the working directory', async (t) => {
  const { code } = await runHeddle(['check', 'counter/s*', '--quiet'], { cwd: join(small, 'models/counter') });
  t.is(code, 0);
});

test('a violation that is not expected exits with 1 and is told as a story', async (t) => {
  const root = project(
    model(
      'wrong',
      "const x = int('x', { to: 1 });\nconst work = routine('work', function* () {\n  const old = yield* load(x);\n  yield* store(x, 1);\n  yield* ensure(old === 0, 'seen before');\n});",
    ),
  );
  const { code, stdout } = await runHeddle(['check', '--root', root, '--quiet']);
  t.is(code, 1);
  t.regex(stdout, /violated, NOT EXPECTED: no-throw \(shortest run of 4 steps\)/);
  t.regex(stdout, /wrong\/only breaks no-throw/);
  // The schedules: A load, A store, B load. With one thread nothing breaks; with two and no preemption A finishes first.
  t.regex(
    stdout,
    /\n4 steps, 2 threads, 0 choices, 0 preemptions, scope gate\nsmallest: fewest threads, then choices, preemptions, steps\n/,
  );
  t.regex(stdout, /\n {2}no violation with fewer than 2 threads: \d+ states searched completely\n/);
  t.regex(stdout, /✗ B throws: seen before|✗ A throws: seen before/);
  t.regex(stdout, /\nkeep it: npx heddle check wrong\/only --guarantee no-throw --scope gate --root \S+ --record\n/);
  t.regex(stdout, /1 of 3 results is NOT as expected\.\n$/);
});

test('a violation that was expected and is excluded exits with 1', async (t) => {
  const { code, stdout } = await runHeddle(['check', 'counter/racy', '--scope', 'alone', '--root', small, '--quiet']);
  t.is(code, 1);
  t.regex(stdout, /✗ none-lost was expected to be violated, and no run in the scope violates it/);
});

test('a random run that does not find what is expected exits with 3, not with 1', async (t) => {
  const { code, stdout } = await runHeddle(['check', 'counter/racy', '--scope', 'alone', '--engine', 'random', '--root', small, '--quiet']);
  t.is(code, 3);
  t.regex(stdout, /not found in 2,000 random schedules by walk of up to 200 steps, which passed 3\n *distinct states/);
});

for (const [flag, value, sentence] of [
  ['--seconds', '0.3', 'the time budget ran out'],
  ['--memory', '1', 'the memory budget ran out'],
] as const)
  test(`a search that ${flag} ends exits with 3 and says what it has excluded`, async (t) => {
    const { code, stdout } = await runHeddle(['check', 'large/b-large', flag, value, '--root', huge, '--quiet']);
    t.is(code, 3);
    t.regex(stdout.replace(/\n\s*/g, ' '), new RegExp(`incomplete \\(${sentence}; runs of up to \\d+ steps are excluded\\)`));
    t.regex(stdout, /Nothing unexpected, but 3 of 3 results are open: a budget ran out\.\n$/);
  });

for (const workers of ['1', '2'])
  test(`an interruption with ${workers} worker${workers === '1' ? '' : 's'} exits with 130 after printing what was found`, async (t) => {
    const { code, stdout, stderr } = await runHeddle(['check', '--root', huge, '--workers', workers], { interruptWhen: /✓ a-small/ });
    t.is(code, 130);
    t.regex(stdout, /✓ a-small [^]*\? b-large [^]*incomplete \(interrupted; [^]*3 of 6 results are open: the run was interrupted\./);
    t.regex(stderr, /^interrupted: ending at the next slice/);
    t.notRegex(stdout, /ending at the next slice/);
  });

test('--record writes a file and its text for every violation that is judged', async (t) => {
  const root = project(counter());
  const { code, stdout } = await runHeddle(['check', '--workers', '1', '--record', '--quiet'], { cwd: root });
  t.is(code, 0);
  t.regex(stdout, /recorded counterexamples\/counter\/racy--none-lost\.json\nrecorded counterexamples\/counter\/found--none-lost\.json\n/);
  for (const variant of ['racy', 'found'])
    for (const ending of ['json', 'txt']) t.true(existsSync(join(root, `counterexamples/counter/${variant}--none-lost.${ending}`)));
  t.regex(readFileSync(join(root, 'counterexamples/counter/racy--none-lost.txt'), 'utf8'), /^counter\/racy breaks none-lost\n/);
  const next = await runHeddle(['check', 'counter/racy', '--quiet'], { cwd: root });
  t.regex(next.stdout, /heddle replay counterexamples\/counter\/racy--none-lost\.json/);
});

test('no escape codes are printed to a pipe, whatever CI and FORCE_COLOR say', async (t) => {
  const good = await runHeddle(['check', '--workers', '1', '--root', small], { env: { CI: '1', FORCE_COLOR: '1' } });
  const bad = await runHeddle(['check', 'nobody', '--root', small], { env: { NO_COLOR: '1' } });
  // oxlint-disable-next-line no-control-regex -- it is the escape code that must not be there.
  for (const text of [good.stdout, good.stderr, bad.stderr]) t.notRegex(text, /\u001b/);
});
