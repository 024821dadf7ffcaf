import test from 'ava';
import { runHeddle } from './run-heddle.ts';
import { counter, model, projects, type Files } from './small-project.ts';

const project = projects(test);
const x = "const x = int('x', { to: 1 });\n";
const work = (body: string): Files => model('bad', `${x}const work = routine('work', function* () {\n  ${body}\n});`);
const bad = 'models/bad/index.ts';

/** What is wrong, the files, and the code, place and cure that are printed. */
const cases: readonly (readonly [what: string, files: Files, code: string, place: string, cure: RegExp])[] = [
  ['a syntax error', work('yield* load(x;'), 'model-not-loaded', `${bad}:4`, /Mend the error that is shown/],
  [
    'an import that is not there',
    { ...work('yield* load(x);'), 'properties/bad.ts': "import './gone.ts';" },
    'model-not-loaded',
    'properties/bad.ts:1',
    /Mend/,
  ],
  [
    'a name that Heddle does not export',
    model('bad', `import { lod } from 'heddle';\n${x}const work = routine('work', function* () {\n  yield* lod(x);\n});`),
    'model-not-loaded',
    `${bad}:2`,
    /'heddle' exports no lod/,
  ],
  ['a throw while it is imported', model('bad', `${x}const work = undefined;\nwork.call();`), 'model-not-loaded', `${bad}:4`, /Mend/],
  ['no protocol', { [bad]: 'export const nothing = 1;' }, 'model-not-loaded', bad, /export default protocol\('name'/],
  ['a TypeError in a body', work('const old = yield* load(x);\n  old.foo.bar();'), 'body-threw', `${bad}:5`, /Mend the body/],
  [
    'a change of what a step has returned',
    work('const batch = yield* choose([1], [2]);\n  batch[0] = 3;\n  yield* load(x);'),
    'body-threw',
    `${bad}:5`,
    /read only property[^]*Mend the body/,
  ],
  ['a forgotten yield*', work('store(x, 1);\n  yield* load(x);'), 'operation-not-yielded', `${bad}:4`, /Write `yield\* `/],
  [
    'a routine that is not yielded',
    model(
      'bad',
      `${x}const sub = routine('sub', function* () {\n  yield* load(x);\n});\nconst work = routine('work', function* () {\n  sub();\n  yield* load(x);\n});`,
    ),
    'operation-not-yielded',
    `${bad}:7`,
    /Write `yield\* `/,
  ],
  [
    'a domain without values',
    model('bad', "const x = int('x', { from: 3, to: 1 });\nconst work = routine('work', function* () {\n  yield* load(x);\n});"),
    'bad-declaration',
    `${bad}:2`,
    /A domain has 1 to/,
  ],
  [
    'a domain without bounds',
    model('bad', "const x = int('x', {});\nconst work = routine('work', function* () {\n  yield* load(x);\n});"),
    'bad-declaration',
    `${bad}:2`,
    /Write int\('name'/,
  ],
  ['a value outside its domain', work('yield* store(x, 2);'), 'value-outside-domain', `${bad}:4`, /Widen the domain/],
  [
    'a captured local',
    model('bad', `${x}let tries = 0;\nconst work = routine('work', function* () {\n  tries++;\n  yield* load(x);\n});`),
    'captured-local',
    `${bad}:4`,
    /Declare the variable inside/,
  ],
  [
    'a loop that forgets nothing',
    model('bad', "const x = int('x', { to: 0 });\nconst work = routine('work', function* () {\n  for (;;) yield* load(x);\n});"),
    'endless-local-history',
    `${bad}:3`,
    /forever\(routine\)/,
  ],
  [
    'a thread that is no routine',
    model('bad', `${x}const work = function* () {\n  yield* load(x);\n};`),
    'bad-declaration',
    `${bad}:10`,
    /routine\(…\)/,
  ],
  ['a scope that fails', model('bad', `${x}const work = undefined;`), 'bad-declaration', `${bad}:8`, /Mend what builds the scenario/],
  [
    'an expectation of a guarantee that is not there',
    { 'models/counter/index.ts': counter()['models/counter/index.ts']! },
    'unknown-name',
    'models/counter',
    /Its guarantees are no-deadlock, lock-discipline, no-throw\./,
  ],
  [
    'a property that throws',
    { ...counter(), 'properties/counter.ts': counter()['properties/counter.ts']!.replace('counter === increments', 'counter.foo.bar') },
    'property-threw',
    'properties/counter.ts:8',
    /Mend the property/,
  ],
];

for (const [what, files, expected, place, cure] of cases)
  test(`${what} is told with its code, its place and its cure`, async (t) => {
    const { code, stdout, stderr } = await runHeddle(['check', '--quiet', '--workers', '1'], { cwd: project(files) });
    t.is(code, 2);
    t.is(stdout, '');
    const lines = stderr.trimEnd().split('\n');
    t.is(lines[0], `error ${expected}`);
    t.true(lines.includes(`  at ${place}`), stderr);
    t.regex(stderr, cure);
    t.is(lines.at(-1), `  heddle explain ${expected}`);
    t.notRegex(stderr, /^ +at .*[(]|^ +at .*node_modules|\.cjs|file:/m);
  });

test('a faulty model is told in the same words by a worker', async (t) => {
  const root = project({ ...counter(), ...work('store(x, 1);\n  yield* load(x);') });
  const [one, two] = await Promise.all(['1', '2'].map((workers) => runHeddle(['check', '--quiet', '--workers', workers], { cwd: root })));
  t.is(two!.code, 2);
  t.is(two!.stderr, one!.stderr);
});
