/**
 * How fast the exhaustive engine is, on one core: distinct states and transitions a second of processor time, medians of
 * interleaved runs. Figures of one machine in one hour; compare ratios within one run only.
 *
 * npm run bench:engine [-- RUNS]
 */
import { BreadthFirst } from '../src/explore/breadth-first.ts';
import { lock, mutex, routine, scenario, thread, unlock, withBuiltIn } from '../src/index.ts';
import { forever } from '../src/model/routine.ts';
import { System } from '../src/kernel/system.ts';
import protocol from '../models/compute-max-procs/index.ts';
import { guarantees } from '../properties/compute-max-procs.ts';

interface Subject {
  readonly name: string;
  readonly system: () => System;
}

function computeMaxProcs(variant: string, automata: 'raw' | 'minimised'): Subject {
  const found = protocol.variants.find(({ name }) => name === variant)!;
  const gate = protocol.scopes.find(({ name }) => name === 'gate')!;
  return {
    name: `compute-max-procs/${variant}, gate, ${automata}`,
    system: () => new System(protocol.handles, protocol.ranks, gate.scenario(found.routines), withBuiltIn(guarantees, true), { automata }),
  };
}

function philosophers(count: number): Subject {
  const forks = Array.from({ length: count }, (_, index) => mutex(`fork ${index}`));
  const dine = routine('dine', function* (seat: number) {
    const left = forks[seat]!;
    const right = forks[(seat + 1) % count]!;
    yield* lock(left);
    yield* lock(right);
    yield* unlock(left);
    yield* unlock(right);
  });
  const dinner = scenario({ threads: forks.map((_, seat) => thread(`P${seat}`, forever(dine, seat))) });
  return {
    name: `${count} dining philosophers`,
    system: () => new System(forks, undefined, dinner, withBuiltIn([], false), { automata: 'minimised' }),
  };
}

const subjects = [computeMaxProcs('repaired', 'minimised'), computeMaxProcs('repaired', 'raw'), philosophers(12)];
const runs = Number(process.argv[2] ?? 3);

/** One run: states, transitions, and seconds of processor time. */
function measure({ system }: Subject) {
  const search = new BreadthFirst(system());
  const before = process.cpuUsage();
  while (!search.advance(100_000));
  const { user, system: kernel } = process.cpuUsage(before);
  return { ...search.progress, seconds: (user + kernel) / 1e6 };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

const results = subjects.map((): ReturnType<typeof measure>[] => []);
for (let run = 0; run < runs; run++) subjects.forEach((subject, index) => results[index]!.push(measure(subject)));

console.log(`| model | states | million states/s | million transitions/s |\n| --- | ---: | ---: | ---: |`);
subjects.forEach(({ name }, index) => {
  const all = results[index]!;
  const rate = (of: (result: ReturnType<typeof measure>) => number): string =>
    (median(all.map((result) => of(result) / result.seconds)) / 1e6).toFixed(2);
  console.log(
    `| ${name} | ${all[0]!.states.toLocaleString('en-US')} | ${rate(({ states }) => states)} | ${rate(({ transitions }) => transitions)} |`,
  );
});
