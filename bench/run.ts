/**
 * Heddle side by side with SPIN and TLC, measured in turn within one run; writes bench/results.json, the comparison in
 * bench/README.md and bench/chart.svg.
 *
 * npm run bench [-- [--quick] [--runs N] [--only NAME]…]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Explored } from './explore-raw.ts';
import { chart } from './chart.ts';
import { Heddle, type HeddleRun } from './peers/heddle.ts';
import { compilerFlags, Pan, runFlags, spinIsInstalled, spinVersion, type SpinRun, type SpinSettings } from './peers/spin.ts';
import { howToGetTlc, Tlc, tlcIsMissing, tlcVersion, type TlcRun } from './peers/tlc.ts';
import { comparison, smallestForBytes, withSection } from './report.ts';
import type { Cold, Measured, Results } from './results.ts';
import { subjects, type Subject } from './subjects.ts';
import { median, versionLine } from './timed.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const models = `${repository}bench/models`;
/** TLC needs minutes beyond this. */
const largestForTlc = 200_000;
/** A way of using SPIN that took this much longer than the fastest at its first try is not tried again. */
const hopeless = 1.3;
/**
 * Cold starts are measured so often in a round if each takes less than `shortStart` seconds: single ones differ by a fifth, and of
 * SPIN's ways the one with the least median counts, which is the lower the fewer runs each median is of.
 */
const shortRepeats = 3;
const shortStart = 0.5;

const coldSettings = (['dfs', 'bfs'] as const).flatMap((order) =>
  (['-O0', '-O1', '-O2'] as const).map((optimise): SpinSettings => ({ order, optimise, reduce: true })),
);
const rawSettings = (['dfs', 'bfs'] as const).map((order): SpinSettings => ({ order, optimise: '-O2', reduce: false }));

/** One subject while it is measured. */
class Bench {
  readonly #subject: Subject;
  readonly #heddle: Heddle;
  readonly #cold: readonly Pan[];
  readonly #raw: readonly Pan[];
  readonly #tlc: Tlc | undefined;
  readonly #heddleCold: HeddleRun[] = [];
  readonly #heddleRaw: Explored[] = [];
  readonly #spinCold: readonly SpinRun[][] = coldSettings.map(() => []);
  readonly #spinRaw: readonly SpinRun[][] = rawSettings.map(() => []);
  readonly #tlcCold: TlcRun[] = [];
  readonly #heap: number;

  constructor(subject: Subject, withTlc: boolean) {
    this.#subject = subject;
    this.#heddle = new Heddle(repository, subject);
    const pans = (all: readonly SpinSettings[]): readonly Pan[] =>
      spinIsInstalled ? all.map((settings) => new Pan(models, subject, settings)) : [];
    this.#cold = pans(coldSettings);
    this.#raw = pans(rawSettings);
    for (const pan of this.#raw) pan.compile();
    this.#tlc = withTlc && subject.states <= largestForTlc ? new Tlc(models, subject) : undefined;
    this.#heap = subject.states >= smallestForBytes ? (this.#tlc?.smallestHeap() ?? 0) : 0;
  }

  /** Measures everything once, and what is short more often. */
  measure(): void {
    this.#coldStarts();
    if (this.#areShort) for (let more = 1; more < shortRepeats; more++) this.#coldStarts();
    this.#heddleRaw.push(this.#heddle.explore());
    this.#raw.forEach((pan, index) => this.#spinRaw[index]!.push(pan.explore()));
    if (this.#tlc !== undefined) this.#tlcCold.push(this.#tlc.coldStart());
  }

  #coldStarts(): void {
    const first = this.#heddleCold.length === 0;
    this.#heddleCold.push(this.#heddle.coldStart());
    const limit = hopeless * this.#fastestSpin;
    this.#cold.forEach((pan, index) => {
      if (first || this.#spinCold[index]![0]!.wall <= limit) this.#spinCold[index]!.push(pan.coldStart());
    });
  }

  /** Seconds that the fastest way of using SPIN took at its first try. */
  get #fastestSpin(): number {
    return Math.min(...this.#spinCold.map(([run]) => run?.wall ?? Number.POSITIVE_INFINITY));
  }

  get #areShort(): boolean {
    return this.#heddleCold[0]!.wall < shortStart && this.#fastestSpin < shortStart;
  }

