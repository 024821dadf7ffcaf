/**
 * Hash compaction beside exact storage: states and transitions, processor time, bytes a state by each one's own account,
 * and the largest resident set of the process. Each measurement is a process of its own; the two take turns.
 *
 * npm run bench:hash-compaction [-- RUNS]
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import protocol from '../models/compute-max-procs/index.ts';
import { guarantees } from '../properties/compute-max-procs.ts';
import { BreadthFirst } from '../src/explore/breadth-first.ts';
import { HashCompaction } from '../src/explore/compact/hash-compaction.ts';
import type { Search } from '../src/explore/search.ts';
import { lock, mutex, routine, scenario, thread, unlock, withBuiltIn } from '../src/index.ts';
import { System } from '../src/kernel/system.ts';
import { forever } from '../src/model/routine.ts';

type Engine = 'exact' | 'exact, by the kernel alone' | 'hash-compacted';
const engines: readonly Engine[] = ['exact', 'exact, by the kernel alone', 'hash-compacted'];

function computeMaxProcs(automata: 'raw' | 'minimised'): System {
  const variant = protocol.variants.find(({ name }) => name === 'repaired')!;
  const gate = protocol.scopes.find(({ name }) => name === 'gate')!;
  // What is not judged by hash compaction is remembered by neither.
  const safety = guarantees.filter(({ property }) => property.kind !== 'liveness');
  return new System(protocol.handles, protocol.ranks, gate.scenario(variant.routines), withBuiltIn(safety, true), { automata });
}

function philosophers(count: number): System {
  const forks = Array.from({ length: count }, (_, index) => mutex(`fork ${index}`));
  const dine = routine('dine', function* (seat: number) {
    yield* lock(forks[seat]!);
    yield* lock(forks[(seat + 1) % count]!);
    yield* unlock(forks[seat]!);
    yield* unlock(forks[(seat + 1) % count]!);
  });
  const dinner = scenario({ threads: forks.map((_, seat) => thread(`P${seat}`, forever(dine, seat))) });
  return new System(forks, undefined, dinner, withBuiltIn([], false), { automata: 'minimised' });
}

const subjects: Readonly<Record<string, () => System>> = {
  'compute-max-procs/repaired, gate': () => computeMaxProcs('minimised'),
  'compute-max-procs/repaired, gate, raw': () => computeMaxProcs('raw'),
  '13 dining philosophers': () => philosophers(13),
};

interface Figures {
  readonly states: number;
  readonly transitions: number;
  readonly seconds: number;
  readonly bytes: number;
  /** Mebibytes. */
  readonly resident: number;
}

function measure(subject: string, engine: Engine): Figures {
  const system = subjects[subject]!();
  const maxBytes = 2 ** 31;
  const search =
    engine === 'hash-compacted'
      ? new HashCompaction(system, { seed: 1, maxBytes })
      : new BreadthFirst(system, { maxBytes, loop: engine === 'exact' });
  const before = process.cpuUsage();
  while (!(search as Search).advance(100_000));
  const { user, system: kernel } = process.cpuUsage(before);
  const { states, transitions } = search.progress;
  const bytes = search instanceof HashCompaction ? search.bytes : search.states.bytes;
  return { states, transitions, seconds: (user + kernel) / 1e6, bytes, resident: process.resourceUsage().maxRSS / 1024 };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

const [first, second] = process.argv.slice(2);
if (second !== undefined) console.log(JSON.stringify(measure(first!, second as Engine)));
else {
  const runs = Number(first ?? 3);
  console.log('| model | storage | states | CPU s | million states/s | bytes a state | largest resident MiB |');
  console.log('| --- | --- | ---: | ---: | ---: | ---: | ---: |');
  for (const subject of Object.keys(subjects)) {
    const results = new Map(engines.map((engine) => [engine, [] as Figures[]]));
    for (let run = 0; run < runs; run++)
      for (const engine of engines) {
        const answer = execFileSync(process.execPath, [fileURLToPath(import.meta.url), subject, engine], { encoding: 'utf8' });
        results.get(engine)!.push(JSON.parse(answer) as Figures);
      }
    for (const [engine, all] of results) {
      const of = (value: (figures: Figures) => number): number => median(all.map(value));
      const rate = (of(({ states, seconds }) => states / seconds) / 1e6).toFixed(2);
      const bytes = of((figures) => figures.bytes / figures.states).toFixed(1);
      console.log(
        `| ${subject} | ${engine} | ${all[0]!.states} | ${of(({ seconds }) => seconds).toFixed(1)} | ${rate} | ${bytes} | ${of(({ resident }) => resident).toFixed(0)} |`,
      );
    }
  }
}
