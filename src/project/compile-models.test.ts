/** What models may import, whether they become a script or modules (docs/decisions/0002-models-compiled-on-every-run.md). */
import test from 'ava';
import { runHeddle } from '../command/run-heddle.ts';
import { model, projects, type Files } from '../command/small-project.ts';
import { compileModels } from './compile-models.ts';
import { findModels } from './find-models.ts';

const project = projects(test);

/** A package that is an ECMAScript module, and one that can only be imported. */
const packages: Files = {
  'node_modules/limits/package.json': '{ "name": "limits", "type": "module", "main": "index.js" }',
  'node_modules/limits/index.js': 'export const limit = 1; export default { max: 2 };',
  'node_modules/only/package.json': '{ "name": "only", "type": "module", "exports": { "import": "./index.js" } }',
  'node_modules/only/index.js': 'export const one = 1;',
};
const body = "const x = int('x', { to: limits.max });\nconst work = routine('work', function* () {\n  yield* store(x, limit + one);\n});";

const check = (files: Files) => runHeddle(['check', '--quiet', '--workers', '1'], { cwd: project(files) });

for (const type of ['module', 'commonjs'])
  test(`packages are what modules import, in a project of type ${type}`, async (t) => {
    const imports = "import limits, { limit } from 'limits';\nimport { one } from 'only';\n";
    const { code, stdout, stderr } = await check({
      ...packages,
      'package.json': JSON.stringify({ type }),
      ...model('good', `${imports}${body}`),
    });
    t.is(stderr, '');
    t.is(code, 0);
    t.regex(stdout, /holds in scope/);
  });

test('a name that a package does not export is an error, not undefined', async (t) => {
  const text =
    "import { limits } from 'limits';\nconst x = int('x', { to: 1 });\nconst work = routine('work', function* () {\n  if (limits === 3) yield* store(x, 1);\n  yield* load(x);\n});";
  const { code, stderr } = await check({ ...packages, ...model('bad', text) });
  t.is(code, 2);
  t.regex(stderr, /^error model-not-loaded\n[^]*does not provide an export\s+named\s+'limits'/);
});

test('a package that is not there is told with what to do', async (t) => {
  const { code, stderr } = await check(
    model('bad', `import gone from 'gone';\nconst x = int('x', { to: gone });\nconst work = undefined;`),
  );
  t.is(code, 2);
  t.regex(stderr, /^error model-not-loaded\n {2}Error: Cannot find package 'gone'\n {2}Install the package/);
});

test('a model may await at its top', async (t) => {
  const text =
    "const to = await Promise.resolve(1);\nconst x = int('x', { to });\nconst work = routine('work', function* () {\n  yield* store(x, 1);\n});";
  t.is((await check(model('good', text))).code, 0);
});

/** Which of a project's protocols become scripts. */
async function areScripts(files: Files): Promise<readonly boolean[]> {
  const root = project(files);
  return (await compileModels(root, findModels(root))).map((compiled) => 'script' in compiled);
}

test('one protocol that imports nothing but Heddle is a script, all else are modules', async (t) => {
  const plain = "const x = int('x', { to: 1 });\nconst work = routine('work', function* () {\n  yield* store(x, 1);\n});";
  const one = model('one', plain);
  t.deepEqual(await areScripts(one), [true]);
  t.deepEqual(await areScripts({ ...one, ...model('two', plain) }), [false, false]);
  for (const name of ['node:fs', 'fast-check', 'limits'])
    t.deepEqual(
      await areScripts({ ...packages, ...model('one', `import * as other from '${name}';\n${plain}\nexport { other };`) }),
      [false],
      name,
    );
});
