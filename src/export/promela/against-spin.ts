/** For tests: SPIN's verdict on a system beside Heddle's, where SPIN and a C compiler are installed. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BreadthFirst } from '../../explore/breadth-first.ts';
import type { System } from '../../kernel/system.ts';
import { HeddleError } from '../../model/error.ts';
import { promela, type PromelaOptions } from './program.ts';

/** What SPIN said about a program after a search of all its states. */
export interface SpinAnswer {
  /** States stored. */
  readonly states: number;
  /** The first names in the assertions that failed: guarantees, as the program names them. */
  readonly broken: ReadonlySet<string>;
}

/** tcc compiles a verifier fifteen times faster than gcc, and these are run for less time than that. */
const compilers = ['tcc', 'gcc'];

function isInstalled(program: string): boolean {
  return spawnSync(program, ['-v']).error === undefined;
}

/** What the verifier says if its search was cut at the depth that it was given. */
const tooDeep = 'max search depth too small';

/** The C compiler for verifiers; undefined where SPIN can't be run. */
export const compiler: string | undefined = isInstalled('spin') ? compilers.find(isInstalled) : undefined;

/** What a test that needs SPIN logs where there is none. */
export const missing = 'skipped: SPIN and a C compiler are not installed (apt-get install spin tcc)';

/** What SPIN and Heddle do not agree on, in words; undefined if they agree on the number of states and on what is broken. */
export function difference(system: System, options: Partial<PromelaOptions> = {}): string | undefined {
  const spin = runSpin(promela(system, { title: 'a test', ...options }));
  const heddle = explored(system);
  if (heddle === 'model at fault') return spin.broken.has('model_is_sound') ? undefined : 'SPIN does not find that the model is at fault';
  const choosing = system.scenario.initial.some(({ values }) => values.length > 1) ? 1 : 0;
  if (heddle.states !== spin.states - choosing) return `Heddle visits ${heddle.states} states, SPIN ${spin.states - choosing}`;
  return said(heddle.broken) === said(spin.broken) ? undefined : `Heddle finds ${said(heddle.broken)} broken, SPIN ${said(spin.broken)}`;
}

function said(names: Iterable<string>): string {
  return [...names].toSorted().join(' ') || 'nothing';
}

function explored(system: System): { readonly states: number; readonly broken: readonly string[] } | 'model at fault' {
  const search = new BreadthFirst(system);
  try {
    while (!search.advance(100_000));
  } catch (error) {
    if (error instanceof HeddleError && error.code === 'value-outside-domain') return 'model at fault';
    throw error;
  }
  const { states, verdicts } = search.result();
  const names = verdicts.flatMap(({ kind }, number) => (kind === 'violated' ? [system.guarantees[number]!.name] : []));
  return { states, broken: names.map((name) => `${name.replaceAll(/\W/g, '_')}_holds`) };
}

/** Generates, compiles and runs the verifier, to the end of the search. Throws if SPIN or the compiler complains. */
export function runSpin(program: string): SpinAnswer {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-spin-'));
  const run = (command: string, args: readonly string[]): string => {
    const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 28 });
    if (error !== undefined) throw error;
    if (status !== 0) throw new Error(`${command} exits with ${status}: ${stdout.slice(0, 500)} ${stderr.slice(0, 500)}`);
    return stdout;
  };
  try {
    writeFileSync(join(folder, 'program.pml'), program);
    const says = run('spin', ['-a', 'program.pml']);
    if (says !== '') throw new Error(`spin -a says: ${says.slice(0, 500)}`);
    run(compiler!, ['-O0', '-w', '-DSAFETY', '-DNOREDUCE', '-DVECTORSZ=8192', '-o', 'pan', 'pan.c']);
    // All errors, not the first alone: they change nothing in what is reached.
    const search = (depth: number): string => run(join(folder, 'pan'), ['-c0', `-m${depth}`, '-w18']);
    const small = search(5000);
    return answerOf(small.includes(tooDeep) ? search(1_000_000) : small);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function answerOf(output: string): SpinAnswer {
  const states = /([\d.e+]+) states, stored/.exec(output)?.[1];
  const complaints = output
    .split('\n')
    .filter((line) => /^(?:pan:|error:)/.test(line) && !/assertion violated|: elapsed|: rate/.test(line));
  if (states === undefined || complaints.length > 0 || output.includes(tooDeep))
    throw new Error(`the verifier says: ${complaints.join('\n') || output.slice(0, 500)}`);
  return { states: Number(states), broken: new Set(Array.from(output.matchAll(/assertion violated \(*!?(\w+)/g), (match) => match[1]!)) };
}
