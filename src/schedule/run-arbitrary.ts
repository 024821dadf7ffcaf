import { Arbitrary, stream, Value, type Random, type Stream } from 'fast-check';
import type { System } from '../kernel/system.ts';
import { draftOf, runDraft, type Draft } from './draft.ts';
import { edits, prefixes } from './edits.ts';
import { Run, type Generated } from './run.ts';
import { Runner } from './runner.ts';
import { defaultMaxSteps } from './schedule.ts';

export interface WalkOptions {
  /** Where a run that breaks nothing ends. */
  readonly maxSteps?: number | undefined;
  /** Whether a guarantee, by number, counts: a run ends where it breaks one, and tells of no others. All do unless told otherwise. */
  readonly counts?: (guarantee: number) => boolean;
  /** The system's scenario, if it was generated. */
  readonly generated?: Generated;
  /** Sees the runner in each state of a generated run. */
  readonly visit?: (runner: Runner) => void;
}

/**
 * The runs of a system, as fast-check sees them: a uniform random walk over what is enabled, shrunk by the domain.
 * Each value is feasible. A shrunk run is smaller in the order of preemptions, steps, switches and number of the initial
 * state, so shrinking ends. Values share one runner and are made one at a time.
 */
export class RunArbitrary extends Arbitrary<Run> {
  readonly system: System;
  readonly #runner: Runner;
  readonly #maxSteps: number;
  readonly #counts: (guarantee: number) => boolean;
  readonly #visit: (runner: Runner) => void;
  readonly #generated: Generated | undefined;

  constructor(system: System, options: WalkOptions = {}) {
    super();
    this.system = system;
    this.#runner = new Runner(system);
    this.#maxSteps = options.maxSteps ?? defaultMaxSteps;
    this.#counts = options.counts ?? (() => true);
    this.#visit = options.visit ?? (() => undefined);
    this.#generated = options.generated;
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

  /** The runner, after it has done what the run did. It is the one that all values share. */
  replayed(run: Run): Runner {
    const runner = this.#runner;
    runner.begin(run.schedule.initial);
    for (const choice of run.schedule.choices) runner.take(choice);
    return runner;
  }

  /** The run that somebody makes the runner do; `ends` says where it ends. */
  taken(make: (runner: Runner, ends: () => boolean) => void): Run {
    make(this.#runner, () => this.#ends());
    return this.#taken();
  }

  *#shrink(run: Run): Generator<Value<Run>, undefined> {
    const runner = this.replayed(run);
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
    return this.taken((runner, ends) => runDraft(runner, draft, ends));
  }

  #taken(): Run {
    return new Run(this.#runner, this.#counts, this.#generated);
  }

  #ends(): boolean {
    return this.#runner.breaches.some(({ guarantee }) => this.#counts(guarantee));
  }
}

function isSmaller(run: Run, than: Run): boolean {
  const by =
    run.preemptions - than.preemptions ||
    run.steps - than.steps ||
    run.switches - than.switches ||
    run.schedule.initial - than.schedule.initial;
  return by < 0;
}
