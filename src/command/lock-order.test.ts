import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { runHeddle } from './run-heddle.ts';
import { projects } from './small-project.ts';

const project = projects(test);
const root = project({
  'models/nesting/index.ts': `import { lock, mutex, protocol, routine, scenario, scope, thread, unlock, variant } from 'heddle';
const low = mutex('low', { rank: 'low' });
const high = mutex('high', { rank: 'high' });
const up = routine('up', function* () {
  yield* lock(low);
  yield* lock(high);
  yield* unlock(high);
  yield* unlock(low);
});
const down = routine('down', function* () {
  yield* lock(high);
  yield* lock(low);
  yield* unlock(low);
  yield* unlock(high);
});
const build = ({ first, second }) => scenario({ threads: [thread('A', first()), thread('B', second())] });
export default protocol('nesting', {
  about: 'two locks',
  source: 'a test',
  shared: [low, high],
  ranks: { low: [], high: ['low'] },
  scopes: [scope('gate', 'two threads', build)],
  variants: [
    variant('up', { about: 'both upwards', routines: { first: up, second: up } }),
    variant('abba', { about: 'one upwards, one downwards', routines: { first: up, second: down }, expects: { 'lock-order': 'violated', 'no-deadlock': 'violated' } }),
    variant('unnoticed', { about: 'one downwards, and nobody knows', routines: { first: up, second: down } }),
    variant('kept', { about: 'expected to break what it keeps', routines: { first: up, second: up }, expects: { 'lock-order': 'violated' } }),
  ],
});
`,
  'ranks.txt': '# the other way round\nNONE < high < low;\n',
  'typo.txt': 'NONE < low < hihg;\n',
  'broken.txt': 'NONE < low < high\n',
});
const at = (file: string): string => join(root, file);

test('without a variant the first is explored; all its edges are allowed, so it exits with 0', async (t) => {
  const { code, stdout, stderr } = await runHeddle(['lock-order', 'nesting', '--root', root]);
  t.deepEqual([code, stderr], [0, '']);
  t.true(stdout.startsWith('nesting/up\n'));
  t.true(stdout.includes('low → high  low < high  2 steps'), stdout);
});

for (const [variant, code, what] of [
  ['up', 0, 'no forbidden edge, as expected'],
  ['abba', 0, 'a forbidden edge that was expected'],
  ['unnoticed', 1, 'a forbidden edge that was not'],
  ['kept', 1, 'no forbidden edge where one was expected'],
] as const)
  test(`exit code ${code} for ${what}`, async (t) => {
    t.is((await runHeddle(['lock-order', `nesting/${variant}`, '--root', root, '--json'])).code, code);
  });

test('a forbidden edge comes with a shortest run and the command that shows it', async (t) => {
  const { stdout } = await runHeddle(['lock-order', 'nesting/abba', '--root', root]);
  t.true(stdout.includes('takes low while holding high: the ranks have no edge high < low (2 steps)'), stdout);
  t.true(stdout.includes('shortest: every run of fewer steps was searched'), stdout);
  const command = /heddle (check .*)$/m.exec(stdout)?.[1];
  t.is(command, 'check nesting/abba --guarantee lock-order --scope gate');
  const again = await runHeddle([...command!.split(' '), '--root', root, '--json']);
  t.is(again.code, 0);
  t.like(JSON.parse(again.stdout), { results: [{ guarantee: 'lock-order', verdict: 'violated', counterexample: { steps: 2 } }] });
});

test("ranks of one's own are a file, and whatever they forbid is not expected", async (t) => {
  const { code, stdout } = await runHeddle(['lock-order', 'nesting', '--root', root, '--ranks', at('ranks.txt'), '--json']);
  t.is(code, 1);
  t.like(JSON.parse(stdout), {
    format: 'heddle-lock-order/1',
    variant: 'up',
    ranks: at('ranks.txt'),
    complete: true,
    asExpected: false,
    edges: [{ held: 'low', taken: 'high', allowed: false, breach: 'no edge', steps: 2 }],
    unused: [{ held: 'high', taken: 'low', implied: false }],
  });
});

test('the drawing is an SVG with one box a mutex and one arrow an edge', async (t) => {
  const file = at('order.svg');
  t.is((await runHeddle(['lock-order', 'nesting/abba', '--root', root, '--svg', file])).code, 0);
  const svg = readFileSync(file, 'utf8');
  t.deepEqual(
    [...svg.matchAll(/<title>(\w.*)<\/title>/g)].map((match) => match[1]),
    ['low', 'high', 'low&#45;&gt;high', 'high&#45;&gt;low'],
  );
  t.is([...svg.matchAll(/<path [^>]*stroke="#c0392b"/g)].length, 1);
});

for (const [what, args, says] of [
  ['rank of the model that a file does not have', ['nesting', '--ranks', at('typo.txt')], 'Did you mean hihg?'],
  ['mistake in a file of ranks', ['nesting', '--ranks', at('broken.txt')], `at ${at('broken.txt')}:1:18`],
  ['variant', ['nesting/baab'], 'Did you mean nesting/abba?'],
  ['scope', ['nesting', '--scope', 'gta'], 'Did you mean gate?'],
  ['flag', ['nesting', '--rank', 'x'], 'Did you mean --ranks?'],
  ['choice among variants', ['nesting/*'], 'Name one, such as nesting/up.'],
  ['folder for the drawing', ['nesting', '--svg', at('nowhere/order.svg')], 'cannot-write'],
] as const)
  test(`a wrong ${what} exits with 2 and says what to type`, async (t) => {
    const { code, stderr } = await runHeddle(['lock-order', ...args, '--root', root]);
    t.is(code, 2);
    t.true(stderr.replaceAll(/\s+/g, ' ').includes(says), stderr);
  });
