/** The examples of docs/property-testing.md do what the page says. */
import { readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'ava';
import { transformSync } from 'esbuild';
import { projects } from '../command/small-project.ts';

const page = readFileSync('docs/property-testing.md', 'utf8');
const blocks = [...page.matchAll(/```(\w*)\n(.*?)```/gs)].map(([, language, text]) => ({ language, text: text! }));
const examples = blocks.filter(({ language }) => language === 'ts');
const project = projects(test);

/** Runs an example, with the package as this build has it. */
function run(text: string): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const dist = join(process.cwd(), 'dist');
  const code = transformSync(text, { loader: 'ts', format: 'esm' })
    .code.replaceAll(/from "heddle"/g, `from ${JSON.stringify(join(dist, 'src/index.js'))}`)
    .replaceAll(/from "fast-check"/g, `from ${JSON.stringify(import.meta.resolve('fast-check'))}`)
    .replaceAll(/from "\.\.\/\.\.\/(.*?)\.ts"/g, (_, path: string) => `from ${JSON.stringify(join(dist, `${path}.js`))}`);
  const root = project({ 'example.mjs': code });
  return spawnSync(process.execPath, [join(root, 'example.mjs')], { encoding: 'utf8' });
}

test('the three lines of fast-check run, and the repaired version passes', (t) => {
  const { status, stderr } = run(examples[0]!.text);
  t.is(status, 0, stderr);
});

test('the generated scenarios print what the page shows', (t) => {
  const { status, stdout, stderr } = run(examples[1]!.text);
  t.is(status, 0, stderr);
  t.is(stdout, blocks[blocks.indexOf(examples[1]!) + 1]!.text);
});
