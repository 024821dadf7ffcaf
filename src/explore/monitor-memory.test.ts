/** A monitor that never forgets ends a search before it fills the heap. */
import test from 'ava';
import { System } from '../kernel/system.ts';
import { int } from '../model/handle.ts';
import { store } from '../model/operations.ts';
import { scenario, thread } from '../model/protocol.ts';
import { again, loop, routine } from '../model/routine.ts';
import { writes } from '../property/event.ts';
import { guarantee, monitor, on } from '../property/property.ts';
import { BreadthFirst } from './breadth-first.ts';
import { HashCompaction } from './compact/hash-compaction.ts';
import { MinimalSearch } from './minimal.ts';
import { MonitorMemory } from './monitor-memory.ts';
import { RandomSearch } from './random/random-search.ts';
import type { Exploration, Verdict } from './verdict.ts';

const cells = [0, 1, 2].map((k) => int(`cell ${k}`, { to: 2 }));
const turn = routine('turn', function* (me: number) {
  yield* store(cells[me]!, 1);
  yield* store(cells[me]!, 2);
  return again(me);
});
const work = routine('work', function* (me: number) {
  yield* loop(turn, me);
});
/** Remembers whatever was written where. */
const log = monitor<readonly { readonly at: number; readonly to: unknown }[]>({
  initial: [],
  reactions: cells.map((cell, at) =>
    on(writes(cell), (state: readonly { readonly at: number; readonly to: unknown }[], { to }) => [...state, { at, to }]),
  ),
});
const endless = (): System =>
  new System(cells, undefined, scenario({ threads: cells.map((_, me) => thread(`T${me}`, work(me))) }), [
    guarantee('log', { says: '', source: '' }, log),
  ]);

const maxBytes = 8 * 2 ** 20;
/** A search that its budget does not end would end here. */
const most = 20_000_000;

function ended(search: {
  advance(count: number): boolean;
  result(): Exploration;
  readonly progress: { readonly states: number };
}): Verdict {
  while (!search.advance(50_000)) if (search.progress.states > most) throw new Error('it goes on');
  return search.result().verdicts[0]!;
}

for (const [engine, search] of Object.entries({
  'breadth-first search': (system: System) => new BreadthFirst(system, { maxBytes }),
  'breadth-first search by the kernel alone': (system: System) => new BreadthFirst(system, { maxBytes, loop: false }),
  'hash compaction': (system: System) => new HashCompaction(system, { maxBytes, seed: 1 }),
}))
  test(`${engine} ends as incomplete and names the monitor that took the memory`, (t) => {
    const system = endless();
    const verdict = ended(search(system));
    t.like(verdict, { kind: 'incomplete', cut: 'memory', crowd: { guarantee: 'log' } });
    const { bytes } = new MonitorMemory(system, maxBytes);
    t.true(bytes > maxBytes / 4 && bytes < 2 * maxBytes, String(bytes));
  });

test('a search for the smallest violation ends with what it has excluded', (t) => {
  const search = new MinimalSearch(endless(), 0, { maxBytes });
  while (!search.advance(20_000)) if (search.progress.states > most) throw new Error('it goes on');
  t.like(search.result(), { kind: 'open', cut: 'memory' });
});

test('random schedules end with those that were run', (t) => {
  const verdict = ended(new RandomSearch(endless(), { seed: 1, schedules: 100_000, maxBytes }));
  t.true(verdict.kind === 'not-found' && verdict.bound.kind === 'schedules' && verdict.bound.schedules < 10_000);
});

test('a budget that visited states alone use up is not laid to a monitor', (t) => {
  const few = guarantee('few', { says: '', source: '' }, monitor<number>({ initial: 0, reactions: [on(writes(cells[0]!), () => 1)] }));
  const wide = Array.from({ length: 6 }, (_, k) => int(`wide ${k}`, { to: 200 }));
  const count = routine('count', function* (me: number) {
    for (let to = 1; to <= 200; to++) yield* store(wide[me]!, to);
  });
  const threads = [...wide.map((_, me) => thread(`W${me}`, count(me))), thread('T', work(0))];
  const verdict = ended(new BreadthFirst(new System([...cells, ...wide], undefined, scenario({ threads }), [few]), { maxBytes }));
  t.true(verdict.kind === 'incomplete' && verdict.cut === 'memory' && verdict.crowd === undefined);
});