  /** Medians. Throws if the checkers did not count the same raw states. */
  result(): Measured {
    const { name, family, threads, states } = this.#subject;
    for (const run of [...this.#heddleRaw, ...this.#spinRaw.flat(), ...this.#tlcCold])
      if (run.states !== states) throw new Error(`${name} has ${states} states, and a checker counted ${run.states}`);
    return {
      name,
      family,
      threads,
      states,
      transitions: this.#heddleRaw[0]!.transitions,
      heddle: { cold: coldOf(this.#heddleCold), raw: { rate: rateOf(this.#heddleRaw), bytes: this.#heddleRaw[0]!.bytes / states } },
      spin: this.#cold.length === 0 ? undefined : this.#spin(),
      tlc: this.#tlc && { cold: coldOf(this.#tlcCold), heap: this.#heap },
    };
  }

  #spin(): Measured['spin'] {
    const cold = this.#spinCold.map((runs, index) => ({ ...coldOf(runs), flags: this.#flags(coldSettings[index]!) }));
    const raw = this.#spinRaw.map((runs, index) => ({ rate: rateOf(runs), flags: this.#flags(rawSettings[index]!) }));
    return {
      cold: cold.reduce((best, other) => (other.wall < best.wall ? other : best)),
      raw: {
        ...raw.reduce((best, other) => (other.rate > best.rate ? other : best)),
        bytes: Math.min(...this.#spinRaw.map(([run]) => run!.bytes)) / this.#subject.states,
      },
    };
  }

  #flags(settings: SpinSettings): string {
    return `${compilerFlags(settings)} ${runFlags(this.#subject, settings)}`;
  }

  remove(): void {
    for (const checker of [this.#heddle, ...this.#cold, ...this.#raw, this.#tlc]) checker?.remove();
  }
}

function coldOf(runs: readonly (HeddleRun | SpinRun | TlcRun)[]): Cold {
  return { wall: median(runs.map(({ wall }) => wall)), cpu: median(runs.map(({ cpu }) => cpu)), states: runs[0]!.states };
}

function rateOf(runs: readonly { readonly states: number; readonly cpu: number }[]): number {
  return median(runs.map(({ states, cpu }) => states / Math.max(cpu, 0.001)));
}

const { values } = parseArgs({
  options: { quick: { type: 'boolean' }, runs: { type: 'string' }, only: { type: 'string', multiple: true }, draw: { type: 'boolean' } },
});
const resultsFile = `${repository}bench/results.json`;

async function measureAll(): Promise<Results> {
  const quick = values.quick === true;
  const [load = 0] = loadavg();
  const runs = Number(values.runs ?? (quick ? 1 : 5));
  const chosen = subjects.filter(({ name, states }) => values.only?.includes(name) ?? (!quick || states <= 200_000));
  if (!spinIsInstalled) console.error('SPIN is not measured: spin or gcc is not installed');
  const tlcMissing = quick ? '--quick leaves it out' : tlcIsMissing();
  if (tlcMissing !== undefined) console.error(`TLC is not measured: ${tlcMissing}`);
  const benches = chosen.map((subject) => {
    console.error(`preparing ${subject.name}`);
    return new Bench(subject, tlcMissing === undefined);
  });
  try {
    // Ctrl-C once: the round in hand is finished, and what has been measured is told.
    let done = 0;
    const interrupt = new AbortController();
    process.once('SIGINT', () => interrupt.abort());
    for (; done < runs && !interrupt.signal.aborted; done++)
      for (const [index, bench] of benches.entries()) {
        console.error(`run ${done + 1} of ${runs}: ${chosen[index]!.name}`);
        bench.measure();
        await new Promise(setImmediate);
      }
    return {
      format: 'heddle-bench/1',
      date: new Date().toISOString().slice(0, 10),
      runs: done,
      machine: {
        Processor: `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores`,
        Heddle: `Node ${process.version}`,
        ...(spinIsInstalled ? { SPIN: spinVersion() } : {}),
        ...(tlcMissing === undefined ? { TLC: tlcVersion(), 'Where TLC is from': howToGetTlc } : {}),
        System: versionLine('uname -sr'),
        'Load while measuring': `${load.toFixed(0)} before, ${(loadavg()[0] ?? 0).toFixed(0)} after, on ${cpus().length} cores`,
      },
      tlcMissing,
      subjects: benches.map((bench) => bench.result()),
    };
  } finally {
    for (const bench of benches) bench.remove();
  }
}

const results = values.draw === true ? (JSON.parse(readFileSync(resultsFile, 'utf8')) as Results) : await measureAll();
if (values.quick === true || values.only !== undefined) console.log(comparison(results));
else {
  const readme = `${repository}bench/README.md`;
  writeFileSync(resultsFile, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(`${repository}bench/chart.svg`, chart(results));
  writeFileSync(readme, withSection(readFileSync(readme, 'utf8'), comparison(results)));
  console.log(comparison(results));
}
