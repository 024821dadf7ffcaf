/**
 * Bundles the command line, its workers and the package's entry into dist/src/bundle, all of them in one go so that they
 * share their modules: a handle of a model is the same class wherever it comes from. See docs/decisions/0005-bundle.md.
 */
import { readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const dist = fileURLToPath(new URL('../dist/src/', import.meta.url));
const modules = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => /^(?!bundle).*(?<!\.test)\.js$/.test(file));
const outdir = `${dist}bundle`;
rmSync(outdir, { recursive: true, force: true });

/**
 * What two entries share comes into a chunk. Two more entries, which nobody loads, make index.js a mere list of chunks, of
 * which a model's bundle takes what it needs, and keep what models are written with apart from the rest.
 */
const splitters = {
  everything: ['index.js'],
  authoring: modules.filter((file) => /^(model|property)\//.test(file)),
};
const virtual = {
  name: 'splitters',
  setup(build) {
    build.onResolve({ filter: /^splitter:/ }, ({ path }) => ({ path: path.slice('splitter:'.length), namespace: 'splitter' }));
    build.onLoad({ filter: /./, namespace: 'splitter' }, ({ path }) => ({
      contents: splitters[path].map((file, index) => `export * as m${index} from './${file}';`).join('\n'),
      resolveDir: dist,
    }));
  },
};

await build({
  entryPoints: {
    ...Object.fromEntries(
      ['command/program.js', 'index.js', ...modules.filter((file) => file.endsWith('-worker.js'))].map((file) => [
        file.replace(/^.*\/|\.js$/g, '').replace(/\.js$/, ''),
        dist + file,
      ]),
    ),
    ...Object.fromEntries(Object.keys(splitters).map((name) => [`splitter-${name}`, `splitter:${name}`])),
  },
  plugins: [virtual],
  outdir,
  // Side by side, as deep as the modules are: what they name relative to themselves stays where it is.
  chunkNames: 'chunk-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // What is loaded only now and then, or must be the author's own, stays outside.
  external: ['acorn', 'acorn-walk', '@jridgewell/trace-mapping', 'esbuild', 'fast-check', 'zod', 'write-file-atomic', '@hpcc-js/*'],
  // Packages that are CommonJS ask for Node's own modules by `require`.
  banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" },
  minifyWhitespace: true,
  sourcemap: 'linked',
  logLevel: 'warning',
});
