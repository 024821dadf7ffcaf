/**
 * esbuild without its JavaScript interface, which takes longer to start than most models take to check (0.08 s of processor
 * time against 0.02 s). What it can't do, or does wrong, is left to the interface.
 */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Options that both ways of calling esbuild share. */
export interface BundleOptions {
  /** Files by the name of their output. */
  readonly entryPoints: Readonly<Record<string, string>>;
  readonly outdir: string;
  /** The package's own entry, which 'heddle' stands for. */
  readonly heddle: string;
  /** The module that exports the fast-check that the package uses, which 'fast-check' stands for. */
  readonly fastCheck: string;
}

/** Bundles with esbuild's program. False if it isn't found or reports anything: the interface then says what. */
export function bundledByProgram({ entryPoints, outdir, heddle, fastCheck }: BundleOptions): Promise<boolean> {
  const program = programOf();
  if (program === undefined) return Promise.resolve(false);
  const source = dirname(heddle);
  // 'heddle' is a list of re-exports: what a model does not use of it is not loaded, and all that it lists stays outside,
  // be it modules in folders or the chunks of a bundle.
  const outside = readdirSync(source, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `--external:${join(source, name)}/*`)
    .concat(`--external:${join(source, 'chunk-')}*`);
  const options = [
    ...Object.entries(entryPoints).map(([name, file]) => `${name}=${file}`),
    `--outdir=${outdir}`,
    '--out-extension:.js=.mjs',
    '--bundle',
    '--splitting',
    '--format=esm',
    '--platform=node',
    '--target=node20',
    '--packages=external',
    '--sourcemap=linked',
    '--log-level=warning',
    `--alias:heddle=${heddle}`,
    `--alias:fast-check=${fastCheck}`,
    `--external:${fastCheck}`,
    ...outside,
  ];
  return new Promise((resolve) => {
    execFile(program, options, (error, _output, said) => resolve(error === null && said === ''));
  });
}

/** Where npm put the program for this platform. */
function programOf(): string | undefined {
  if (process.platform === 'win32') return undefined;
  try {
    const library = createRequire(import.meta.url).resolve('esbuild');
    return createRequire(library).resolve(`@esbuild/${process.platform}-${process.arch}/bin/esbuild`);
  } catch {
    return undefined;
  }
}
