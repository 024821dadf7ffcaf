/** For tests: the command line as a process of its own. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a command printed, and its exit code; undefined if a signal ended it. */
export interface Run {
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Interrupts the command (SIGINT) as soon as its standard output matches. */
  readonly interruptWhen?: RegExp;
}

const main = fileURLToPath(new URL('./main.cjs', import.meta.url));

/** How many commands run at once: each takes a core for a while. */
const atOnce = 2;
let running = 0;
const waiting: (() => void)[] = [];

/** Runs `heddle` with these arguments to its end. */
export async function runHeddle(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  if (running === atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
  else running++;
  try {
    return await spawned(args, options);
  } finally {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  }
}

function spawned(args: readonly string[], { cwd, env, interruptWhen }: RunOptions): Promise<Run> {
  // What the tests' own runner says about colours and widths is not for the command.
  const { FORCE_COLOR: _force, NO_COLOR: _no, COLUMNS: _columns, ...inherited } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], { cwd, env: { ...inherited, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    let interrupted = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (interruptWhen === undefined || interrupted || !interruptWhen.test(stdout)) return;
      interrupted = true;
      child.kill('SIGINT');
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? undefined, stdout, stderr }));
  });
}
