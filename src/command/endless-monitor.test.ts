import test from 'ava';
import { runHeddle } from './run-heddle.ts';
import { large, projects } from './small-project.ts';

/** Six counters that never end, and a monitor that remembers all that they do. */
const root = projects(test)({
  'models/large/index.ts': large()['models/large/index.ts']!.replace('const digits', 'export const digits'),
  'properties/large.ts': `import { guarantee, monitor, on, writes } from 'heddle';
import { digits } from '../models/large/index.ts';
const log = monitor({
  initial: [],
  reactions: digits.map((digit, at) => on(writes(digit), (state, { to }) => [...state, { at, to }])),
});
export const guarantees = [guarantee('log', { says: 'all that happened', source: 'a test' }, log)];
`,
});
const args = ['check', 'large/b-large', '--root', root, '--quiet'];

test('a monitor that never forgets ends the check within the budget, and is named', async (t) => {
  const { code, stdout } = await runHeddle([...args, '--memory', '32']);
  t.is(code, 3);
  t.regex(
    stdout.replace(/\n\s*/g, ' '),
    /incomplete \(the memory budget ran out: [\d,]+ states of the monitor of log take \d+ MB; runs of up to \d+ steps are excluded\)/,
  );
  const json = await runHeddle([...args, '--memory', '32', '--json']);
  const { results } = JSON.parse(json.stdout) as { readonly results: readonly { readonly bound: { readonly crowd?: unknown } }[] };
  t.like(results[0]!.bound, { cut: 'memory', crowd: { guarantee: 'log' } });
});

for (const more of [[], ['--hash-compact'], ['--engine', 'random', '--schedules', '1000000']])
  test(`a heap that is smaller than the budget is not filled${more.map((each) => ` ${each}`).join('')}`, async (t) => {
    const { code, stderr } = await runHeddle([...args, ...more], { env: { NODE_OPTIONS: '--max-old-space-size=120' } });
    t.is(code, more.includes('random') ? 0 : 3);
    t.is(stderr, '');
  });
