/**
 * Bundles the command line, its workers and the package's entry into one script in dist/src/bundle, so that they share their
 * modules: a handle of a model is the same class wherever it comes from. See docs/decisions/0005-bundle.md; src/command/bundled.cjs
 * runs it.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const dist = fileURLToPath(new URL('../dist/src/', import.meta.url));
const modules = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => /^(?!bundle).*(?<!\.test)\.js$/.test(file));
const outdir = `${dist}bundle/`;
rmSync(outdir, { recursive: true, force: true });
mkdirSync(outdir);

// What starts it, and each of its workers and chunks.
for (const file of ['main.cjs', 'bundled.cjs'])
  copyFileSync(fileURLToPath(new URL(`command/${file}`, import.meta.url)), `${dist}command/${file}`);
for (const file of ['main.cjs', 'main.js']) chmodSync(`${dist}command/${file}`, 0o755);
const requiresBundle = `import { createRequire } from 'node:module';\nconst own = createRequire(import.meta.url)('../command/bundled.cjs');\n`;

const nameOf = (file) => basename(file, '.js');
const workers = modules.filter((file) => file.endsWith('-worker.js'));

// The package's entry, in two chunks: a model that needs no more than what models are written with evaluates no more.
const load = (file) => import(pathToFileURL(dist + file).href);
const entry = await load('index.js');
/** By module that models are written with: what the entry exports of it. */
const modelling = new Map();
const authoring = new Set();
for (const file of modules.filter((each) => /^(model|property)\//.test(each))) {
  const own = await load(file);
  const names = Object.keys(own).filter((name) => entry[name] === own[name] && !authoring.has(name));
  if (names.length > 0) modelling.set(file, names);
  for (const name of names) authoring.add(name);
}
const chunks = { authoring: [...authoring], everything: Object.keys(entry).filter((name) => !authoring.has(name)) };

/** A script that is made of a code cache can't import (Node forgets who would): the thread's own module does it. */
const importsOutside = {
  name: 'imports outside',
  setup(build) {
    build.onLoad({ filter: /\/dist\/src\/.*\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(/\bimport\((?!'\.)/g, 'import.meta.load('),
    }));
  },
};

// What is imported or required in a function is evaluated when the function is called.
await build({
  stdin: {
    contents: `
      export const parts = { ${['command/program.js', ...workers].map((file) => `'${nameOf(file)}': () => import('./${file}')`).join(', ')} };
      export const authoring = () => {
        ${[...modelling].map(([file, names]) => `const { ${names.join(', ')} } = require('./${file}');`).join('\n')}
        return { ${chunks.authoring.join(', ')} };
      };
      export const everything = () => require('./index.js');`,
    resolveDir: dist,
  },
  plugins: [importsOutside],
  outfile: `${outdir}heddle.cjs`,
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  define: { 'import.meta': 'meta', 'performance.now': 'meta.now' },
  banner: { js: '(function (module, require, meta) {' },
  footer: { js: '})' },
  // What is loaded only now and then, or must be the author's own, stays outside.
  external: ['acorn', 'acorn-walk', '@jridgewell/trace-mapping', 'esbuild', 'fast-check', 'zod', 'write-file-atomic', '@hpcc-js/*'],
  minifyWhitespace: true,
  sourcemap: 'linked',
  logLevel: 'warning',
});

if (/[^\0-\x7f]/.test(readFileSync(`${outdir}heddle.cjs`, 'latin1')))
  throw new Error('heddle.cjs is not ASCII, as src/command/bundled.cjs takes it to be: write characters of regular expressions as escapes');

for (const worker of workers)
  writeFileSync(`${outdir}${nameOf(worker)}.js`, `${requiresBundle}await own.bundled().parts['${nameOf(worker)}']();\n`);

for (const chunk of Object.keys(chunks))
  writeFileSync(`${outdir}chunk-${chunk}.cjs`, `module.exports = require('../command/bundled.cjs').bundled().${chunk}();\n`);
writeFileSync(
  `${outdir}index.js`,
  Object.entries(chunks)
    .map(([chunk, own]) => `export { ${own.join(', ')} } from './chunk-${chunk}.cjs';\n`)
    .join(''),
);

// What a check has had compiled is what the next one needs. `exit` comes after all of it.
const warmUp = `${outdir}warm-up.js`;
writeFileSync(
  warmUp,
  `import { writeFileSync } from 'node:fs';
${requiresBundle}process.on('exit', () => writeFileSync(own.cacheFile, own.script().createCachedData()));
await (await own.bundled().parts.program()).main();
`,
);
const bench = fileURLToPath(new URL('../bench', import.meta.url));
// Threads closed, and learned on the way; alike, and not. By one thread: what others have compiled is not in this one's cache.
const usual = ['peterson-2', 'treiber-2x2', 'compute-max-procs-1x1'];
execFileSync(process.execPath, [warmUp, 'check', ...usual, '--workers', '1', '--root', bench], { stdio: ['ignore', 'ignore', 'inherit'] });
rmSync(warmUp);
