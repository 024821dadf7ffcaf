/**
 * esbuild without its JavaScript interface, which takes longer to start than most models take to check (0.08 s of processor
 * time against 0.02 s). What it can't do, or does wrong, is left to the interface.
 */
import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** What both ways of calling esbuild are told, by the names that its interface has for it. */
export interface CompileOptions {
  /** Files by the names of their outputs. */
  readonly entryPoints: Readonly<Record<string, string>>;
  readonly outdir: string;
  readonly outExtension: Readonly<Record<string, string>>;
  readonly bundle: true;
  readonly format: 'cjs' | 'esm';
  readonly splitting: boolean;
  readonly platform: 'node';
  readonly target: 'node20';
  readonly packages: 'external';
  readonly sourcemap: 'linked';
  readonly banner: Readonly<Record<string, string>>;
  /** What names stand for. */
  readonly alias: Readonly<Record<string, string>>;
  /** Patterns of paths that are left as they are. */
  readonly external: readonly string[];
}

/**
 * Compiles with esbuild's program. False if it isn't found or reports anything: the interface then says what.
 * @param metafile where it should write what the outputs import
 */
export function compiledByProgram(options: CompileOptions, metafile?: string): Promise<boolean> {
  const program = programOf();
  if (program === undefined) return Promise.resolve(false);
  const flags = [...flagsOf(options), ...(metafile === undefined ? [] : [`--metafile=${metafile}`]), '--log-level=warning'];
  // A file, because Node takes longer to make ready for reading from a process than esbuild takes to compile a model.
  const said = openSync(join(options.outdir, 'said'), 'w');
  return new Promise<boolean>((resolve) => {
    const running = spawn(program, flags, { stdio: ['ignore', 'ignore', said] });
    running.once('error', () => resolve(false));
    running.once('exit', (code) => resolve(code === 0 && fstatSync(said).size === 0));
  }).finally(() => closeSync(said));
}

/** The command line that says the same as the interface's options. */
function flagsOf({ entryPoints, ...options }: CompileOptions): readonly string[] {
  const flags = Object.entries(options).flatMap(([name, value]: [string, unknown]) => {
    const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (Array.isArray(value)) return value.map((each) => `${flag}:${each}`);
    if (typeof value === 'object' && value !== null) return Object.entries(value).map(([key, each]) => `${flag}:${key}=${each}`);
    return [typeof value === 'boolean' ? (value ? flag : '') : `${flag}=${String(value)}`];
  });
  return [...Object.entries(entryPoints).map(([output, file]) => `${output}=${file}`), ...flags].filter((each) => each !== '');
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
