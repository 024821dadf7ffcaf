import test from 'ava';
import * as fc from 'fast-check';
import { System } from '../kernel/system.ts';
import { HeddleError } from '../model/error.ts';
import { bool, int } from '../model/handle.ts';
import { load, store } from '../model/operations.ts';
import { scenario, thread } from '../model/protocol.ts';
import { again, done, loop, routine } from '../model/routine.ts';
import { writes } from '../property/event.ts';
import { guarantee, invariant, monitor, on, withBuiltIn } from '../property/property.ts';
import { generatedProtocol, subjectOf } from '../semantics/generated-protocols.ts';
import { lockFreeSubject } from '../semantics/lock-free-protocols.ts';
import { Exhaustive } from './exhaustive.ts';
import { OnDemandFirst } from './on-demand-first.ts';
import type { Exploration } from './verdict.ts';

const numRuns = Number(process.env['HEDDLE_GENERATED'] ?? 200);
const seed = Number(process.env['HEDDLE_SEED'] ?? 1);

type Learn = (automata: 'raw' | 'on-demand' | 'minimised') => System;
/** Among the guarantees of nearly every protocol is one that watches what never happens. */
const generated = fc
  .tuple(fc.oneof(generatedProtocol.map(subjectOf), lockFreeSubject), fc.boolean(), fc.constantFrom(2, 4, 1024))
  .map(([{ handles, ranks, scenario: checked, guarantees }, watches, firstRoom]): Learn => {
    const judged = guarantees.filter(({ property }) => watches || (property.kind !== 'monitor' && property.kind !== 'lockOrder'));
    return (automata) => new System(handles, ranks, checked, judged, { automata, parts: { firstRoom } });
  });

/** Its result without the time, and on what automata; undefined where the model turns out to be at fault, or the search takes long. */
function resultOf(
  search: Exhaustive | OnDemandFirst,
  slice: number,
  budget: number,
): { readonly exploration: Exploration; readonly automata: string } | undefined {
  try {
    for (let left = budget; !search.advance(slice); left -= slice) if (left < 0) return undefined;
  } catch (error) {
    if (error instanceof HeddleError) return undefined;
    throw error;
  }
  return { exploration: { ...search.result(), milliseconds: 0 }, automata: search.system.automata };
}

/** The kinds of the verdicts, and how many steps the violations take. */
function kinds({ verdicts }: Exploration): readonly string[] {
  return verdicts.map((verdict) =>
    verdict.kind === 'holds' && verdict.vacuous
      ? 'vacuous'
      : verdict.kind === 'violated'
        ? `violated after ${verdict.violation.schedule.loop ?? verdict.violation.schedule.choices.length}`
        : verdict.kind,
  );
}

test('a small system is explored as it is learned, with the states of raw automata; a large one once more, minimised', (t) => {
  const seen = { small: 0, large: 0 };
  fc.assert(
    fc.property(generated, fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 200 }), (learn, most, slice) => {
      const raw = resultOf(new Exhaustive(learn('raw')), 100, 3_000);
      const minimised = resultOf(new Exhaustive(learn('minimised')), 100, 3_000);
      if (raw === undefined || minimised === undefined) return;
      const own = resultOf(new OnDemandFirst(learn, {}, most), slice, 30_000);
      const isVacuous = raw.exploration.verdicts.some((verdict) => verdict.kind === 'holds' && verdict.vacuous);
      // Where a watched call is never reached, it takes closed automata to tell that it could not be.
      if (own?.automata === 'raw') t.deepEqual(own, raw);
      else t.deepEqual(own, minimised);
      if (isVacuous || raw.exploration.states > most) t.is(own?.automata, 'minimised');
      t.deepEqual(kinds(own!.exploration), kinds(raw.exploration));
      seen[own?.automata === 'raw' ? 'small' : 'large']++;
    }),
    { numRuns, seed, includeErrorInReport: true },
  );
  t.log(seen);
  t.true(seen.small > numRuns / 20 && seen.large > numRuns / 20);
});

const x = int('x', { to: 60 });
const round = routine('round', function* (left: number) {
  yield* store(x, (yield* load(x)) + 1);
  return left === 1 ? done() : again(left - 1);
});
const raise = routine('raise', function* () {
  yield* loop(round, 8);
});
const guarantees = withBuiltIn(
  [
    guarantee(
      'stays-low',
      { says: '', source: '' },
      invariant([x], (value) => value < 3),
    ),
  ],
  false,
);

