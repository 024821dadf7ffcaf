import { infiniteStream, sample, type Stream } from 'fast-check';
import type { Layout } from '../kernel/layout.ts';
import type { System } from '../kernel/system.ts';
import { Visited } from '../kernel/visited.ts';
import type { Run } from '../schedule/run.ts';
import { defaultMaxSteps, RunArbitrary } from '../schedule/run-arbitrary.ts';
import type { Runner } from '../schedule/runner.ts';
import type { Progress, Search } from './search.ts';
import type { Cut, Exploration, Verdict } from './verdict.ts';

export interface RandomWalksOptions {
  /** The same seed, the same runs. */
  readonly seed: number;
  /** How many runs. */
  readonly schedules: number;
  /** Steps of a run at most; 200 unless told otherwise. */
  readonly maxSteps?: number;
  /** Budget for the visited states, in bytes. */
  readonly maxBytes?: number;
  /** End once all of these guarantees are violated; empty or absent: once all are. */
  readonly untilViolated?: readonly number[];
}

/**
 * Random runs, drawn and shrunk by fast-check's rules. What it doesn't find may exist all the same, and it never says
 * otherwise: its verdicts are `violated`, by a run that is shrunk and not known to be minimal, or `not-found`.
 *
 * A guarantee that was broken no longer ends a run, so that one violation does not hide the others.
 */
export class RandomWalks implements Search {
  readonly system: System;
  readonly #options: RandomWalksOptions;
  readonly #maxSteps: number;
  readonly #runs: Stream<Run>;
  #visited: Visited;
  /** How the visited states are packed. */
  #layout: Layout;
  /** By guarantee, shrunk. */
  readonly #found = new Map<number, Run>();
  #schedules = 0;
  #transitions = 0;
  /** Steps of the longest run. */
  #depth = 0;
  #finished = false;
  #milliseconds = 0;

  constructor(system: System, options: RandomWalksOptions) {
    this.system = system;
    this.#options = options;
    this.#maxSteps = options.maxSteps ?? defaultMaxSteps;
    this.#layout = system.layout;
    this.#visited = new Visited(system.layout.words, options.maxBytes);
    const runs = new RunArbitrary(system, {
      maxSteps: this.#maxSteps,
      counts: (guarantee) => !this.#found.has(guarantee),
      visit: (runner) => this.#visit(runner),
    });
    // A stream draws its values one by one from one seeded generator, and this one keeps none.
    const [stream] = sample(infiniteStream(runs, { noHistory: true }), { seed: options.seed, numRuns: 1 });
    this.#runs = stream!;
  }

  get progress(): Progress {
    return {
      states: this.#visited.size,
      transitions: this.#transitions,
      depth: this.#depth,
      frontier: this.#finished ? 0 : this.#options.schedules - this.#schedules,
    };
  }

  /** Runs up to `count` schedules. True when the search has ended. Throws HeddleError if the model is at fault. */
  advance(count: number): boolean {
    const began = performance.now();
    for (let done = 0; done < count && !this.#finished; done++) this.#run();
    this.#milliseconds += performance.now() - began;
    return this.#finished;
  }

  /** Ends the search where it is. What it has run it has run, so its verdicts stay true and the reason is not kept. */
  cut(_reason: Cut): void {
    this.#finished = true;
  }

  #run(): void {
    const run = this.#runs.next().value as Run;
    this.#schedules++;
    this.#transitions += run.steps;
    this.#depth = Math.max(this.#depth, run.steps);
    for (const { guarantee } of run.breaches) this.#found.set(guarantee, this.#shrunk(run, guarantee));
    if (this.#schedules >= this.#options.schedules || this.#enough()) this.#finished = true;
    if (this.#visited.full) this.cut('memory');
  }

  #enough(): boolean {
    const wanted = this.#options.untilViolated ?? [];
    if (wanted.length === 0) return this.#found.size === this.system.guarantees.length;
    return wanted.every((guarantee) => this.#found.has(guarantee));
  }

  /** As fast-check shrinks: the first smaller run that breaks the same guarantee, and again from there. */
  #shrunk(broken: Run, guarantee: number): Run {
    const runs = new RunArbitrary(this.system, { maxSteps: this.#maxSteps, counts: (other) => other === guarantee });
    let best = broken;
    for (;;) {
      const smaller = find(runs.shrink(best), ({ value }) => value.breaches.length > 0);
      if (smaller === undefined) return best;
      best = smaller.value;
    }
  }

  #visit(runner: Runner): void {
    if (runner.layout !== this.#layout) this.#repack(runner.layout);
    this.#visited.add(runner.state, -1);
  }

  /** A field was widened: the states seen so far, in the new packing. */
  #repack(layout: Layout): void {
    const old = this.#visited;
    this.#visited = new Visited(layout.words, this.#options.maxBytes);
    const state = new Int32Array(layout.words);
    for (let number = 0; number < old.size; number++) {
      layout.fields.forEach((_, field) => layout.write(state, field, this.#layout.read(old.states, field, number * old.words)));
      this.#visited.add(state, -1);
    }
    this.#layout = layout;
  }

  /** What the search knows now. */
  result(): Exploration {
    return {
      engine: 'random',
      states: this.#visited.size,
      transitions: this.#transitions,
      depth: this.#depth,
      milliseconds: this.#milliseconds,
      verdicts: this.system.guarantees.map((_, guarantee): Verdict => {
        const run = this.#found.get(guarantee);
        if (run === undefined)
          return { kind: 'not-found', bound: { kind: 'schedules', schedules: this.#schedules, steps: this.#maxSteps, strategy: 'walk' } };
        const says = run.breaches.find((breach) => breach.guarantee === guarantee)?.says ?? '';
        return { kind: 'violated', minimal: false, violation: { guarantee, says, schedule: run.schedule } };
      }),
    };
  }
}

function find<T>(values: Iterable<T>, accepts: (value: T) => boolean): T | undefined {
  for (const value of values) if (accepts(value)) return value;
  return undefined;
}
