/**
 * Bundles the command line, its workers and the package's entry into two scripts in dist/src/bundle, `start.cjs` and `engine.cjs`,
 * which share their modules: a handle of a model is the same class wherever it comes from. See docs/decisions/0005-bundle.md;
 * src/command/bundled.cjs runs them.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const dist = fileURLToPath(new URL('../dist/src/', import.meta.url));
/** A module by its path below dist/src, as the scripts know it. */
const nameOf = (path) => relative(dist, path).split(sep).join('/');
const modules = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => /^(?!bundle).*(?<!\.test)\.js$/.test(file));
const outdir = `${dist}bundle/`;
rmSync(outdir, { recursive: true, force: true });
mkdirSync(outdir);

// What starts it, and each of its workers and chunks.
for (const file of ['main.cjs', 'bundled.cjs'])
  copyFileSync(fileURLToPath(new URL(`command/${file}`, import.meta.url)), `${dist}command/${file}`);
for (const file of ['main.cjs', 'main.js']) chmodSync(`${dist}command/${file}`, 0o755);
const requiresBundle = `import { createRequire } from 'node:module';\nconst own = createRequire(import.meta.url)('../command/bundled.cjs');\n`;

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

/** A script that is made of a code cache can't import (Node forgets who would): it requires its own, and the thread's own module does the rest. */
const importsNothing = {
  name: 'imports nothing',
  setup(builder) {
    builder.onLoad({ filter: /\/dist\/src\/.*\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8')
        .replaceAll(/\bimport\(('\.[^']*')\)/g, '(async () => require($1))()')
        .replaceAll(/\bimport\(/g, 'import.meta.load('),
    }));
  },
};

/** Leaves modules, and packages, to the other script, which is asked for them by name; adds the modules to `left`. */
const leaving = (isOfOther, packages, left) => ({
  name: 'the other script',
  setup(builder) {
    builder.onResolve({ filter: /^[^.]/ }, ({ path }) =>
      packages.includes(path) ? { path: `bundle:${path}`, external: true } : undefined,
    );
    builder.onResolve({ filter: /^\./ }, ({ path, resolveDir, kind, importer }) => {
      const file = nameOf(resolve(resolveDir, path));
      const isLate = kind === 'require-call' && importer.startsWith(dist);
      if (!isOfOther(file, isLate)) return undefined;
      left.add(file);
      return { path: `bundle:${file}`, external: true };
    });
  },
});

/** Writes a script of what some statements export, and of all that those import; answers which modules and packages it is made of, and which modules it leaves. */
async function bundle(script, contents, isOfOther, packages = []) {
  const left = new Set();
  // What is imported or required in a function is evaluated when the function is called.
  const { metafile } = await build({
    stdin: { contents, resolveDir: dist },
    plugins: [importsNothing, leaving(isOfOther, packages, left)],
    outfile: `${outdir}${script}.cjs`,
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
    metafile: true,
  });
  if (/[^\0-\x7f]/.test(readFileSync(`${outdir}${script}.cjs`, 'latin1')))
    throw new Error(
      `${script}.cjs is not ASCII, as src/command/bundled.cjs takes it to be: write characters of regular expressions as escapes`,
    );
  const inputs = Object.keys(metafile.inputs).map((input) => nameOf(resolve(input)));
  return {
    left,
    modules: inputs.filter((file) => modules.includes(file)),
    packages: [...new Set(inputs.flatMap((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []))],
  };
}

const exporting = (files) => {
  const rows = files.map((file) => `'${file}': () => require('${modules.includes(file) ? './' : ''}${file}')`);
  return `export const modules = { ${rows.join(', ')} };`;
};

// What comes before esbuild can be sent for in a check, and what that loads; all that is imported later is the engine's.
const first = ['command/program.js', 'command/check.js'];
const isLater = (file, isLate) => isLate && !first.includes(file);
const start = await bundle('start', exporting(first), isLater);
await bundle('start', exporting([...start.modules, ...start.packages]), isLater);
const engine = await bundle(
  'engine',
  `${exporting([...new Set([...workers, ...start.left])])}
  export const authoring = () => {
    ${[...modelling].map(([file, names]) => `const { ${names.join(', ')} } = require('./${file}');`).join('\n')}
    return { ${chunks.authoring.join(', ')} };
  };
  export const everything = () => require('./index.js');`,
  (file) => start.modules.includes(file),
  start.packages,
);
const twice = [...engine.modules, ...engine.packages].filter((each) => start.modules.includes(each) || start.packages.includes(each));
if (twice.length > 0) throw new Error(`both scripts of the bundle have ${twice.join(', ')}`);

for (const worker of workers) writeFileSync(`${outdir}${worker.split('/').at(-1)}`, `${requiresBundle}own.load('${worker}');\n`);

// For models that become modules, and for those that become a script.
for (const [chunk, own] of Object.entries(chunks)) {
  writeFileSync(`${outdir}chunk-${chunk}.js`, `${requiresBundle}export const { ${own.join(', ')} } = own.engine().${chunk}();\n`);
  writeFileSync(`${outdir}chunk-${chunk}.cjs`, `module.exports = require('../command/bundled.cjs').engine().${chunk}();\n`);
}
const entryOf = (ending) =>
  Object.entries(chunks).map(([chunk, own]) => `export { ${own.join(', ')} } from './chunk-${chunk}.${ending}';\n`);
writeFileSync(`${outdir}index.js`, entryOf('js').join(''));
writeFileSync(`${outdir}script-index.js`, entryOf('cjs').join(''));

// What a check has had compiled is what the next one needs. `exit` comes after all of it.
const warmUp = `${outdir}warm-up.js`;
writeFileSync(warmUp, `${requiresBundle}process.on('exit', own.writeCaches);\nawait own.load('command/program.js').main();\n`);
const bench = fileURLToPath(new URL('../bench', import.meta.url));
// Threads closed, and learned on the way; alike, and not. By one thread: what others have compiled is not in this one's cache.
const usual = ['peterson-2', 'treiber-2x2', 'compute-max-procs-1x1'];
execFileSync(process.execPath, [warmUp, 'check', ...usual, '--workers', '1', '--root', bench], { stdio: ['ignore', 'ignore', 'inherit'] });
rmSync(warmUp);
