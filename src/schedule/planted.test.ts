/**
 * Violations of every violating variant of compute-max-procs, planted in scenarios of four callers with three calls each,
 * shrink to the callers and calls that matter and to the fewest preemptions. `HEDDLE_PLANTED_SEEDS=100` plants each 100 times.
 */
import test from 'ava';
import * as fc from 'fast-check';
import computeMaxProcs from '../../models/compute-max-procs/index.ts';
import { guarantees as documented } from '../../properties/compute-max-procs.ts';
import { minimalViolation } from '../explore/minimal-violation.ts';
import { stops } from '../kernel/kernel.ts';
import { withBuiltIn } from '../property/property.ts';
import { GeneratedSystems } from './generated-systems.ts';
import { followable, signatureOf, type Followable } from './repair.ts';
import type { Run } from './run.ts';
import { Runner } from './runner.ts';
import { defaultExhaust, ScenarioRunArbitrary } from './scenario-run-arbitrary.ts';

const seeds = Number(process.env['HEDDLE_PLANTED_SEEDS'] ?? 1);
const guarantees = withBuiltIn(documented, true);

interface Described {
  readonly changes: number;
  readonly limit: number;
  readonly custom: boolean;
  readonly callers: readonly (readonly string[])[];
}

/** The smallest scenario that breaks a guarantee: who calls what, and where the limit starts. */
type Smallest = readonly [
  variant: string,
  guarantee: string,
  limit: number,
  callers: Described['callers'],
  preemptions: number,
  steps: number,
];

const one = [['GOMAXPROCS(1)']];
const two = [['GOMAXPROCS(2)']];
const nothing = [['GOMAXPROCS(0)']];
const beside = [['GOMAXPROCS(2)'], ['SetDefaultGOMAXPROCS']];
const after = [['GOMAXPROCS(1)', 'SetDefaultGOMAXPROCS']];
const smallest: readonly Smallest[] = [
  ['go1.25-e481a08e', 'g1-no-automatic-update', 2, one, 0, 54],
  ['go1.25-e481a08e', 'g1-after-a-change', 1, beside, 1, 103],
  ['go1.25-e481a08e', 'g2-no-update-syscalls', 1, one, 0, 13],
  ['go1.25-e481a08e', 'g2-after-a-change', 1, beside, 1, 62],
  ['go1.25-e481a08e', 'g3-flag-follows-value', 1, beside, 1, 55],
  ['go1.25-e481a08e', 'g3-one-at-a-time', 1, [...two, ...two], 0, 53],
  ['go1.25-e481a08e', 'g5-updates-can-resume', 2, after, 1, 139],
  ['before-e481a08e', 'g1-no-automatic-update', 2, one, 0, 51],
  ['before-e481a08e', 'g2-no-update-syscalls', 1, one, 0, 12],
  ['before-e481a08e', 'g2-after-a-change', 1, two, 1, 31],
  ['before-e481a08e', 'g3-one-at-a-time', 1, [...two, ...two], 0, 51],
  ['before-e481a08e', 'g5-updates-can-resume', 2, after, 2, 134],
  ['sysmon-reads-before-lock', 'g2-no-update-syscalls', 1, one, 1, 17],
  ['sysmon-reads-before-lock', 'g2-after-a-change', 1, two, 1, 37],
  ['waits-before-flag', 'g2-no-update-syscalls', 1, two, 1, 37],
  ['waits-before-flag', 'g2-after-a-change', 1, two, 1, 37],
  ['no-recheck', 'g1-no-automatic-update', 2, one, 0, 54],
  ['recheck-before-stop', 'g1-no-automatic-update', 2, one, 0, 58],
  ['holds-lock-across-stop', 'g6-lock-discipline', 1, two, 0, 10],
  ['holds-lock-across-stop', 'g6-no-deadlock', 2, one, 1, 91],
  ['waits-under-sched-lock', 'g6-no-deadlock', 1, one, 1, 7],
  ['waits-under-sched-lock', 'g6-lock-order', 1, one, 0, 5],
  ['sysmon-takes-worldsema', 'g4-no-throw', 1, nothing, 0, 2],
  ['sysmon-ignores-idle', 'g4-procs-not-shared', 2, nothing, 0, 37],
  ['sysmon-ignores-idle', 'g4-no-throw', 2, nothing, 0, 39],
  ['sysmon-ignores-idle', 'g6-no-deadlock', 2, nothing, 0, 21],
  ['sysmon-keeps-lock', 'g6-lock-order', 2, nothing, 0, 18],
];

test('each violation that some variant of compute-max-procs is expected to have, and that ends, is planted', (t) => {
  // What only a run without end breaks is found on the graph, and is no schedule to plant.
  const endless = new Set(guarantees.filter(({ property }) => property.kind === 'liveness').map(({ name }) => name));
  t.deepEqual(
    smallest.map(([variant, guarantee]) => `${variant} ${guarantee}`),
    computeMaxProcs.variants.flatMap(({ name, expects }) =>
      Object.keys(expects).flatMap((guarantee) => (endless.has(guarantee) ? [] : [`${name} ${guarantee}`])),
    ),
  );
});

