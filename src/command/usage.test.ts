import test from 'ava';
import { catalogue } from '../model/error-catalogue.ts';
import { runHeddle } from './run-heddle.ts';
import { counter, projects } from './small-project.ts';

const project = projects(test);
const root = project(counter());

for (const [what, args, nearest] of [
  ['command', ['chekc'], 'check'],
  ['flag', ['check', '--sede', '1'], '--seed'],
  ['protocol', ['check', 'countre', '--root', root], 'counter'],
  ['variant', ['check', 'counter/saef', '--root', root], 'counter/safe'],
  ['scope', ['check', '--scope', 'gtae', '--root', root], 'gate'],
  ['guarantee', ['check', '--guarantee', 'none-lots', '--root', root], 'none-lost'],
  ['error code', ['explain', 'captured-locla'], 'captured-local'],
] as const)
  test(`an unknown ${what} exits with 2 and suggests the nearest`, async (t) => {
    const { code, stdout, stderr } = await runHeddle(args);
    t.is(code, 2);
    t.is(stdout, '');
    t.true(stderr.includes(`Did you mean ${nearest}?`), stderr);
  });

test('the beginning of a name suggests the name, and what is like no name suggests none', async (t) => {
  const begun = await runHeddle(['check', 'co', '--root', root]);
  t.true(begun.stderr.includes('Did you mean counter?'), begun.stderr);
  for (const args of [
    ['check', 'zzz', '--root', root],
    ['explain', 'zzz'],
  ]) {
    const { code, stderr } = await runHeddle(args);
    t.is(code, 2);
    t.notRegex(stderr, /Did you mean/);
    t.regex(stderr, /`heddle (?:list` shows what there is|explain` lists them all)\./);
  }
});

for (const args of [
  ['check', '--seconds', '-1'],
  ['check', '--seed', 'one'],
  ['check', '--workers', '0'],
  ['check', '--engine', 'magic'],
  ['check', '--scope'],
  ['replay'],
  ['explain', 'a', 'b'],
])
  test(`heddle ${args.join(' ')} is wrong usage`, async (t) => {
    const { code, stdout, stderr } = await runHeddle(args);
    t.is(code, 2);
    t.is(stdout, '');
    t.regex(stderr, /^error: [^]*--help` shows what it takes/);
  });

test('a folder without models exits with 2 and says where it looked', async (t) => {
  const empty = project({ 'README.md': '' });
  for (const command of ['check', 'list']) {
    const { code, stderr } = await runHeddle([command, '--root', empty]);
    t.is(code, 2);
    t.regex(stderr, /^error no-models\n/);
    t.true(stderr.replace(/\n\s+/g, ' ').includes(`below ${empty}`), stderr);
  }
});

test('list tells protocols, scopes, variants with what is expected of them, and guarantees', async (t) => {
  const { code, stdout, stderr } = await runHeddle(['list', '--root', root]);
  t.is(code, 0);
  t.is(stderr, '');
  t.snapshot(stdout);
});

test('list of a selection tells only that', async (t) => {
  const { stdout } = await runHeddle(['list', 'counter/safe', '--root', root]);
  t.regex(stdout, /\n {4}safe\n/);
  t.notRegex(stdout, /\n {4}racy\n/);
});

test('explain tells a code', async (t) => {
  const { code, stdout } = await runHeddle(['explain', 'operation-not-yielded']);
  t.is(code, 0);
  t.snapshot(stdout);
});

test('explain without a code lists all of them', async (t) => {
  const { code, stdout } = await runHeddle(['explain']);
  t.is(code, 0);
  t.deepEqual(
    stdout.split('\n').filter((line) => /^\S/.test(line)),
    Object.keys(catalogue),
  );
});

test('help lists the commands and the exit codes, and exits with 0', async (t) => {
  const { code, stdout } = await runHeddle(['--help']);
  t.is(code, 0);
  for (const command of ['check', 'replay', 'list', 'explain']) t.regex(stdout, new RegExp(`\n  ${command} `));
  t.regex(stdout, /Exit codes: 0 all as expected, 1 not, 2 wrong usage or a faulty model, 3 a budget ran out, 130 interrupted\./);
});
