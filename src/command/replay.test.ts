import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { runHeddle } from './run-heddle.ts';
import { counter, projects, type Files } from './small-project.ts';

const project = projects(test);
const recorded = 'counterexamples/counter/racy--none-lost.json';
const text = (async () => {
  const root = project(counter());
  await runHeddle(['check', 'counter/racy', '--record', '--quiet'], { cwd: root });
  return readFileSync(join(root, recorded), 'utf8');
})();

/** A project with a counterexample of the unchanged model. */
async function projectWith(files: Files, change: (text: string) => string = (same) => same): Promise<string> {
  return project({ ...files, [recorded]: change(await text) });
}

test('a recorded counterexample still violates: its trace is printed and the exit code is 0', async (t) => {
  const { code, stdout, stderr } = await runHeddle(['replay', recorded], { cwd: await projectWith(counter()) });
  t.is(code, 0);
  t.is(stderr, '');
  t.regex(stdout, /^counter\/racy breaks none-lost\n {2}every increment counts\n/);
  t.regex(stdout, /✗ after step 4: this does not hold any more: every increment counts/);
});

test('the models of a file are found from where it is, whatever the working directory', async (t) => {
  const root = await projectWith(counter());
  t.is((await runHeddle(['replay', join(root, recorded)], { cwd: tmpdir() })).code, 0);
});

test('a file of a model that has changed parts from it, and the step is named', async (t) => {
  const root = await projectWith(
    counter(
      'yield* lock(guard);\n  const old = yield* load(counter);\n  yield* store(counter, old + 1, { ghost: counted });\n  yield* unlock(guard);',
    ),
  );
  const { code, stdout, stderr } = await runHeddle(['replay', recorded], { cwd: root });
  t.is(code, 1);
  t.is(stdout.trim(), '');
  t.regex(
    stderr.replace(/\n\s+/g, ' '),
    /^error counterexample-outdated it parts from the model at step 1 of 4: the file has T\d in increment: load counter, the model has T\d in increment: lock guard at counterexamples\/counter\/racy--none-lost\.json If the model was meant to change, record it again: heddle check counter\/racy --guarantee none-lost --scope gate --record/,
  );
});

test('a file whose run breaks nothing any more is told apart from one that does not fit', async (t) => {
  const files = counter();
  const properties = files['properties/counter.ts']!.replace('counter === increments', 'counter <= increments');
  const { code, stderr } = await runHeddle(['replay', recorded], {
    cwd: await projectWith({ ...files, 'properties/counter.ts': properties }),
  });
  t.is(code, 1);
  t.regex(stderr, /^error counterexample-passes\n {2}all 4 steps run, and none-lost holds along them\n/);
});

for (const [what, from, to] of [
  ['variant', '"variant": "racy"', '"variant": "rasy"'],
  ['scope', '"scope": "gate"', '"scope": "gaet"'],
  ['guarantee', '"guarantee": "none-lost"', '"guarantee": "none-found"'],
] as const)
  test(`a file of a ${what} that is gone is outdated`, async (t) => {
    const { code, stderr } = await runHeddle(['replay', recorded], { cwd: await projectWith(counter(), (file) => file.replace(from, to)) });
    t.is(code, 1);
    t.regex(stderr, /^error counterexample-outdated\n/);
    t.regex(stderr, /at counterexamples\/counter\/racy--none-lost\.json/);
  });

for (const [what, damage, message] of [
  ['cut off', (file: string) => file.slice(0, 100), /it is not JSON: [^]*at counterexamples\/counter\/racy--none-lost\.json:\d+:\d+\n/],
  [
    'of another format',
    (file: string) => file.replace('heddle-counterexample/1', 'heddle-counterexample/9'),
    /its format is "heddle-counterexample\/9"/,
  ],
  ['without a thread', (file: string) => file.replace('{"thread":"T', '{"threat":"T'), /at schedule\[0\]\.thread: /],
  ['empty', () => '', /it is not JSON/],
] as const)
  test(`a file that is ${what} is refused with 2, and the place is named`, async (t) => {
    const { code, stdout, stderr } = await runHeddle(['replay', recorded], { cwd: await projectWith(counter(), damage) });
    t.is(code, 2);
    t.is(stdout, '');
    t.regex(stderr, /^error counterexample-unreadable\n/);
    t.regex(stderr, message);
  });

test('a file that is not there is refused with 2', async (t) => {
  const { code, stderr } = await runHeddle(['replay', 'counterexamples/nothing.json'], { cwd: await projectWith(counter()) });
  t.is(code, 2);
  t.regex(stderr, /there is no such file\n {2}at counterexamples\/nothing\.json/);
});
