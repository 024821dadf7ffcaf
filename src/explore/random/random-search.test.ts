import test from 'ava';
import computeMaxProcs from '../../../models/compute-max-procs/index.ts';
import { guarantees as documented } from '../../../properties/compute-max-procs.ts';
import { System } from '../../kernel/system.ts';
import { bool, gate } from '../../model/handle.ts';
import { acquirem, releasem, store } from '../../model/operations.ts';
import { scenario, thread } from '../../model/protocol.ts';
import { routine } from '../../model/routine.ts';
import { needsWholeGraph } from '../../property/needs-whole-graph.ts';
import { withBuiltIn } from '../../property/property.ts';
import { keepsCount, lostUpdate } from '../../schedule/lost-update.ts';
import { run } from '../../schedule/run.ts';
import { BreadthFirst } from '../breadth-first.ts';
import { strategyNames } from '../strategies/names.ts';
import type { Exploration } from '../verdict.ts';
import { RandomSearch } from './random-search.ts';
import { settled, type RandomSearchOptions } from './settings.ts';
import { Share } from './share.ts';
import { blockSize, Tally } from './tally.ts';

const guarantees = withBuiltIn(documented, true);

function procs(variant: string, scope: string, automata: 'raw' | 'minimised'): System {
  const { routines } = computeMaxProcs.variants.find(({ name }) => name === variant)!;
  const { scenario } = computeMaxProcs.scopes.find(({ name }) => name === scope)!;
  return new System(computeMaxProcs.handles, computeMaxProcs.ranks, scenario(routines), guarantees, { automata });
}
function counters(scope: string): System {
  const { scenario } = lostUpdate.scopes.find(({ name }) => name === scope)!;
  return new System(lostUpdate.handles, undefined, scenario({}), withBuiltIn([keepsCount], false));
}
function explored(system: System, options: RandomSearchOptions, slice = 1000): Exploration {
  const search = new RandomSearch(system, options);
  while (!search.advance(slice));
  return { ...search.result(), milliseconds: 0 };
}

for (const strategy of strategyNames)
  test(`${strategy}: the same seed gives the same exploration, whatever the slices`, (t) => {
    const options = { seed: 1, schedules: 60, strategy };
    const once = explored(procs('repaired', 'gate', 'minimised'), options);
    t.deepEqual(explored(procs('repaired', 'gate', 'minimised'), options, 7), once);
    t.notDeepEqual(explored(procs('repaired', 'gate', 'minimised'), { ...options, seed: 2 }), once);
  });

test('random exploration never says that a guarantee holds, even when it has seen every state', (t) => {
  const system = counters('quiet');
  const exhaustive = new BreadthFirst(system);
  while (!exhaustive.advance(1000));
  for (const strategy of strategyNames) {
    const random = explored(system, { seed: 1, schedules: 500, strategy });
    t.is(random.states, exhaustive.result().states, strategy);
    t.deepEqual(
      random.verdicts.map(({ kind }) => kind),
      ['violated', 'not-found', 'not-found', 'not-found'],
    );
  }
});

test('what was not found carries what was looked at', (t) => {
  const [, verdict] = explored(counters('quiet'), { seed: 1, schedules: 200, strategy: 'pct', depth: 2, maxSteps: 5 }).verdicts;
  if (verdict?.kind !== 'not-found') return t.fail();
  t.like(verdict.bound, { kind: 'schedules', schedules: 200, steps: 5, strategy: 'pct', depth: 2, cutOff: 200 });
  // Two threads, and change points among the first five steps.
  t.like(verdict.residualRisk?.missedBug, { depth: 2, threads: 2, steps: 5 });
  t.is(verdict.residualRisk?.missedBug?.atMost.toFixed(9), (0.9 ** 200).toFixed(9));
  return undefined;
});

test('a violation is shrunk and does not claim to be minimal', (t) => {
  for (const strategy of strategyNames) {
    const { verdicts } = explored(counters('noisy'), { seed: 1, schedules: 1000, strategy });
    const [verdict] = verdicts;
    if (verdict?.kind !== 'violated') return t.fail(strategy);
    t.false(verdict.minimal);
    t.is(verdict.violation.says, 'an addition is lost');
    t.is(verdict.violation.schedule.choices.length, 6);
  }
  return undefined;
});

