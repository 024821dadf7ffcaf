/** For tests and the plot of docs/residual-risk.md: a model so small that the chance of a new state is known exactly. */
import { System } from '../kernel/system.ts';
import { int } from '../model/handle.ts';
import { atomically, self } from '../model/operations.ts';
import { scenario, thread } from '../model/protocol.ts';
import { routine } from '../model/routine.ts';
import { Runner } from '../schedule/runner.ts';
import { Sampler } from '../explore/random/sampler.ts';
import { Sightings } from '../explore/random/sightings.ts';
import { strategies } from '../explore/strategies/named.ts';
import { laterHalf, type Shown } from './chance.ts';

const last = int('last', { to: 2 });
const before = int('before', { to: 2 });
const step = routine('step', function* () {
  const me = yield* self();
  for (let k = 0; k < 3; k++) yield* atomically([last, before], (last) => ({ to: [me, last] }));
});

/** Three threads of three steps; a state tells where they stand and who took the last two. 1,680 schedules. */
export function threeByThree(): System {
  const threads = ['A', 'B', 'C'].map((name) => thread(name, step()));
  return new System([last, before], undefined, scenario({ threads }), []);
}

/** One of all schedules. */
export interface Path {
  readonly probability: number;
  readonly states: readonly number[];
}

/** All schedules of a system by the threads that they pick, with the probability that `odds` gives each; states are numbered. */
export function pathsOf(system: System, odds: (runner: Runner, thread: number) => number): ReadonlyMap<string, Path> {
  const runner = new Runner(system);
  const numbers = new Map<string, number>();
  const paths = new Map<string, Path>();
  const follow = (threads: readonly number[], probability: number, states: readonly number[]): void => {
    const replay = (): void => {
      runner.begin(0);
      for (const thread of threads) runner.take({ thread, pick: 0 });
    };
    replay();
    const key = runner.state.join();
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    const passed = [...states, numbers.get(key)!];
    if (runner.enabled === 0) {
      paths.set(threads.join(''), { probability, states: passed });
      return;
    }
    const enabled = system.scenario.threads.flatMap((_, thread) => (runner.waysOf(thread) > 0 ? [thread] : []));
    const weights = enabled.map((thread) => odds(runner, thread));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    enabled.forEach((thread, index) => follow([...threads, thread], (probability * weights[index]!) / total, passed));
  };
  follow([], 1, []);
  return paths;
}

/** What schedules showed, and what truly is the chance that one more shows a state that none has shown. */
export interface KnownRun extends Shown {
  readonly truth: number;
  /** The same without the last schedule. */
  readonly truthBefore: number;
  /** Good and Turing's estimate over visits: states visited once, by visits. */
  readonly overVisits: number;
  readonly visits: number;
}

/** Draws so many schedules by the naive walk, counting as a random search does. */
export function drawn(system: System, paths: ReadonlyMap<string, Path>, seed: number, schedules: number): KnownRun {
  const sampler = new Sampler(system, strategies.walk, { depth: 1, changeWithin: 1, maxSteps: 50 }, seed);
  const sightings = new Sightings();
  const seen = new Set<number>();
  const visited = new Map<number, number>();
  let truthBefore = 1;
  for (let number = 0; number < schedules; number++) {
    if (number === schedules - 1) truthBefore = unseen(paths, seen);
    sampler.run(number, (low, high) => sightings.add(low, high, number));
    const path = paths.get(
      sampler
        .schedule()
        .choices.map(({ thread }) => thread)
        .join(''),
    )!;
    for (const state of path.states) {
      seen.add(state);
      visited.set(state, (visited.get(state) ?? 0) + 1);
    }
  }
  const visits = [...visited.values()].reduce((sum, times) => sum + times, 0);
  return {
    schedules,
    alone: sightings.alone,
    newcomers: sightings.newcomers(laterHalf(schedules)),
    truth: unseen(paths, seen),
    truthBefore,
    overVisits: [...visited.values()].filter((times) => times === 1).length / visits,
    visits,
  };
}

function unseen(paths: ReadonlyMap<string, Path>, seen: ReadonlySet<number>): number {
  let chance = 0;
  for (const { probability, states } of paths.values()) if (states.some((state) => !seen.has(state))) chance += probability;
  return chance;
}
