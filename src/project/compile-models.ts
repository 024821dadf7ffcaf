/**
 * Models are TypeScript that the author has just saved. They are compiled with esbuild on every run, so a check never sees
 * yesterday's build, and what several protocols share (the world, parking) stays one module: handles have one identity.
 *
 * One protocol that imports nothing but this package becomes a CommonJS script, which Node loads sooner than ECMAScript modules; all
 * others become those (docs/decisions/0002-models-compiled-on-every-run.md).
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { BuildFailure, Message, Metafile, Plugin } from 'esbuild';
import { cannotWrite } from '../counterexample/write-whole.ts';
import { HeddleError } from '../model/error.ts';
import { compiledByProgram, type CompileOptions } from './esbuild-program.ts';
import type { ModelFiles } from './find-models.ts';

/** A protocol, compiled; paths are absolute. */
export type CompiledModel = { readonly name: string } & (
  | {
      /** A CommonJS script that exports `ProtocolModules`. */
      readonly script: string;
    }
  | { readonly model: string; readonly properties: string | undefined }
);

/** The modules of a protocol, each evaluated when it is first asked for; reject with what they throw. */
export interface ProtocolModules {
  readonly model: () => Promise<ModuleExports>;
  readonly properties: (() => Promise<ModuleExports>) | undefined;
}
export type ModuleExports = Readonly<Record<string, unknown>>;

const here = dirname(fileURLToPath(import.meta.url));
const firstOf = (...paths: readonly string[]): string => paths.map((path) => join(here, path)).find(existsSync)!;
/** Beside this module in a bundle, one folder up otherwise: whichever this process runs from. Scripts have an entry of their own. */
const packageEntry = firstOf('index.js', '../index.js');
const scriptEntry = firstOf('script-index.js', '../index.js');
const source = dirname(packageEntry);
/** What all scripts require of the package. */
const authoring = firstOf('chunk-authoring.cjs', '../index.js');
/** Where models get fast-check: the one that this package uses. */
const ownFastCheck = join(here, '../project/own-fast-check.js');
const require = createRequire(import.meta.url);

/**
 * Compiles the models of a root into a folder of its own that is removed when the process exits.
 * Throws `model-not-loaded` with the place that esbuild names, and `cannot-write`.
 */
export async function compileModels(root: string, files: readonly ModelFiles[]): Promise<readonly CompiledModel[]> {
  const outdir = writing(() => outputFolder(root));
  process.once('exit', () => remove(outdir));
  const [only] = files;
  if (only !== undefined && files.length === 1) {
    const script = await compiledToScript(only, outdir);
    if (script !== undefined) return [script];
  }
  return compiledToModules(files, outdir);
}

/** The modules of a compiled protocol; what protocols share is one copy in each thread. */
export function modulesOf(compiled: CompiledModel): ProtocolModules {
  if ('script' in compiled) {
    // What `entryOf` wrote.
    const { model, properties } = require(compiled.script) as Record<keyof ProtocolModules, (() => ModuleExports) | undefined>;
    return { model: async () => model!(), properties: properties && (async () => properties()) };
  }
  const { model, properties } = compiled;
  return { model: () => imported(model), properties: properties === undefined ? undefined : () => imported(properties) };
}

function imported(file: string): Promise<ModuleExports> {
  return import(pathToFileURL(file).href);
}

/**
 * Undefined if it is not to be a script. What it imports of packages, and of Node, would not be the same for it: names that
 * are not there would be undefined, and defaults others. Whatever esbuild reports is left to modules, too.
 */
async function compiledToScript(files: ModelFiles, outdir: string): Promise<CompiledModel | undefined> {
  const entry = join(outdir, 'entry.js');
  const metafile = join(outdir, 'script.json');
  writing(() => writeFileSync(entry, entryOf(files)));
  const compiled = compiledByProgram(
    {
      ...optionsFor(outdir, scriptEntry),
      entryPoints: { script: entry },
      format: 'cjs',
      splitting: false,
      outExtension: { '.js': '.cjs' },
      // What was a module is strict still.
      banner: { js: '"use strict";' },
    },
    metafile,
  );
  // While esbuild works, what the script will ask for is read. If that fails, it fails for the script too, which tells.
  try {
    require(authoring);
  } catch {}
  return (await compiled) && importsOnlyHeddle(metafile, outdir) ? { name: files.name, script: join(outdir, 'script.cjs') } : undefined;
}

function evaluating(file: string): string {
  return `() => require(${JSON.stringify(file)})`;
}

/** The module that a script begins with. */
function entryOf({ model, properties }: ModelFiles): string {
  return `exports.model = ${evaluating(model)};\n${properties === undefined ? '' : `exports.properties = ${evaluating(properties)};\n`}`;
}

