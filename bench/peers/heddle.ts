/** Heddle itself, as its user runs it: a model project below bench/, and the command. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Explored } from '../explore-raw.ts';
import type { Subject } from '../subjects.ts';
import { timed, type Timed } from '../timed.ts';

export interface HeddleRun extends Timed {
  /** States visited with everything on. */
  readonly states: number;
}

/** What the user types after `npx heddle`. */
export function checkCommand({ name }: Subject): string {
  return `check ${name} --root bench`;
}

export class Heddle {
  readonly #subject: Subject;
  readonly #repository: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'heddle-bench-'));

  /** @param repository the folder with bench/ and dist/ */
  constructor(repository: string, subject: Subject) {
    this.#repository = repository;
    this.#subject = subject;
  }

  /** From the model to the verdict. */
  coldStart(): HeddleRun {
    const run = timed(`cd '${this.#repository}' && node dist/src/command/main.cjs ${checkCommand(this.#subject)}`, this.#folder);
    const states = /^([\d,]+) states in /m.exec(run.output);
    if (states === null || !/^All \d+ results are as expected\.$/m.test(run.output))
      throw new Error(`heddle did not come to the verdict that the model holds:\n${run.output}`);
    return { ...run, states: Number(states[1]!.replaceAll(',', '')) };
  }

  /** The search alone, on raw automata, without reduction. */
  explore(): Explored {
    const { output } = timed(`node '${this.#repository}/dist/bench/explore-raw.js' ${this.#subject.name}`, this.#folder);
    // explore-raw.ts prints one Explored.
    return JSON.parse(output) as Explored;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
