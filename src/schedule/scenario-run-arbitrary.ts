import { Arbitrary, stream, Value, type Random, type Stream } from 'fast-check';
import { byPreemptions, compareSizes, sizeOf } from '../explore/size.ts';
import type { Certificate } from '../explore/verdict.ts';
import { keyOf } from '../model/plain-data.ts';
import { scenariosOf } from '../model/protocol.ts';
import { describeExcluded } from './describe-excluded.ts';
import { ByDescription, type GeneratedSystems } from './generated-systems.ts';
import { follow, followable, omissionsOf, rolesOf } from './repair.ts';
import { Run, type Generated } from './run.ts';
import { RunArbitrary, type WalkOptions } from './run-arbitrary.ts';
import type { Runner } from './runner.ts';
import type { Schedule } from './schedule.ts';
import { SmallerScenarios, type Exhaust } from './smaller-scenarios.ts';

/** A complete search takes about a quarter of a second, all of a run's smaller scenarios a few. */
export const defaultExhaust: Exhaust = { each: 200_000, all: 2_000_000 };

export interface ScenarioRunOptions extends WalkOptions {
  /** How far shrinking searches completely; undefined: not at all. */
  readonly exhaust: Exhaust | undefined;
}

/**
 * Runs of generated scenarios: a scenario and a schedule of it, shrunk jointly. First the scenario, by its own arbitrary's
 * rules: the schedule is followed in the smaller one, as far as its steps are still there. Then the schedule, at once to the
 * fewest preemptions and steps where the scenario is small enough to be searched completely, else by dropping what can be
 * dropped. Where all that leads nowhere, all smaller scenarios are searched for another run that breaks the same guarantee;
 * what that excludes is told with the run.
 */
export class ScenarioRunArbitrary extends Arbitrary<Run> {
  readonly #descriptions: Arbitrary<unknown>;
  readonly #runs: ByDescription<RunArbitrary>;
  readonly #smaller: SmallerScenarios | undefined;
  /** What marks runs of this arbitrary. */
  readonly #made = new WeakSet<Generated>();

  constructor(systems: GeneratedSystems, options: ScenarioRunOptions) {
    super();
    this.#descriptions = scenariosOf(systems.protocol).arbitrary;
    this.#runs = new ByDescription((description) => {
      const generated = { description, excluded: (run: Run): readonly string[] => this.#excluded(run) };
      this.#made.add(generated);
      return new RunArbitrary(systems.system(description), { ...options, generated });
    });
    this.#smaller =
      options.exhaust && new SmallerScenarios(this.#descriptions, (description) => this.#runs.get(description).system, options.exhaust);
  }

  override generate(random: Random, biasFactor: number | undefined): Value<Run> {
    const description = this.#descriptions.generate(random, biasFactor);
    return new Value(this.#runs.get(description.value).generate(random).value, description);
  }

  /** A run that was not drawn: an example of somebody's `fc.assert`. Throws HeddleError if the description can't be built. */
  runOf(description: unknown, make: (runner: Runner, ends: () => boolean) => void): Run {
    return this.#runs.get(description).taken(make);
  }

  override canShrinkWithoutContext(value: unknown): value is Run {
    return (
      value instanceof Run &&
      value.generated !== undefined &&
      this.#made.has(value.generated) &&
      this.#descriptions.canShrinkWithoutContext(value.scenario)
    );
  }

  override shrink(run: Run, context: unknown): Stream<Value<Run>> {
    // Each value that was drawn here has the value of its description as its context.
    const description = (context as Value<unknown> | undefined) ?? new Value(run.scenario, undefined);
    return stream(this.#shrink(run, description));
  }

  *#shrink(run: Run, description: Value<unknown>): Generator<Value<Run>, undefined> {
    yield* this.#followed(run, description);
    yield* this.#rescheduled(run, description);
    const [breach] = run.breaches;
    if (breach === undefined || this.#smaller === undefined) return;
    for (const { description: smaller, schedule } of this.#smaller.broken(description, breach.guarantee))
      yield new Value(this.#run(smaller.value_, schedule), smaller);
  }

  /** What is left of the run in the next smaller scenarios. */
  *#followed(run: Run, description: Value<unknown>): Generator<Value<Run>, undefined> {
    const seen = new Set([keyOf(run.scenario)]);
    const broken = followable(this.#runs.get(run.scenario).replayed(run));
    const omissions = run.breaches.length === 0 ? [new Set<never>()] : omissionsOf(broken);
    for (const smaller of this.#descriptions.shrink(description.value_, description.context)) {
      const key = keyOf(smaller.value_);
      if (seen.has(key)) continue;
      seen.add(key);
      const runs = this.#runs.get(smaller.value_);
      const tried = new Set<string>();
      for (const roles of rolesOf(broken.threads, runs.system.scenario.threads))
        for (const omitted of omissions) {
          const candidate = runs.taken((runner, ends) => follow(runner, broken, roles, omitted, ends));
          const schedule = JSON.stringify(candidate.schedule);
          if (tried.has(schedule)) continue;
          tried.add(schedule);
          yield new Value(candidate, smaller);
        }
    }
  }

  /** Smaller runs of the same scenario. */
  *#rescheduled(run: Run, description: Value<unknown>): Generator<Value<Run>, undefined> {
    const [breach] = run.breaches;
    const minimum = breach && this.#smaller?.minimum(run.scenario, breach.guarantee);
    if (minimum?.kind === 'violated') {
      if (compareSizes(minimum.size, sizeOf(run, byPreemptions)) < 0)
        yield new Value(this.#run(run.scenario, minimum.violation.schedule), description);
      return;
    }
    for (const { value } of this.#runs.get(run.scenario).shrink(run)) yield new Value(value, description);
  }

  #run(description: unknown, { initial, choices }: Schedule): Run {
    return this.runOf(description, (runner) => {
      runner.begin(initial);
      for (const choice of choices) runner.take(choice);
    });
  }

  /** What is known of smaller runs of the same scenario; undefined before shrinking has asked. */
  certificateOf(run: Run): Certificate | undefined {
    const minimum = this.#smaller?.knownMinimum(run.scenario, run.breaches[0]?.guarantee ?? -1);
    if (minimum === undefined || minimum.kind === 'none') return undefined;
    return minimum.kind === 'open' ? minimum.certificate : minimum.violation.certificate;
  }

  /** Whether all that is smaller has been searched: runs of the same scenario, and all scenarios that shrinking leads to. */
  isSmallest(run: Run): boolean {
    const smaller = this.#smaller?.smaller(run.scenario, run.breaches[0]?.guarantee ?? -1);
    return smaller?.all === true && smaller.open.length === 0 && this.certificateOf(run)?.minimal === true;
  }

  #excluded(run: Run): readonly string[] {
    const [breach] = run.breaches;
    if (breach === undefined || this.#smaller === undefined) return [];
    const { guarantee } = breach;
    return describeExcluded(run, this.#smaller.knownMinimum(run.scenario, guarantee), this.#smaller.smaller(run.scenario, guarantee));
  }
}
