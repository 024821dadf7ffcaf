import { Arbitrary, stream, Value, type Random, type Stream } from 'fast-check';
import type { System } from '../kernel/system.ts';
import { draftOf, runDraft, type Draft } from './draft.ts';
import { edits, prefixes } from './edits.ts';
import { Run } from './run.ts';
import { Runner } from './runner.ts';

/** Steps of a random run, unless told otherwise. */
export const defaultMaxSteps = 200;

export interface WalkOptions {
  /** Where a run that breaks nothing ends. */
  readonly maxSteps?: number | undefined;
  /** Whether a guarantee, by number, counts: a run ends where it breaks one, and tells of no others. All do unless told otherwise. */
  readonly counts?: (guarantee: number) => boolean;
  /** Sees the runner in each state of a generated run. */
  readonly visit?: (runner: Runner) => void;
}

/**
 * The runs of a system, as fast-check sees them: a uniform random walk over what is enabled, shrunk by the domain.
 * Each value is feasible. A shrunk run is smaller in the order of steps, preemptions, switches and number of the initial
 * state, so shrinking ends. Values share one runner and are made one at a time.
 */
export class RunArbitrary extends Arbitrary<Run> {
  readonly system: System;
  readonly #runner: Runner;
  readonly #maxSteps: number;
  readonly #counts: (guarantee: number) => boolean;
  readonly #visit: (runner: Runner) => void;

  constructor(system: System, options: WalkOptions = {}) {
    super();
    this.system = system;
    this.#runner = new Runner(system);
    this.#maxSteps = options.maxSteps ?? defaultMaxSteps;
    this.#counts = options.counts ?? (() => true);
    this.#visit = options.visit ?? (() => undefined);
  }

  override generate(random: Random): Value<Run> {
    const runner = this.#runner;
    runner.begin(random.nextInt(0, runner.initialStates - 1));
    this.#visit(runner);
    while (runner.enabled > 0 && runner.choices.length < this.#maxSteps && !this.#ends()) {
      runner.take(runner.choice(random.nextInt(0, runner.enabled - 1)));
      if (!runner.faulted) this.#visit(runner);
    }
    return new Value(this.#taken(), undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is Run {
    return value instanceof Run && value.system === this.system;
  }

  override shrink(run: Run): Stream<Value<Run>> {
    return stream(this.#shrink(run));
  }

  *#shrink(run: Run): Generator<Value<Run>, undefined> {
    const runner = this.#runner;
    runner.begin(run.schedule.initial);
    for (const choice of run.schedule.choices) runner.take(choice);
    const draft = draftOf(runner);
    const seen = new Set<string>();
    const attempts = run.breaches.length === 0 ? prefixes(draft) : edits(draft, runner.initialStates);
    for (const attempt of attempts) {
      const candidate = this.#attempt(attempt);
      if (!isSmaller(candidate, run)) continue;
      const key = `${candidate.schedule.initial} ${candidate.schedule.choices.map(({ thread, pick }) => `${thread}.${pick}`).join(' ')}`;
      if (seen.has(key)) continue;
      seen.add(key);
      yield new Value(candidate, undefined);
    }
  }

  #attempt(draft: Draft): Run {
    runDraft(this.#runner, draft, () => this.#ends());
    return this.#taken();
  }

  #taken(): Run {
    return new Run(this.#runner, this.#counts);
  }

  #ends(): boolean {
    return this.#runner.breaches.some(({ guarantee }) => this.#counts(guarantee));
  }
}

function isSmaller(run: Run, than: Run): boolean {
  const by =
    run.steps - than.steps ||
    run.preemptions - than.preemptions ||
    run.switches - than.switches ||
    run.schedule.initial - than.schedule.initial;
  return by < 0;
}
