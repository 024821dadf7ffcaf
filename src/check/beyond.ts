/**
 * What a check spends beyond its scope: scenarios drawn from the protocol's own arbitrary. Each is searched completely if a
 * probe shows that it is small enough, and otherwise by random schedules. What breaks a guarantee there is shrunk jointly.
 *
 * The same seed draws the same scenarios and schedules, whatever the machine and however many variants run beside.
 */
import { Arbitrary, sample, Stream, Value, type Random } from 'fast-check';
import { Exhaustive } from '../explore/exhaustive.ts';
import { RandomSearch } from '../explore/random/random-search.ts';
import type { StrategyName } from '../explore/strategies/names.ts';
import { drive, type Progress } from '../explore/search.ts';
import type { Exploration, Violation } from '../explore/verdict.ts';
import type { System } from '../kernel/system.ts';
import { keyOf } from '../model/plain-data.ts';
import { scenariosOf, type Protocol, type Variant } from '../model/protocol.ts';
import type { Guarantee } from '../property/property.ts';
import { GeneratedSystems } from '../schedule/generated-systems.ts';
import type { Run } from '../schedule/run.ts';
import { defaultExhaust, ScenarioRunArbitrary } from '../schedule/scenario-run-arbitrary.ts';
import { maxSteps, probe, schedulesEach, type Beyond, type BrokenBeyond, type SpentScenario } from './spent.ts';

export interface BeyondOptions {
  readonly seed: number;
  /** Random schedules: one scenario is drawn for each 500. */
  readonly schedules: number;
  /** Wall-clock budget; no scenario is begun after it. */
  readonly seconds?: number | undefined;
  /** How schedules are drawn; `walk` unless told otherwise. */
  readonly strategy?: StrategyName | undefined;
  /** PCT's bug depth. */
  readonly depth?: number | undefined;
  /** Of visited states, in bytes. */
  readonly maxBytes: number;
  readonly interrupted?: () => boolean;
  readonly onProgress?: (progress: Progress, seconds: number) => void;
}

/** Looks for runs that break the guarantees of these numbers in generated scenarios. Throws HeddleError if the model is at fault. */
export async function exploreBeyond(
  protocol: Protocol,
  variant: Variant<unknown>,
  guarantees: readonly Guarantee[],
  counted: readonly number[],
  options: BeyondOptions,
): Promise<Beyond> {
  const began = performance.now();
  const systems = new GeneratedSystems(protocol, variant, guarantees);
  const broken = new Map<number, BrokenBeyond>();
  const scenarios: SpentScenario[] = [];
  for (const [index, description] of drawn(protocol, options).entries()) {
    const left = options.seconds === undefined ? undefined : options.seconds - (performance.now() - began) / 1000;
    const wanted = counted.filter((guarantee) => !broken.has(guarantee));
    if (options.interrupted?.() === true || wanted.length === 0 || (left !== undefined && left <= 0)) break;
    const { spent, exploration } = await spend(systems, description.value_, index, { ...options, seconds: left });
    scenarios.push(spent);
    for (const guarantee of wanted) {
      const verdict = exploration.verdicts[guarantee]!;
      if (verdict.kind === 'violated') broken.set(guarantee, smallest(systems, description, verdict.violation, exploration.engine));
    }
  }
  return { scenarios, counted, broken: [...broken.values()] };
}

