/** What strategies promise of their probabilities, on models where these are known exactly. */
import test from 'ava';
import { System } from '../../kernel/system.ts';
import { int, mutex } from '../../model/handle.ts';
import { choose, load, lock, store, unlock } from '../../model/operations.ts';
import { scenario, thread, type Thread } from '../../model/protocol.ts';
import { forever, routine } from '../../model/routine.ts';
import { pathsOf, threeByThree } from '../../risk/known-truth.ts';
import { Sampler } from '../random/sampler.ts';
import { strategies } from './named.ts';
import type { StrategyName } from './names.ts';
import { RemainingSteps } from './remaining-steps.ts';

const x = int('x', { to: 2 });
const y = int('y', { to: 2 });
const m = mutex('m');
const xs = routine('xs', function* () {
  yield* store(x, 1);
  yield* store(x, 2);
});
const ys = routine('ys', function* () {
  yield* store(y, 1);
  yield* store(y, 2);
});
const one = routine('one', function* () {
  yield* store(x, 1);
});
const four = routine('four', function* () {
  yield* store(y, 1);
  yield* store(y, 2);
  yield* store(y, 1);
  yield* store(y, 2);
});

function systemOf(...threads: Thread[]): System {
  return new System([x, y, m], undefined, scenario({ threads }), [], { automata: 'minimised' });
}

/** How often each schedule was drawn, by the threads that it picks. */
function frequencies(system: System, strategy: StrategyName, schedules: number): ReadonlyMap<string, number> {
  const sampler = new Sampler(system, strategies[strategy], { depth: 2, changeWithin: 5, maxSteps: 50 }, 1);
  const counts = new Map<string, number>();
  for (let number = 0; number < schedules; number++) {
    sampler.run(number, () => undefined);
    const key = sampler
      .schedule()
      .choices.map(({ thread }) => 'AB'.charAt(thread) || String(thread))
      .join('');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

const schedules = 20_000;
/** Above 4 by chance in 1 of 16,000 comparisons; a probability of 1/4 for 1/3 gives 25. */
function off(count: number, probability: number): number {
  return Math.abs(count - schedules * probability) / Math.sqrt(schedules * probability * (1 - probability));
}

test('uniform draws each of the 1,680 interleavings of three threads alike; the walk does not', (t) => {
  const system = threeByThree();
  const paths = pathsOf(system, () => 1);
  const count = 50_000;
  // Chi-square with 1,679 degrees of freedom: mean 1,679, standard deviation 58.
  const distance = (strategy: StrategyName, of: (path: string) => number): number => {
    const sampler = new Sampler(system, strategies[strategy], { depth: 1, changeWithin: 1, maxSteps: 50 }, 1);
    const counts = new Map<string, number>();
    for (let number = 0; number < count; number++) {
      sampler.run(number, () => undefined);
      const key = sampler
        .schedule()
        .choices.map(({ thread }) => thread)
        .join('');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return [...paths.keys()].reduce((sum, path) => sum + ((counts.get(path) ?? 0) - count * of(path)) ** 2 / (count * of(path)), 0);
  };
  const limit = 1679 + 4 * 58;
  t.true(distance('uniform', () => 1 / 1680) < limit);
  t.true(distance('walk', (path) => paths.get(path)!.probability) < limit);
  // Seeded fault: odds that do not look at what is left.
  t.true(distance('walk', () => 1 / 1680) > 10 * limit);
});

test('uniform weighs threads by what is left of them', (t) => {
  const counts = frequencies(systemOf(thread('A', one()), thread('B', four())), 'uniform', schedules);
  t.is(counts.size, 5);
  for (const [path, count] of counts) t.true(off(count, 1 / 5) < 4, path);
});

test('POS draws again for what races, and not for what does not', (t) => {
  // A goes first with 1/2. Its second step has a priority of its own; that of B, which lost, is the lower of two if it was
  // kept: A goes on with 2/3. If it was drawn again: with 1/2.
  const independent = frequencies(systemOf(thread('A', xs()), thread('B', ys())), 'pos', schedules);
  t.true(off(independent.get('AABB')!, 1 / 3) < 4);
  const racing = frequencies(systemOf(thread('A', xs()), thread('B', xs())), 'pos', schedules);
  t.true(off(racing.get('AABB')!, 1 / 4) < 4);
  // Either wrong would be noticed.
  t.true(off(independent.get('AABB')!, 1 / 4) > 8 && off(racing.get('AABB')!, 1 / 3) > 8);
});

const decides = routine('decides', function* () {
  const way = yield* choose('short', 'long');
  if (way === 'long') yield* load(x);
});
const round = routine('round', function* () {
  yield* lock(m);
  yield* store(x, 1);
  yield* unlock(m);
});

test('remaining steps are exact where all ways are equally long, means where not, and one round for a daemon', (t) => {
  const exact = systemOf(thread('A', xs()), thread('B', four()));
  const counts = new RemainingSteps(exact, 50);
  t.true(counts.exact);
  t.deepEqual(
    exact.learners.map(({ initial }, thread) => counts.of(thread, initial)),
    [2, 4],
  );
  const estimated = systemOf(thread('A', decides()), thread('B', forever(round)));
  const means = new RemainingSteps(estimated, 50);
  t.false(means.exact);
  t.deepEqual(
    estimated.learners.map(({ initial }, thread) => means.of(thread, initial)),
    [1.5, 3],
  );
});

test('a daemon that never blocks does not keep PCT from the other threads', (t) => {
  const system = systemOf(thread('daemon', forever(round)), thread('A', four()));
  const sampler = new Sampler(system, strategies.pct, { depth: 1, changeWithin: 50, maxSteps: 60 }, 1);
  let without = 0;
  for (let number = 0; number < 200; number++) {
    sampler.run(number, () => undefined);
    const steps = sampler.schedule().choices.filter(({ thread }) => thread === 1).length;
    if (steps === 0) without++;
  }
  t.true(without < 10, String(without));
});
