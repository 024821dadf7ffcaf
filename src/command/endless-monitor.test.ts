import test from 'ava';
import { runHeddle } from './run-heddle.ts';
import { large, projects, type Files } from './small-project.ts';

const project = projects(test);

/** Counters that never end, and a monitor that remembers all that they do. */
function remembered(counters: number): Files {
  const { 'models/large/index.ts': model = '' } = large();
  return {
    'models/large/index.ts': model.replace('const digits', 'export const digits').replace('length: 6', `length: ${counters}`),
    'properties/large.ts': `import { guarantee, monitor, on, writes } from 'heddle';
import { digits } from '../models/large/index.ts';
const log = monitor({
  initial: [],
  reactions: digits.map((digit, at) => on(writes(digit), (state, { to }) => [...state, { at, to }])),
});
export const guarantees = [guarantee('log', { says: 'all that happened', source: 'a test' }, log)];
`,
  };
}

/** States of the monitor are many and short with six counters, few and long with one. */
const roots = { many: project(remembered(6)), long: project(remembered(1)) };
const check = (root: string): readonly string[] => ['check', 'large/b-large', '--root', root, '--quiet'];

test('a monitor that never forgets ends the check within the budget, and is named', async (t) => {
  const { code, stdout } = await runHeddle([...check(roots.many), '--memory', '32']);
  t.is(code, 3);
  t.regex(
    stdout.replace(/\n\s*/g, ' '),
    /incomplete \(the memory budget ran out: [\d,]+ states of the monitor of log take \d+ MB; runs of up to \d+ steps are excluded\)/,
  );
  const json = await runHeddle([...check(roots.many), '--memory', '32', '--json']);
  const { results } = JSON.parse(json.stdout) as { readonly results: readonly { readonly bound: { readonly crowd?: unknown } }[] };
  t.like(results[0]!.bound, { cut: 'memory', crowd: { guarantee: 'log' } });
});

for (const [states, root] of Object.entries(roots))
  for (const more of [[], ['--hash-compact'], ['--engine', 'random', '--schedules', '1000000']])
    test(`${states} states of a monitor do not fill a heap that is smaller than the budget${more.map((each) => ` ${each}`).join('')}`, async (t) => {
      const { code, stderr } = await runHeddle([...check(root), ...more], { env: { NODE_OPTIONS: '--max-old-space-size=120' } });
      t.is(code, more.includes('random') ? 0 : 3);
      t.is(stderr, '');
    });