test('one violation does not hide the others, and each replays on the raw automata', (t) => {
  const { verdicts } = explored(procs('go1.25-e481a08e', 'gate', 'minimised'), { seed: 1, schedules: 3000 });
  const raw = procs('go1.25-e481a08e', 'gate', 'raw');
  const broken = verdicts.flatMap((verdict): string[] => {
    if (verdict.kind !== 'violated') return [];
    const { guarantee, schedule } = verdict.violation;
    const { breaches } = run(raw, schedule).run;
    t.is(breaches.find((breach) => breach.guarantee === guarantee)?.steps, schedule.choices.length);
    return [guarantees[guarantee]!.name];
  });
  t.log(broken);
  t.true(broken.length >= 4);
});

test('a search that has found what is wanted ends after its block, and tells no risk', (t) => {
  const search = new RandomSearch(counters('noisy'), { seed: 1, schedules: 1_000_000, untilViolated: [0] });
  t.true(search.advance(1_000_000));
  const [, other] = search.result().verdicts;
  t.like(other, { kind: 'not-found', residualRisk: null, bound: { kind: 'schedules', schedules: 64 } });
});

test('a cut search tells how many schedules it has run, and that the risk assumes the cut to be no choice', (t) => {
  const search = new RandomSearch(procs('repaired', 'gate', 'minimised'), { seed: 1, schedules: 1000, maxSteps: 50 });
  t.false(search.advance(10));
  t.deepEqual({ ...search.progress, states: 0 }, { states: 0, transitions: 500, depth: 50, frontier: 990 });
  search.cut('time');
  t.true(search.advance(10));
  for (const [guarantee, verdict] of search.result().verdicts.entries()) {
    if (verdict.kind !== 'not-found') return t.fail();
    const { property } = guarantees[guarantee]!;
    if (needsWholeGraph(property) && property.kind !== 'notStuck') {
      // Of liveness schedules say nothing, and the bound owns to it.
      t.like(verdict, { bound: { schedules: 0, states: 0 }, residualRisk: null });
      continue;
    }
    t.like(verdict.bound, { schedules: 10, steps: 50, strategy: 'walk', cutOff: 10 });
    t.true(verdict.residualRisk?.assumptions.some((sentence) => sentence.includes('the run ended when it did')));
  }
  return undefined;
});

test('a budget for visited states ends the search', (t) => {
  const search = new RandomSearch(procs('repaired', 'gate', 'minimised'), { seed: 1, schedules: 100_000, maxBytes: 1 << 20 });
  t.true(search.advance(100_000));
  t.is(search.progress.states, 1 << 14);
});

const x = bool('x');
const world = gate('world');
const pinned = routine('pinned', function* () {
  yield* acquirem();
  yield* acquirem();
  yield* acquirem();
  yield* acquirem();
  yield* store(x, true);
  yield* releasem();
  yield* releasem();
  yield* releasem();
  yield* releasem();
});

function narrow(): System {
  return new System(
    [x, world],
    undefined,
    scenario({ threads: [thread('G', pinned(), { gate: world }), thread('H', pinned(), { gate: world })] }),
    withBuiltIn([], false),
  );
}

test('a field that turns out too narrow is widened on the way, and no state counts twice', (t) => {
  const exhaustive = new BreadthFirst(narrow());
  while (!exhaustive.advance(1000));
  const once = narrow();
  const { states } = explored(once, { seed: 1, schedules: 5000 });
  t.is(states, exhaustive.result().states);
  // The same, in a system that is wide enough from the start.
  t.is(explored(once, { seed: 1, schedules: 5000 }).states, states);
});

/** All that is asked of a tally. */
function shapeOf(tally: Tally): unknown {
  const { states, ends, found } = tally;
  return {
    states: [states.size, states.alone, states.newcomers(128), states.before(64)],
    ends: [ends.size, ends.alone, ends.newcomers(128)],
    found: [...found].sort(([a], [b]) => a - b),
    sums: tally.sums(),
  };
}

for (const strategy of ['walk', 'pct'] as const)
  test(`${strategy}: parts that run different schedules, in any order, add up to the same`, (t) => {
    const settings = settled({ seed: 3, schedules: 4 * blockSize, strategy, maxSteps: 60 });
    const sumOf = (...parts: readonly (readonly number[])[]): Tally => {
      const sum = new Tally();
      for (const blocks of parts) {
        // A system of its own: codes of monitors are given out in the order in which they turn up.
        const share = new Share(procs('go1.25-e481a08e', 'gate', 'minimised'), settings);
        for (const block of blocks) for (let k = 0; k < blockSize; k++) share.run(block * blockSize + k);
        sum.add(share.tally.sent);
      }
      return sum;
    };
    const whole = sumOf([0, 1, 2, 3]);
    const parted = sumOf([3, 1], [2, 0]);
    t.deepEqual(shapeOf(parted), shapeOf(whole));
    t.true(whole.found.size >= 1 && whole.states.alone > 0);
  });
