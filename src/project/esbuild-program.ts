/**
 * esbuild without its JavaScript interface, which takes longer to start than most models take to check (0.08 s of processor
 * time against 0.02 s). What it can't do, or does wrong, is left to the interface.
 */
import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';

/** What both ways of calling esbuild are told; the rest is the same for all models (`settings`). */
export interface BundleOptions {
  /** The module to begin with. */
  readonly entry: string;
  /** The script to write; its source map lies beside it. */
  readonly script: string;
  /** What names stand for. */
  readonly alias: Readonly<Record<string, string>>;
  /** Patterns of paths that the script requires as they are. */
  readonly external: readonly string[];
}

/** How models are compiled, by the names that esbuild's interface has for it. */
export const settings = {
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  sourcemap: 'linked',
  // What was a module is strict still.
  banner: { js: '"use strict";' },
} as const;

/** Bundles with esbuild's program. False if it isn't found or reports anything: the interface then says what. */
export function bundledByProgram({ entry, script, alias, external }: BundleOptions): Promise<boolean> {
  const program = programOf();
  if (program === undefined) return Promise.resolve(false);
  const { bundle: _, banner, ...rest } = settings;
  const options = [
    entry,
    '--bundle',
    `--outfile=${script}`,
    ...Object.entries(rest).map(([name, value]) => `--${name}=${value}`),
    `--banner:js=${banner.js}`,
    ...Object.entries(alias).map(([name, file]) => `--alias:${name}=${file}`),
    ...external.map((pattern) => `--external:${pattern}`),
    '--log-level=warning',
  ];
  // A file, because Node takes longer to make ready for reading from a process than esbuild takes to compile a model.
  const said = openSync(`${script}.said`, 'w');
  return new Promise<boolean>((resolve) => {
    const running = spawn(program, options, { stdio: ['ignore', 'ignore', said] });
    running.once('error', () => resolve(false));
    running.once('exit', (code) => resolve(code === 0 && fstatSync(said).size === 0));
  }).finally(() => closeSync(said));
}

/** Where npm put the program for this platform. */
function programOf(): string | undefined {
  if (process.platform === 'win32') return undefined;
  try {
    const { resolve } = createRequire(import.meta.url);
    return resolve(`@esbuild/${process.platform}-${process.arch}/bin/esbuild`, { paths: [resolve('esbuild')] });
  } catch {
    return undefined;
  }
}