async function spend(
  systems: GeneratedSystems,
  description: unknown,
  index: number,
  options: BeyondOptions,
): Promise<{ readonly spent: SpentScenario; readonly exploration: Exploration }> {
  const system = systems.system(description);
  const search = new Exhaustive(system, { maxBytes: options.maxBytes });
  const small = await drive(search, {
    slice: 5000,
    ...options,
    interrupted: () => search.progress.states > probe || options.interrupted?.() === true,
  });
  const done = search.search.complete;
  const exploration = done ? small : await drive(random(system, index, options), { slice: 20, ...options });
  const { states, transitions, engine } = exploration;
  const bound = exploration.verdicts.flatMap((verdict) =>
    verdict.kind === 'not-found' && verdict.bound.kind === 'schedules' ? [verdict.bound.schedules] : [],
  );
  // One search has one risk, whatever the guarantee.
  const [residualRisk = null] = exploration.verdicts.flatMap((verdict) =>
    verdict.kind === 'not-found' && verdict.residualRisk !== null ? [verdict.residualRisk] : [],
  );
  const schedules = done ? 0 : (bound[0] ?? schedulesEach);
  return { spent: { description, engine, complete: done, states, transitions, schedules, residualRisk }, exploration };
}

function random(system: System, index: number, { seed, strategy, depth }: BeyondOptions): RandomSearch {
  return new RandomSearch(system, { seed: seedOf(seed, index), schedules: schedulesEach, maxSteps, strategy, depth });
}

/** Schedules of one scenario say nothing about those of another. */
function seedOf(seed: number, index: number): number {
  return (seed + Math.imul(index + 1, 0x9e3779b1)) >>> 0;
}

/** Descriptions without repetition, with what their arbitrary needs to shrink them. */
function drawn(protocol: Protocol, { seed, schedules }: BeyondOptions): readonly Value<unknown>[] {
  const wanted = Math.max(1, Math.round(schedules / schedulesEach));
  const values = sample(new Kept(scenariosOf(protocol).arbitrary), { seed, numRuns: 3 * wanted });
  const distinct = new Map(values.map((value) => [keyOf(value.value_), value]));
  return [...distinct.values()].slice(0, wanted);
}

/** Gives what another arbitrary draws together with its context. */
class Kept extends Arbitrary<Value<unknown>> {
  readonly #inner: Arbitrary<unknown>;
  constructor(inner: Arbitrary<unknown>) {
    super();
    this.#inner = inner;
  }
  override generate(random: Random, biasFactor: number | undefined): Value<Value<unknown>> {
    return new Value(this.#inner.generate(random, biasFactor), undefined);
  }
  override canShrinkWithoutContext(_value: unknown): _value is Value<unknown> {
    return false;
  }
  override shrink(): Stream<Value<Value<unknown>>> {
    return Stream.nil();
  }
}

/** Shrinks scenario and schedule as fast-check does: the first smaller one that breaks the same guarantee, and again from there. */
function smallest(
  systems: GeneratedSystems,
  description: Value<unknown>,
  violation: Violation,
  engine: 'exhaustive' | 'random',
): BrokenBeyond {
  const { guarantee, schedule } = violation;
  const runs = new ScenarioRunArbitrary(systems, { counts: (other) => other === guarantee, maxSteps, exhaust: defaultExhaust });
  const found = runs.runOf(description.value_, (runner) => {
    runner.begin(schedule.initial);
    for (const choice of schedule.choices) runner.take(choice);
  });
  // What is broken by a run without end has no step that breaks it: it stays as it was found.
  if (found.breaches.length === 0) return { description: description.value_, violation, engine, minimal: false };
  let best: Value<Run> = new Value(found, description);
  for (;;) {
    const smaller = first(runs.shrink(best.value_, best.context), ({ value_ }) => value_.breaches.length > 0);
    if (smaller === undefined) break;
    best = smaller;
  }
  const run = best.value_;
  const says = run.breaches.find((breach) => breach.guarantee === guarantee)?.says ?? violation.says;
  const certificate = runs.certificateOf(run);
  return {
    description: run.scenario,
    violation: { guarantee, says, schedule: run.schedule, ...(certificate === undefined ? {} : { certificate }) },
    engine,
    minimal: runs.isSmallest(run),
  };
}

function first<T>(values: Iterable<T>, accepts: (value: T) => boolean): T | undefined {
  for (const value of values) if (accepts(value)) return value;
  return undefined;
}