/** The same callers among four with three calls each; the others, and the other calls, only ask for the value. */
function padded(callers: Described['callers'], random: (below: number) => number): { callers: string[][]; places: readonly number[] } {
  const places = pick(4, callers.length, random);
  const all = Array.from({ length: 4 }, () => Array.from({ length: 3 }, () => 'GOMAXPROCS(0)'));
  callers.forEach((calls, index) => {
    pick(3, calls.length, random).forEach((place, number) => (all[places[index]!]![place] = calls[number]!));
  });
  return { callers: all, places };
}

/** `count` of the numbers below `below`, ascending. */
function pick(below: number, count: number, random: (below: number) => number): readonly number[] {
  const left = Array.from({ length: below }, (_, number) => number);
  while (left.length > count) left.splice(random(left.length), 1);
  return left;
}

/** Does what a run does, in a larger scenario: before and between its steps others do theirs at random, and those that have done all they are for. */
function plant(
  runner: Runner,
  { steps }: Followable,
  threadOf: (small: number) => number,
  random: (below: number) => number,
  ends: () => boolean,
): void {
  const { threads } = runner.system.scenario;
  /** By thread: steps of the run that it has still to take. */
  const left = threads.map((_, thread) => steps.filter((step) => threadOf(step.thread) === thread).length);
  const isNoise = (thread: number): boolean => left[thread] === 0 && (thread < 4 || (over && threads[thread]!.environment));
  let over = false;
  const disturb = (): boolean => {
    const enabled = Array.from({ length: runner.enabled }, (_, number) => runner.choice(number)).filter(({ thread }) => isNoise(thread));
    if (enabled.length > 0) runner.take(enabled[random(enabled.length)]!);
    return enabled.length > 0;
  };
  runner.begin(0);
  for (const { thread: small, pick, signature } of steps) {
    const thread = threadOf(small);
    for (;;) {
      if (random(3) === 0 && disturb()) continue;
      if (pick === stops) {
        if (runner.isEnabled({ thread, pick })) break;
      } else if (runner.waysOf(thread) > 0) {
        if (signatureOf(runner.localState(thread)) === signature) break;
        // A call that was put before.
        runner.take({ thread, pick: 0 });
        continue;
      }
      if (!disturb()) throw new Error(`${threads[thread]!.name} can't go on with ${signature}`);
    }
    runner.take({ thread, pick });
    left[thread]!--;
  }
  // What breaks only when nobody else is under way.
  over = true;
  while (!ends() && disturb());
}

for (const [variant, guarantee, limit, callers, preemptions, steps] of smallest)
  test(`${variant}: a violation of ${guarantee} among four callers with three calls each shrinks to ${callers.flat().length}`, (t) => {
    const number = guarantees.findIndex(({ name }) => name === guarantee);
    const systems = new GeneratedSystems(
      computeMaxProcs,
      computeMaxProcs.variants.find(({ name }) => name === variant)!,
      guarantees,
    );
    const description: Described = { changes: 0, limit, custom: false, callers };
    const system = systems.system(description);
    const minimum = minimalViolation(system, number);
    if (minimum.kind !== 'violated') return t.fail(minimum.kind);
    const runner = new Runner(system);
    runner.begin(minimum.violation.schedule.initial);
    for (const choice of minimum.violation.schedule.choices) runner.take(choice);
    const small = followable(runner);

    const runs = new ScenarioRunArbitrary(systems, { counts: (broken) => broken === number, exhaust: defaultExhaust });
    for (let seed = 1; seed <= seeds; seed++) {
      const draws = fc.sample(fc.infiniteStream(fc.nat(), { noHistory: true }), { seed, numRuns: 1 })[0]!;
      const random = (below: number): number => draws.next().value! % below;
      const { callers: all, places } = padded(callers, random);
      const threadOf = (thread: number): number => (thread < callers.length ? places[thread]! : thread - callers.length + 4);
      const planted = runs.runOf({ ...description, changes: random(4), callers: all }, (runner, ends) =>
        plant(runner, small, threadOf, random, ends),
      );
      const began = process.cpuUsage();
      const { counterexample } = fc.check(
        fc.property(runs, ({ violations }) => violations.length === 0),
        { examples: [[planted]], numRuns: 1, seed },
      );
      const seconds = process.cpuUsage(began).user / 1e6;
      const [shrunk] = counterexample as [Run];
      t.deepEqual(
        { scenario: shrunk.scenario, preemptions: shrunk.preemptions, steps: shrunk.steps },
        { scenario: description, preemptions, steps },
        `seed ${seed}: ${String(shrunk)}`,
      );
      t.regex(String(shrunk), /smallest of its scenario: .*\n.*(that shrinking leads to|no scenario is smaller)/);
      t.true(seconds < 10, `seed ${seed}: ${seconds} s`);
      t.log(`seed ${seed}: from ${planted.steps} steps with ${planted.preemptions} preemptions, ${seconds.toFixed(1)} s`);
    }
    return undefined;
  });
