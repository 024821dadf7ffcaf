/** For tests: runs that break guarantees, each on its system and as a story. */
import { replay } from '../counterexample/replay.ts';
import { record } from '../counterexample/record.ts';
import { smallSystem } from '../counterexample/small-protocol.ts';
import { Exhaustive } from '../explore/exhaustive.ts';
import { System } from '../kernel/system.ts';
import { bool, int, mutex, option, oneOf, tagged, threadId, type Shared, handlesOf } from '../model/handle.ts';
import { choose, load, lock, store, unlock } from '../model/operations.ts';
import { environment, scenario, thread, type Thread } from '../model/protocol.ts';
import { forever, routine } from '../model/routine.ts';
import { eventually, whenHolds } from '../property/liveness.ts';
import { guarantee, invariant, withBuiltIn, type Guarantee } from '../property/property.ts';
import type { Story } from '../report/columns.ts';
import type { Schedule } from '../schedule/schedule.ts';

export interface ToldRun {
  readonly system: System;
  readonly schedule: Schedule;
  readonly story: Story;
}

/** Every violation of a system, by guarantee. */
export function runsOf(system: System): ReadonlyMap<string, ToldRun> {
  const search = new Exhaustive(system);
  while (!search.advance(10_000));
  return new Map(
    search.result().verdicts.flatMap((verdict, number): [string, ToldRun][] => {
      if (verdict.kind !== 'violated') return [];
      const names = { protocol: 'told', variant: 'seed', scope: 'gate', heddle: '0.0.0' };
      const { file } = record(system, verdict.violation, names, { minimal: verdict.minimal });
      const outcome = replay(system, file);
      if (outcome.kind !== 'violates') throw new Error(outcome.kind);
      const { schedule, trace } = outcome;
      const broken = system.guarantees[number]!;
      return [[broken.name, { system, schedule, story: { ...names, guarantee: broken, violation: outcome, trace } }]];
    }),
  );
}

/** A deadlock, a broken step, a broken state, a fault, a missing event; with a gate. */
export function smallRuns(): ReadonlyMap<string, ToldRun> {
  return runsOf(smallSystem());
}

type Odd = string | number | boolean | null | undefined;

export const oddValues = ['style: #1;', '%%{x', null, 0.5, '<br/>end'] as const;

/** Values of every kind, names and texts that other formats take for their own, and runs without end. */
export function oddRuns(): ReadonlyMap<string, ToldRun> {
  const pc = int('pc', { from: -2, to: 2 });
  const odd = oneOf<Odd>('#odd', ['a;b', ...oddValues, undefined, true]);
  const owner = option('owner', int({ to: 1 }));
  const head = tagged('head', option(threadId('', 2)), { to: 3 });
  const ready = bool('ready');
  const m = mutex('m<1>;');
  const step = routine('step', function* () {
    yield* lock(m);
    yield* store(pc, -1);
    yield* store(odd, yield* choose<Odd>(...oddValues));
    yield* store(owner, 1);
    yield* store(head, { value: 1, tag: 3 });
    yield* unlock(m);
  });
  const spin = routine('spin', function* () {
    yield* load(ready);
  });
  const shared: readonly Shared[] = [pc, odd, owner, head, ready, m];
  const set = routine('set', function* () {
    yield* store(ready, true);
  });
  const two = [thread('G;1', step()), thread('wrap: #2', step())];
  const system = (guarantees: readonly Guarantee[], threads: readonly Thread[]): System =>
    new System(handlesOf(shared), undefined, scenario({ threads }), withBuiltIn(guarantees, false));
  const says = { says: 'it says; #1 <b>&amp;</b> \\n $$x$$', source: 'a test' };
  const hold = (value: unknown) =>
    guarantee(
      `never ${String(value)}`,
      says,
      invariant([odd, pc], (now, at) => now !== value || at !== -1),
    );
  const become = guarantee('ready', says, eventually(whenHolds([ready], (now) => now)).globally());
  const unready = (threads: readonly Thread[]): ToldRun => runsOf(system([become], threads)).get('ready')!;
  return new Map([
    ...runsOf(system(oddValues.map(hold), two)),
    ['ends without it', unready(two)],
    ['goes on without it', unready([...two, thread('end', forever(spin), { daemon: true })])],
    ['rests without it', unready([environment('world', set())])],
  ]);
}