function importsOnlyHeddle(metafile: string, outdir: string): boolean {
  // What esbuild wrote.
  const { outputs } = JSON.parse(readFileSync(metafile, 'utf8')) as Metafile;
  return Object.values(outputs).every(({ imports }) =>
    imports.every(({ path, external }) => external !== true || (/^[./]/.test(path) && isOwn(resolve(outdir, path)))),
  );
}

function isOwn(file: string): boolean {
  return file.startsWith(source + sep) && file !== ownFastCheck;
}

async function compiledToModules(files: readonly ModelFiles[], outdir: string): Promise<readonly CompiledModel[]> {
  const options: CompileOptions = {
    ...optionsFor(outdir, packageEntry),
    entryPoints: Object.fromEntries(
      files.flatMap(({ name, model, properties }) => [
        [`models-${name}`, model],
        ...(properties === undefined ? [] : [[`properties-${name}`, properties]]),
      ]),
    ),
    format: 'esm',
    splitting: true,
    outExtension: { '.js': '.mjs' },
    banner: {},
  };
  if (!(await compiledByProgram(options))) await compiledByLibrary(options);
  return files.map(({ name, properties }) => ({
    name,
    model: join(outdir, `models-${name}.mjs`),
    properties: properties === undefined ? undefined : join(outdir, `properties-${name}.mjs`),
  }));
}

/**
 * Models' 'heddle' must be this very package, whichever way the root resolves that name. So must 'fast-check', where they get the
 * arbitraries of their scenarios: values of another version's would not shrink here. The package's entry is a list of re-exports: what
 * a model does not use of it is not loaded, and all that it lists stays outside, be it modules in folders or the chunks of a bundle.
 */
function optionsFor(outdir: string, heddle: string) {
  const folders = readdirSync(source, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return {
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: 'linked',
    alias: { heddle, 'fast-check': ownFastCheck },
    external: [ownFastCheck, ...folders.map(({ name }) => `${join(source, name)}/*`), `${join(source, 'chunk-')}*`],
  } as const;
}

/** With the names that stand for others taken exactly: an alias would stand for what is below them too. */
const exactly = (alias: CompileOptions['alias']): Plugin => ({
  name: 'exactly',
  setup(build) {
    for (const [name, path] of Object.entries(alias))
      build.onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path, external: path === ownFastCheck }));
  },
});

async function compiledByLibrary({ alias, entryPoints, external, ...options }: CompileOptions): Promise<void> {
  const { build } = await import('esbuild');
  try {
    await build({ ...options, entryPoints: { ...entryPoints }, external: [...external], plugins: [exactly(alias)], logLevel: 'silent' });
  } catch (error) {
    throw notCompiled(error as Partial<BuildFailure>);
  }
}

/**
 * Beside the root's packages, so that bare imports of models resolve; in the system's temporary folder if it has none.
 * All files are put into it side by side, and its name is real: esbuild names what is outside relative to it.
 */
function outputFolder(root: string): string {
  const packages = join(root, 'node_modules');
  if (!existsSync(packages)) return mkdtempSync(join(realpathSync(tmpdir()), 'heddle-'));
  mkdirSync(join(packages, '.cache', 'heddle'), { recursive: true });
  return mkdtempSync(join(realpathSync(join(packages, '.cache', 'heddle')), 'models-'));
}

/** Removes a folder that has no others in it: what Node removes folders with at any depth takes longer to load than to run. */
function remove(folder: string): void {
  try {
    for (const file of readdirSync(folder)) unlinkSync(join(folder, file));
    rmdirSync(folder);
  } catch {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writing<T>(write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw noRoom(error);
  }
}

function noRoom(cause: unknown): HeddleError {
  return cannotWrite('what models are compiled to', cause, {
    cure: `It goes to node_modules/.cache where the models are, if they have packages, and to ${tmpdir()} otherwise: make room there, or name another folder: TMPDIR=DIR heddle …`,
  });
}

function notCompiled(failure: Partial<BuildFailure>): HeddleError {
  const [first] = failure.errors ?? [];
  if (first === undefined) return new HeddleError('model-not-loaded', String(failure), { cause: failure });
  if (first.text.startsWith('Failed to write')) return noRoom(new Error(first.text));
  const { location } = first;
  return new HeddleError('model-not-loaded', toldOf(first), {
    where: location ? `${location.file}:${location.line}` : undefined,
    cause: failure,
  });
}

/** What esbuild says; of a name that the package does not export, without the file that only it knows. */
function toldOf({ text }: Message): string {
  const [, file, name] = /^No matching export in "(.+)" for import "(.+)"$/.exec(text) ?? [];
  return file !== undefined && resolve(file) === packageEntry ? `'heddle' exports no ${name}` : text;
}