/** Two threads that count: what is broken is broken early, and there are some thousand states. */
function counting(most: number): OnDemandFirst {
  const threads = ['A', 'B'].map((name) => thread(name, raise()));
  return new OnDemandFirst(
    (automata) => new System([x], undefined, scenario({ threads }), guarantees, { automata }),
    { symmetry: true },
    most,
  );
}

test('what the first search found broken counts if the second is cut, and the one that came further is told', (t) => {
  for (const after of [0, 1, 2, 40]) {
    const search = counting(300);
    let { states } = search.progress;
    // It counts its states anew when the second begins; `after` slices of that are left.
    while (!search.advance(10) && search.progress.states >= states) ({ states } = search.progress);
    t.true(states > 300);
    for (let slice = 1; slice < after; slice++) search.advance(10);
    search.cut('time');
    t.true(search.advance(10));
    const { verdicts, depth, states: told } = search.result();
    t.is(kinds(search.result())[0], 'violated after 6', `after ${after}`);
    t.true(verdicts.slice(1).every((verdict) => verdict.kind === 'incomplete' && verdict.cut === 'time' && verdict.steps <= depth));
    t.true(told > 200, `after ${after}`);
  }
});

test('a search that is cut before the second begins ends with what the first has', (t) => {
  for (const slices of [0, 1, 31, 32]) {
    const search = counting(300);
    for (let slice = 0; slice < slices; slice++) t.false(search.advance(10));
    search.cut('interrupted');
    t.true(search.advance(10));
    t.is(search.system.automata, 'raw');
    t.true(
      search
        .result()
        .verdicts.every((verdict) => verdict.kind === 'violated' || (verdict.kind === 'incomplete' && verdict.cut === 'interrupted')),
    );
  }
});

test('what does not fit into its budget as it is learned is tried minimised', (t) => {
  const threads = ['A', 'B'].map((name) => thread(name, raise()));
  const learn: Learn = (automata) => new System([x], undefined, scenario({ threads }), guarantees, { automata });
  const search = new OnDemandFirst(learn, { maxBytes: 1000 });
  let learned = 0;
  for (; !search.advance(10); learned++);
  t.is(learned, 2);
  t.true(search.result().verdicts.every((verdict) => verdict.kind === 'incomplete' && verdict.cut === 'memory'));
});

test('a first search takes like threads for each other', (t) => {
  const search = counting(100_000);
  while (!search.advance(1_000));
  t.is(search.system.automata, 'raw');
  t.deepEqual(search.result().symmetry, { on: true, threads: [['A', 'B']], reason: null });
});

const flag = bool('flag');
/** Counts for nothing, which only minimised automata forget. */
const beats = routine('beats', function* (count: number) {
  yield* store(flag, true);
  yield* store(flag, false);
  return again((count + 1) % 4);
});
const lives = routine('lives', function* () {
  yield* loop(beats, 0);
});
/** Three threads of which a monitor remembers who wrote the first eight times: 9,841 states of its own. */
const remembering = (automata: 'on-demand' | 'minimised'): System => {
  const last = monitor<string>({
    initial: '',
    reactions: [on(writes(flag), (names: string, { thread: name, to }) => (to === true && names.length < 8 ? names + name : names))],
  });
  const threads = ['A', 'B', 'C'].map((name) => thread(name, lives()));
  return new System([flag], undefined, scenario({ threads }), [guarantee('last', { says: '', source: '' }, last)], { automata });
};

test('where states do not fit beside a monitor they may fit as orbits of minimised automata', (t) => {
  const options = { maxBytes: 5 * 2 ** 20, symmetry: true };
  const alone = new Exhaustive(remembering('on-demand'), options);
  while (!alone.advance(20_000));
  t.like(alone.result().verdicts[0], { kind: 'incomplete', cut: 'memory', crowd: { guarantee: 'last', alone: false } });
  const search = new OnDemandFirst(remembering, options);
  while (!search.advance(20_000));
  t.is(search.result().verdicts[0]!.kind, 'holds');
});

test('what memory ran out for is not told of a search that was cut for another reason', (t) => {
  const search = new OnDemandFirst(remembering, { maxBytes: 1.2 * 2 ** 20, symmetry: true }, 1000);
  search.advance(20_000);
  search.advance(20_000);
  search.advance(100);
  search.cut('time');
  const [verdict] = search.result().verdicts;
  t.true(verdict!.kind === 'incomplete' && verdict!.cut === 'time' && verdict!.crowd === undefined, JSON.stringify(verdict));
});
