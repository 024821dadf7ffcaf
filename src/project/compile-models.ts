/**
 * Models are TypeScript that the author has just saved. They are bundled with esbuild on every run, so a check never sees
 * yesterday's build, and what several protocols share (the world, parking) stays one module: handles have one identity.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuildFailure, Message } from 'esbuild';
import { cannotWrite } from '../counterexample/write-whole.ts';
import { HeddleError } from '../model/error.ts';
import { bundledByProgram, settings, type BundleOptions } from './esbuild-program.ts';
import type { ModelFiles } from './find-models.ts';

/** A protocol, compiled. */
export interface CompiledModel {
  readonly name: string;
  /** Absolute path of the CommonJS script that all protocols of a run were compiled to (`modulesOf`). */
  readonly script: string;
}

/** The modules of a protocol, each evaluated when it is first asked for; throws what it throws. */
export interface ProtocolModules {
  readonly model: () => ModuleExports;
  readonly properties: (() => ModuleExports) | undefined;
}
export type ModuleExports = Readonly<Record<string, unknown>>;

const here = dirname(fileURLToPath(import.meta.url));
const firstOf = (...paths: readonly string[]): string => paths.map((path) => join(here, path)).find(existsSync)!;
/** Beside this module in a bundle, one folder up otherwise: whichever this process runs from. */
const packageEntry = firstOf('index.js', '../index.js');
/** What all models require of the package. */
const authoring = firstOf('chunk-authoring.cjs', '../index.js');
/** Where models get fast-check: the one that this package uses. */
const ownFastCheck = join(here, '../project/own-fast-check.js');
const require = createRequire(import.meta.url);

/**
 * Compiles the models of a root into a folder of its own that is removed when the process exits.
 * Throws `model-not-loaded` with the place that esbuild names, and `cannot-write`.
 */
export async function compileModels(root: string, files: readonly ModelFiles[]): Promise<readonly CompiledModel[]> {
  const { entry, script } = outputOf(root, files);
  const bundle: BundleOptions = {
    entry,
    script,
    // Models' 'heddle' must be this very package, whichever way the root resolves that name. So must 'fast-check', where they
    // get the arbitraries of their scenarios: values of another version's would not shrink here.
    alias: { heddle: packageEntry, 'fast-check': ownFastCheck },
    external: [ownFastCheck, ...ownModules()],
  };
  const bundled = bundledByProgram(bundle);
  // While esbuild works, what models will ask for is read. If that fails, it fails for them too, and they tell.
  try {
    require(authoring);
  } catch {}
  if (!(await bundled)) await bundledByLibrary(bundle);
  return files.map(({ name }) => ({ name, script }));
}

/** The modules of a compiled protocol; what protocols share is one copy in each thread. */
export function modulesOf({ name, script }: CompiledModel): ProtocolModules {
  // What `entryOf` wrote.
  return (require(script) as Readonly<Record<string, ProtocolModules>>)[name]!;
}

/** The module that all begins with: `ProtocolModules` by name of protocol. */
function entryOf(files: readonly ModelFiles[]): string {
  const rows = files.map(
    ({ name, model, properties }) => `${JSON.stringify(name)}: { model: ${evaluating(model)}, properties: ${evaluating(properties)} },\n`,
  );
  return `module.exports = {\n${rows.join('')}};\n`;
}

function evaluating(file: string | undefined): string {
  return file === undefined ? 'undefined' : `() => require(${JSON.stringify(file)})`;
}

/**
 * Patterns of the modules that the package's entry lists. It is a list of re-exports: what a model does not use of it is not loaded,
 * and all that it lists stays outside, be it modules in folders or the chunks of a bundle.
 */
function ownModules(): readonly string[] {
  const source = dirname(packageEntry);
  return readdirSync(source, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${join(source, name)}/*`)
    .concat(`${join(source, 'chunk-')}*`);
}

async function bundledByLibrary({ entry, script, alias, external }: BundleOptions): Promise<void> {
  const { build } = await import('esbuild');
  try {
    await build({ ...settings, entryPoints: [entry], outfile: script, alias, external: [...external], logLevel: 'silent' });
  } catch (error) {
    throw notCompiled(error as Partial<BuildFailure>, entry);
  }
}

/** Where a run is compiled to, with its entry already there. */
function outputOf(root: string, files: readonly ModelFiles[]): { readonly entry: string; readonly script: string } {
  try {
    const folder = outputFolder(root);
    process.once('exit', () => remove(folder));
    const entry = join(folder, 'entry.js');
    writeFileSync(entry, entryOf(files));
    return { entry, script: join(folder, 'models.cjs') };
  } catch (error) {
    throw noRoom(error);
  }
}

function noRoom(cause: unknown): HeddleError {
  return cannotWrite('what models are compiled to', cause, {
    cure: `It goes to node_modules/.cache where the models are, if they have packages, and to ${tmpdir()} otherwise: make room there, or name another folder: TMPDIR=DIR heddle …`,
  });
}

/**
 * Beside the root's packages, so that what models require resolves; in the system's temporary folder if it has none.
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

function notCompiled(failure: Partial<BuildFailure>, entry: string): HeddleError {
  const [first] = failure.errors ?? [];
  if (first === undefined) return new HeddleError('model-not-loaded', String(failure), { cause: failure });
  if (first.text.startsWith('Failed to write')) return noRoom(new Error(first.text));
  const location = placeOf(first, entry);
  return new HeddleError('model-not-loaded', toldOf(first), {
    where: location ? `${location.file}:${location.line}` : undefined,
    cause: failure,
  });
}

/** Where the mistake is: esbuild may tell of it where the module is asked for, and name the place beside that. */
function placeOf({ location, notes }: Message, entry: string): Message['location'] {
  if (location === null || resolve(location.file) !== entry) return location;
  return notes.find((note) => note.location !== null)?.location ?? null;
}

/** What esbuild says; of a name that the package does not export, without the file that only it knows. */
function toldOf({ text }: Message): string {
  const [, file, name] = /^No matching export in "(.+)" for import "(.+)"$/.exec(text) ?? [];
  return file !== undefined && resolve(file) === packageEntry ? `'heddle' exports no ${name}` : text;
}
