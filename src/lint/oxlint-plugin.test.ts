import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';

/** The lines of a file that the rule complains about. */
function complaints(source: string): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-lint-'));
  try {
    writeFileSync(join(folder, 'model.ts'), source);
    const plugin = join(process.cwd(), 'dist/src/lint/oxlint-plugin.js');
    writeFileSync(
      join(folder, '.oxlintrc.json'),
      JSON.stringify({ jsPlugins: [plugin], categories: { correctness: 'off' }, rules: { 'heddle/no-floating-operation': 'error' } }),
    );
    const { stdout, stderr } = spawnSync(
      join(process.cwd(), 'node_modules/.bin/oxlint'),
      ['-c', '.oxlintrc.json', '--format', 'unix', 'model.ts'],
      { cwd: folder, encoding: 'utf8' },
    );
    return `${stdout}${stderr}`
      .split('\n')
      .filter((line) => line.startsWith('model.ts') || line.includes('/model.ts:'))
      .map((line) => line.replace(/^.*model\.ts:(\d+):\d+: (.*?)( \[.*)?$/, '$1 $2'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const head = "import { load, lock as take, routine } from 'heddle';\nimport { store } from './elsewhere.ts';\n";

test('an operation that is called and not yielded is told, by the name that the file gave it', (t) => {
  t.deepEqual(complaints(`${head}routine('r', function* () {\n  load(x);\n  take(m);\n});\n`), [
    '4 `load(…)` is never asked for: write `yield* load(…)`.',
    '5 `take(…)` is never asked for: write `yield* take(…)`.',
  ]);
});

test('a plain yield of an operation is told', (t) => {
  t.deepEqual(complaints(`${head}routine('r', function* () {\n  yield load(x);\n});\n`), [
    '4 `load(…)` is never asked for: write `yield* load(…)`.',
  ]);
});

test('operations that are asked for, and functions of other modules, are not told', (t) => {
  t.deepEqual(
    complaints(`${head}routine('r', function* () {\n  yield* take(m);\n  const value = yield* load(x);\n  store(value);\n});\n`),
    [],
  );
});
