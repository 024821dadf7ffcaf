/** What happens when there is no room for what a command has to say. */
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { runHeddle } from './run-heddle.ts';
import { counter, projects } from './small-project.ts';

const project = projects(test);
const main = fileURLToPath(new URL('./main.cjs', import.meta.url));

/** A device that is always full, where there is one. */
const full = '/dev/full';

for (const args of [['check', '--quiet'], ['check', '--quiet', '--json'], ['list'], ['export', 'counter', '--to', 'promela']])
  test(`heddle ${args.join(' ')} on a full disk exits with 2 and says why`, (t) => {
    if (!existsSync(full)) return t.pass();
    const output = openSync(full, 'w');
    const { status, stderr } = spawnSync(process.execPath, [main, ...args, '--root', project(counter())], {
      stdio: ['ignore', output, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(output);
    t.is(status, 2);
    t.regex(stderr, /^error cannot-write\n {2}standard output can't be written: ENOSPC/);
    return undefined;
  });

test('models that cannot be compiled anywhere exit with 2, and say where that goes', (t) => {
  const root = project(counter());
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'check', '--quiet', '--root', root], {
    env: { ...process.env, TMPDIR: join(root, 'gone') },
    encoding: 'utf8',
  });
  t.is(status, 2);
  t.is(stdout, '');
  t.regex(stderr, /^error cannot-write\n {2}what models are compiled to can't be written: ENOENT[^]*TMPDIR=DIR/);
});

test('a counterexample that cannot be recorded exits with 2, says where, and leaves nothing half written', async (t) => {
  const root = project(counter());
  writeFileSync(join(root, 'counterexamples'), 'in the way');
  const { code, stderr } = await runHeddle(['check', 'counter/racy', '--record', '--quiet', '--root', root]);
  t.is(code, 2);
  t.regex(stderr, /^error cannot-write\n/);
  t.true(stderr.replaceAll(/\s+/g, ' ').includes(`at ${join(root, 'counterexamples/counter/racy--none-lost.txt')}`), stderr);
  t.is(readFileSync(join(root, 'counterexamples'), 'utf8'), 'in the way');
  t.deepEqual(readdirSync(root).toSorted(), ['counterexamples', 'models', 'properties']);
});
