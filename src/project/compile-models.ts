/**
 * Models are TypeScript that the author has just saved. They are bundled with esbuild on every run, so a check never sees
 * yesterday's build, and what several protocols share (the world, parking) stays one module: handles have one identity.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmdirSync, rmSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { BuildFailure, Plugin } from 'esbuild';
import { HeddleError } from '../model/error.ts';
import { bundledByProgram, type BundleOptions } from './esbuild-program.ts';
import type { ModelFiles } from './find-models.ts';

/** A protocol's files, compiled: absolute paths of modules that Node can import. */
export interface CompiledModel {
  readonly name: string;
  readonly model: string;
  readonly properties: string | undefined;
}

const here = dirname(fileURLToPath(import.meta.url));
const firstOf = (...paths: readonly string[]): string => paths.map((path) => join(here, path)).find(existsSync)!;
/** Beside this module in a bundle, one folder up otherwise: whichever this process runs from. */
const packageEntry = firstOf('index.js', '../index.js');
/** Where models get fast-check: the one that this package uses. */
const ownFastCheck = join(here, '../project/own-fast-check.js');
/** What all models import of the package. */
const authoring = firstOf('chunk-authoring.js', '../index.js');

/**
 * Models import 'heddle'; it must be this very package, whichever way the root resolves that name. So must 'fast-check', where
 * they get the arbitraries of their scenarios: values of another version's would not shrink here.
 */
const heddleIsThisPackage: Plugin = {
  name: 'heddle',
  setup(build) {
    build.onResolve({ filter: /^heddle$/ }, () => ({ path: pathToFileURL(packageEntry).href, external: true }));
    build.onResolve({ filter: /^fast-check$/ }, () => ({ path: pathToFileURL(ownFastCheck).href, external: true }));
  },
};

/**
 * Compiles the models of a root into a folder of its own that is removed when the process exits.
 * Throws `model-not-loaded` with the place that esbuild names.
 */
export async function compileModels(root: string, files: readonly ModelFiles[]): Promise<readonly CompiledModel[]> {
  const outdir = outputFolder(root);
  process.once('exit', () => remove(outdir));
  const entryPoints: Readonly<Record<string, string>> = Object.fromEntries(
    files.flatMap(({ name, model, properties }) => [
      [`models-${name}`, model],
      ...(properties === undefined ? [] : [[`properties-${name}`, properties]]),
    ]),
  );
  const bundle: BundleOptions = { entryPoints, outdir, heddle: packageEntry, fastCheck: ownFastCheck };
  const bundled = bundledByProgram(bundle);
  // While esbuild works, what models will ask for is read. If that fails, it fails for them too, and they tell.
  import(pathToFileURL(authoring).href).catch(() => {});
  if (!(await bundled)) await bundledByLibrary(bundle);
  return files.map(({ name, properties }) => ({
    name,
    model: join(outdir, `models-${name}.mjs`),
    properties: properties === undefined ? undefined : join(outdir, `properties-${name}.mjs`),
  }));
}

async function bundledByLibrary({ entryPoints, outdir }: BundleOptions): Promise<void> {
  const { build } = await import('esbuild');
  try {
    await build({
      entryPoints,
      outdir,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      packages: 'external',
      sourcemap: 'linked',
      plugins: [heddleIsThisPackage],
      logLevel: 'silent',
    });
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

function notCompiled(failure: Partial<BuildFailure>): HeddleError {
  const [first] = failure.errors ?? [];
  if (first === undefined) return new HeddleError('model-not-loaded', String(failure), { cause: failure });
  const { location } = first;
  return new HeddleError('model-not-loaded', first.text, {
    where: location ? `${location.file}:${location.line}` : undefined,
    cause: failure,
  });
}
