import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One run of a command: what a person waits, and what the machine works. */
export interface Timed {
  /** From start to end, in seconds. */
  readonly wall: number;
  /** Processor time of the command and its children, user and system, in seconds. */
  readonly cpu: number;
  /** What it printed, on both streams. */
  readonly output: string;
}

/**
 * The environment of what is measured: as here, but for certificates that the machine's owner adds to Node's own. Node reads all
 * of them before it runs anything: 0.06 s of each start, on machines behind a proxy that has its own, and on no other.
 */
const { NODE_EXTRA_CA_CERTS: _, ...environment } = process.env;

/**
 * Runs a shell script in a folder and times it with bash's own `time`, to the millisecond. Throws with the output if the
 * script fails.
 */
export function timed(script: string, folder: string): Timed {
  const printed = join(folder, 'printed');
  const { status, stderr } = spawnSync('bash', ['-c', `TIMEFORMAT='%3R %3U %3S'; time bash -c "$1" >"$2" 2>&1`, 'timed', script, printed], {
    cwd: folder,
    env: environment,
    encoding: 'utf8',
  });
  const output = readFileSync(printed, 'utf8');
  if (status !== 0) throw new Error(`${script}\nended with ${status}:\n${output}${stderr}`);
  const [wall = Number.NaN, user = Number.NaN, system = Number.NaN] = stderr.trim().split(/\s+/).map(Number);
  return { wall, cpu: user + system, output };
}

/** Whether a command is installed. */
export function installed(command: string): boolean {
  return spawnSync('bash', ['-c', 'command -v "$1"', 'installed', command]).status === 0;
}

/** The first line that matches, of what a command prints about itself. */
export function versionLine(script: string, line = /\S/): string {
  const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  return (
    `${stdout}\n${stderr}`
      .split('\n')
      .find((text) => line.test(text))
      ?.trim() ?? 'unknown'
  );
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
