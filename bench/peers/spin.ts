/** SPIN on the hand-written Promela models: generate, compile, run, and read what pan prints. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installed, timed, versionLine, type Timed } from '../timed.ts';
import type { Subject } from '../subjects.ts';

export type Order = 'dfs' | 'bfs';

/** One way of using SPIN. */
export interface SpinSettings {
  readonly order: Order;
  /** What gcc is told. */
  readonly optimise: '-O0' | '-O1' | '-O2';
  /** Partial-order reduction, SPIN's default. */
  readonly reduce: boolean;
}

export interface SpinRun extends Timed {
  readonly states: number;
  /** Hash table and stored states, without the stack of the depth-first search. */
  readonly bytes: number;
}

export const spinIsInstalled = installed('spin') && installed('gcc');

export function spinVersion(): string {
  return `${versionLine('spin -V')}, ${versionLine('gcc --version')}`;
}

/** Safety only, and without the checks of array bounds and of fairness that these models do not need. */
export function compilerFlags({ order, optimise, reduce }: SpinSettings): string {
  return [
    optimise,
    '-DSAFETY',
    '-DNOFAIR',
    '-DNOBOUNDCHECK',
    ...(reduce ? [] : ['-DNOREDUCE']),
    ...(order === 'bfs' ? ['-DBFS'] : []),
  ].join(' ');
}

/** A hash table of twice as many slots as states, and a stack that any search fits: sized as if the answer were known. */
export function runFlags({ states }: Subject, { order }: SpinSettings): string {
  const slots = Math.max(18, Math.ceil(Math.log2(states)) + 1);
  return order === 'bfs' ? `-w${slots}` : `-w${slots} -m${states + 100}`;
}

/** A subject's pan in a folder of its own. */
export class Pan {
  readonly #subject: Subject;
  readonly #settings: SpinSettings;
  readonly #folder = mkdtempSync(join(tmpdir(), 'heddle-bench-'));

  /** @param models the folder with the Promela files */
  constructor(models: string, subject: Subject, settings: SpinSettings) {
    this.#subject = subject;
    this.#settings = settings;
    copyFileSync(join(models, subject.family, `${subject.family}.pml`), join(this.#folder, 'model.pml'));
  }

  get #generate(): string {
    const defines = Object.entries(this.#subject.defines).map(([name, value]) => `-D${name}=${value}`);
    return `spin ${defines.join(' ')} -a model.pml && gcc -w ${compilerFlags(this.#settings)} -o pan pan.c`;
  }

  get #search(): string {
    return `./pan ${runFlags(this.#subject, this.#settings)}`;
  }

  /** From the model to the verdict. */
  coldStart(): SpinRun {
    return verdictOf(timed(`${this.#generate} && ${this.#search}`, this.#folder));
  }

  compile(): void {
    timed(this.#generate, this.#folder);
  }

  /** The search alone, after `compile`. */
  explore(): SpinRun {
    return verdictOf(timed(this.#search, this.#folder));
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Throws unless pan visited everything and found nothing. */
function verdictOf(run: Timed): SpinRun {
  const { output } = run;
  if (!/errors: 0$/m.test(output) || /search depth too small|not completed|out of memory/i.test(output))
    throw new Error(`pan did not come to the verdict that the model holds:\n${output}`);
  const megabytes =
    numberIn(output, /([\d.]+)\s+total actual memory usage/) - (numberIn(output, /([\d.]+)\s+memory used for DFS stack/) || 0);
  return { ...run, states: numberIn(output, /(\d+) states, stored/), bytes: megabytes * 2 ** 20 };
}

function numberIn(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? Number.NaN);
}
