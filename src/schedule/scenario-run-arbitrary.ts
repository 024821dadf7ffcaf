import { Arbitrary, stream, Value, type Random, type Stream } from 'fast-check';
import { keyOf } from '../model/plain-data.ts';
import { exhausted } from './exhausted.ts';
import { ByDescription, scenariosOf, type GeneratedSystems } from './generated-systems.ts';
import { follow, followable, omissionsOf, rolesOf } from './repair.ts';
import type { Run } from './run.ts';
import { RunArbitrary, type WalkOptions } from './run-arbitrary.ts';
import type { Runner } from './runner.ts';
import type { Schedule } from './schedule.ts';

/** States up to which smaller scenarios are searched completely, unless told otherwise: a quarter of a second each. */
export const defaultExhaust = 200_000;

export interface ScenarioRunOptions extends WalkOptions {
  /** States up to which a smaller scenario is searched completely before it is given up; 0: none is. */
  readonly exhaust?: number | undefined;
}

/**
 * Runs of generated scenarios: a scenario and a schedule of it, shrunk jointly. First the scenario, by its own arbitrary's
 * rules: the schedule is followed in the smaller one, as far as its steps are still there. Then the schedule. Where all that
 * leads nowhere, the next smaller scenarios are searched for another run that breaks the same guarantee, completely if they
 * have no more than `exhaust` states.
 */
export class ScenarioRunArbitrary extends Arbitrary<Run> {
  readonly #descriptions: Arbitrary<unknown>;
  readonly #runs: ByDescription<RunArbitrary>;
  readonly #exhaust: number;
  /** Scenarios in which a search found no run that breaks the guarantee, or did not end: `guarantee description`. */
  readonly #unbroken = new Set<string>();

  constructor(systems: GeneratedSystems, options: ScenarioRunOptions = {}) {
    super();
    this.#exhaust = options.exhaust ?? defaultExhaust;
    this.#descriptions = scenariosOf(systems.protocol).arbitrary;
    this.#runs = new ByDescription((scenario) => new RunArbitrary(systems.system(scenario), { ...options, scenario }));
  }

  override generate(random: Random, biasFactor: number | undefined): Value<Run> {
    const description = this.#descriptions.generate(random, biasFactor);
    return new Value(this.#runs.get(description.value).generate(random).value, description);
  }

  override canShrinkWithoutContext(_value: unknown): _value is Run {
    return false;
  }

  override shrink(run: Run, context: unknown): Stream<Value<Run>> {
    // Each value was made here, with the value of its description as its context.
    return stream(this.#shrink(run, context as Value<unknown>));
  }

  *#shrink(run: Run, description: Value<unknown>): Generator<Value<Run>, undefined> {
    const seen = new Set([keyOf(run.scenario)]);
    const [breach] = run.breaches;
    const broken = followable(this.#runs.get(run.scenario).replayed(run));
    const omissions = breach === undefined ? [new Set<never>()] : omissionsOf(broken);
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
    for (const { value } of this.#runs.get(run.scenario).shrink(run)) yield new Value(value, description);
    if (breach !== undefined && this.#exhaust > 0) yield* this.#searched(description, breach.guarantee);
  }

  /** Runs of the next smaller scenarios, found by complete search. */
  *#searched(description: Value<unknown>, guarantee: number): Generator<Value<Run>, undefined> {
    for (const smaller of this.#descriptions.shrink(description.value_, description.context)) {
      const key = `${guarantee} ${keyOf(smaller.value_)}`;
      if (this.#unbroken.has(key)) continue;
      const runs = this.#runs.get(smaller.value_);
      const found = exhausted(runs.system, guarantee, this.#exhaust);
      if (found.kind === 'breaks')
        yield new Value(
          runs.taken((runner) => replay(runner, found.schedule)),
          smaller,
        );
      else this.#unbroken.add(key);
    }
  }
}

function replay(runner: Runner, { initial, choices }: Schedule): void {
  runner.begin(initial);
  for (const choice of choices) runner.take(choice);
}
