/** For tests: projects in temporary folders, with models that are checked in no time. */
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestFn } from 'ava';

/** Files by path below the root of a project. */
export type Files = Readonly<Record<string, string>>;

/** Makes projects that are removed when the tests of a file have ended; returns a project's root. */
export function projects(test: TestFn): (files: Files) => string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-test-')));
  test.after.always(() => rm(folder, { recursive: true, force: true }));
  let made = 0;
  return (files) => {
    const root = join(folder, String(made++));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return root;
  };
}

/** A model of one file. `body` declares `x` and the routine `work`, on line 2 and below; two threads run it. */
export function model(name: string, body: string): Files {
  const text = `import { again, bool, choose, ensure, fetchAdd, forever, int, load, lock, loop, mutex, protocol, routine, scenario, scope, store, thread, unlock, variant, waitUntil } from 'heddle';
${body}
export default protocol('${name}', {
  about: 'two workers',
  source: 'a test',
  shared: [x],
  scopes: [scope('gate', 'two workers', ({ work }) => scenario({ threads: [thread('A', work()), thread('B', work())] }))],
  variants: [variant('only', { about: 'the only one', routines: { work } })],
});
`;
  return { [`models/${name}/index.ts`]: text };
}

/** Two workers that increment a counter, with and without a lock; `racy` says how the one without does it. */
export function counter(racy = 'const old = yield* load(counter);\n  yield* store(counter, old + 1, { ghost: counted });'): Files {
  return {
    'models/counter/index.ts': `import { ghost, int, load, lock, mutex, protocol, routine, scenario, scope, store, thread, unlock, update, variant } from 'heddle';
export const counter = int('counter', { to: 2 });
export const increments = ghost('increments', int({ to: 2 }));
const guard = mutex('guard');
const counted = update(increments, (old) => old + 1);

const racy = routine('increment', function* () {
  ${racy}
});
const safe = routine('increment', function* () {
  yield* lock(guard);
  const old = yield* load(counter);
  yield* store(counter, old + 1, { ghost: counted });
  yield* unlock(guard);
});
const build = (count) => ({ increment }) =>
  scenario({ threads: Array.from({ length: count }, (_, index) => thread('T' + (index + 1), increment())) });

export default protocol('counter', {
  about: 'workers increment a counter',
  source: 'a test',
  shared: [counter, increments, guard],
  scopes: [scope('alone', 'one worker', build(1)), scope('gate', 'two workers', build(2))],
  variants: [
    variant('safe', { about: 'under a lock', routines: { increment: safe } }),
    variant('racy', { about: 'without a lock', routines: { increment: racy }, expects: { 'none-lost': 'violated' } }),
    variant('found', { about: 'as in the sources', routines: { increment: racy }, expects: { 'none-lost': 'finding' } }),
  ],
});
`,
    'properties/counter.ts': `import { guarantee, invariant } from 'heddle';
import { counter, increments } from '../models/counter/index.ts';

export const guarantees = [
  guarantee(
    'none-lost',
    { says: 'every increment counts', source: 'a test' },
    invariant([counter, increments], (counter, increments) => counter === increments),
  ),
];
`,
  };
}

/** A protocol with one small variant, and one whose state space no test waits for. */
export function large(): Files {
  return {
    'models/large/index.ts': `import { again, fetchAdd, int, load, loop, protocol, routine, scenario, scope, store, thread, variant } from 'heddle';
const digits = Array.from({ length: 6 }, (_, index) => int('digit' + index, { to: 200 }));
const step = routine('step', function* (digit) {
  const now = yield* load(digit);
  yield* store(digit, (now + 1) % 201);
  return again(digit);
});
const count = routine('count', function* (digit) {
  yield* loop(step, digit);
});
const once = routine('once', function* (digit) {
  yield* fetchAdd(digit, 1);
});
export default protocol('large', {
  about: 'six counters that never end',
  source: 'a test',
  shared: digits,
  scopes: [scope('gate', 'all of them', ({ body }) => scenario({ threads: digits.map((digit) => thread(digit.name, body(digit))) }))],
  variants: [
    variant('a-small', { about: 'each counts once', routines: { body: once } }),
    variant('b-large', { about: 'each counts for ever', routines: { body: count } }),
  ],
});
`,
  };
}

/** A counter that is safe in its scope, where one worker is alone, and not in the scenarios beyond it. */
export function growing(): Files {
  const { 'models/counter/index.ts': model = '', 'properties/counter.ts': properties = '' } = counter();
  const scenarios = `  scenarios: scenarios('up to four workers', {
    arbitrary: fc.record({ workers: fc.integer({ min: 1, max: 4 }), noise: fc.nat(3) }),
    build: ({ increment }) => ({ workers }) => build(workers)({ increment }),
  }),
`;
  return {
    'models/counter/index.ts': `import * as fc from 'fast-check';\n${model
      .replace('scenario, scope', 'scenario, scenarios, scope')
      .replace("int('counter', { to: 2 })", "int('counter', { to: 4 })")
      .replace("ghost('increments', int({ to: 2 }))", "ghost('increments', int({ to: 4 }))")
      .replace(", expects: { 'none-lost': 'violated' }", '')
      .replace(/ {2}scopes: .*\n/, `  scopes: [scope('gate', 'one worker', build(1))],\n${scenarios}`)}`,
    'properties/counter.ts': properties,
  };
}
