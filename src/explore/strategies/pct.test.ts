/** How often PCT finds bugs of depth 1, 2 and 3, against the exact probability and the paper's bound. */
import test from 'ava';
import type { System } from '../../kernel/system.ts';
import type { Choice } from '../../schedule/schedule.ts';
import { foundAtLeast } from '../../risk/missed-bug.ts';
import { Runner } from '../../schedule/runner.ts';
import { Sampler } from '../random/sampler.ts';
import { Pct } from './pct.ts';
import type { MakeStrategy } from './strategy.ts';
import { noThrowOf, tinyBugs } from './tiny-bugs.ts';

/** Whether the program with these priorities and change points throws: figure 2 of the paper, told by the runner. */
function throws(runner: Runner, order: readonly number[], changes: readonly number[]): boolean {
  const priorities = [...order];
  runner.begin(0);
  while (runner.enabled > 0) {
    const enabled = priorities.map((_, thread) => thread).filter((thread) => runner.waysOf(thread) > 0);
    const choice: Choice = { thread: enabled.reduce((best, thread) => (priorities[thread]! > priorities[best]! ? thread : best)), pick: 0 };
    runner.take(choice);
    changes.forEach((change, index) => {
      if (change === runner.choices.length) priorities[choice.thread] = -1 - index;
    });
  }
  return runner.faulted;
}

function* permutations(count: number, rest: readonly number[] = []): Generator<readonly number[]> {
  if (rest.length === count) yield rest;
  else for (let next = 0; next < count; next++) if (!rest.includes(next)) yield* permutations(count, [...rest, next]);
}
function* tuples(length: number, to: number): Generator<readonly number[]> {
  if (length === 0) yield [];
  else for (const rest of tuples(length - 1, to)) for (let last = 1; last <= to; last++) yield [...rest, last];
}

/** The probability that a schedule of PCT finds the bug: all priorities and all change points are equally likely. */
function exactly(system: System, depth: number, steps: number): number {
  const runner = new Runner(system);
  let all = 0;
  let found = 0;
  for (const order of permutations(system.scenario.threads.length))
    for (const changes of tuples(depth - 1, steps)) {
      all++;
      if (throws(runner, order, changes)) found++;
    }
  return found / all;
}

/** In how many of so many schedules the strategy finds the bug. */
function found(system: System, make: MakeStrategy, depth: number, steps: number, schedules: number): number {
  const sampler = new Sampler(system, make, { depth, changeWithin: steps, maxSteps: 100 }, 1);
  const bug = noThrowOf(system);
  let count = 0;
  for (let number = 0; number < schedules; number++) {
    sampler.run(number, () => undefined);
    if (sampler.suspects.has(bug)) count++;
  }
  return count;
}

const schedules = 20_000;

/** How many standard errors a count is off what is expected: above 4 by chance in 1 of 16,000 tests. */
function off(count: number, probability: number): number {
  return Math.abs(count - schedules * probability) / Math.sqrt(schedules * probability * (1 - probability));
}

for (const { name, depth, steps, system } of tinyBugs) {
  test(`${name}: PCT of depth ${depth} finds it as often as its definition says, and no less than its theorem`, (t) => {
    const subject = system();
    const exact = exactly(subject, depth, steps);
    const bound = foundAtLeast(subject.scenario.threads.length, steps, depth);
    const count = found(subject, (kernel, settings) => new Pct(kernel, settings), depth, steps, schedules);
    t.log({ exact, bound, measured: count / schedules });
    t.true(exact >= bound);
    t.true(off(count, exact) < 4, `${off(count, exact)} standard errors`);
    // Below the bound by more than chance would let us doubt the theorem, or the strategy.
    t.true(count >= schedules * bound - 4 * Math.sqrt(schedules * bound * (1 - bound)));
  });

  if (depth > 1)
    test(`${name}: its depth is ${depth}, for with a change point less it is never found`, (t) => {
      const subject = system();
      t.is(exactly(subject, depth - 1, steps), 0);
      t.is(
        found(subject, (kernel, settings) => new Pct(kernel, settings), depth - 1, steps, 2000),
        0,
      );
    });
}

/** Change points come a step late: what was to be left in the middle is left after it. */
class ChangesLate extends Pct {
  #late: readonly [number, number, number] | undefined;
  override moved(thread: number, from: number, way: number): void {
    if (this.#late !== undefined) super.moved(...this.#late);
    this.#late = [thread, from, way];
  }
}

test('seeded fault: a strategy whose change points come a step late is told from PCT', (t) => {
  const { system, depth, steps } = tinyBugs.find(({ name }) => name === 'two reads around a write')!;
  const exact = exactly(system(), depth, steps);
  const count = found(system(), (kernel, settings) => new ChangesLate(kernel, settings), depth, steps, schedules);
  t.true(off(count, exact) > 8, `${off(count, exact)} standard errors`);
});
