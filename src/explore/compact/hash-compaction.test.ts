/** Hash compaction finds what the exact search finds, state by state, unless its fingerprints are too short to tell states apart. */
import test from 'ava';
import * as fc from 'fast-check';
import computeMaxProcs from '../../../models/compute-max-procs/index.ts';
import sysmonTrace from '../../../models/sysmon-trace/index.ts';
import { guarantees as computeMaxProcsGuarantees } from '../../../properties/compute-max-procs.ts';
import { guarantees as sysmonTraceGuarantees } from '../../../properties/sysmon-trace.ts';
import { preserves } from '../../kernel/safe-steps.ts';
import { System } from '../../kernel/system.ts';
import { HeddleError } from '../../model/error.ts';
import { gate, int, mutex } from '../../model/handle.ts';
import { choose, load, lock, store, unlock } from '../../model/operations.ts';
import { scenario, thread } from '../../model/protocol.ts';
import { forever, routine } from '../../model/routine.ts';
import { guarantee, hasPlain, invariant, withBuiltIn } from '../../property/property.ts';
import { run } from '../../schedule/run.ts';
import { generatedProtocol, subjectOf } from '../../semantics/generated-protocols.ts';
import { BreadthFirst } from '../breadth-first.ts';
import type { Exploration } from '../verdict.ts';
import { Ancestry } from './ancestry.ts';
import { HashCompaction, type HashCompactionOptions } from './hash-compaction.ts';
import { compacted } from './omission.ts';

const generatedSystem = generatedProtocol.map((generated) => (automata: 'raw' | 'minimised' = 'minimised') => {
  const { handles, ranks, scenario, guarantees } = subjectOf(generated);
  return new System(handles, ranks, scenario, guarantees, { automata, parts: { mostSpare: 0 } });
});
const numRuns = Number(process.env['HEDDLE_GENERATED'] ?? 60);
const slices = 8;

/** Advances a search some slices. Generated models may count beyond what their variable holds: that ends it, too. */
function advance(search: BreadthFirst | HashCompaction, count = slices): string {
  try {
    for (let slice = 0; slice < count; slice++) if (search.advance(101)) return 'ended';
    return 'cut';
  } catch (error) {
    if (!(error instanceof HeddleError)) throw error;
    return error.message;
  }
}

/** By guarantee: the run that breaks it. */
function broken({ verdicts }: Exploration): readonly unknown[] {
  return verdicts.map((verdict) => (verdict.kind === 'violated' ? verdict.violation : undefined));
}

/** How the search differs from the exact one by the kernel alone; undefined if it doesn't. */
function difference(system: () => System, options: Partial<HashCompactionOptions>): string | undefined {
  const { symmetry = false } = options;
  // The first of them to expand a system widens its fields.
  const compact = new HashCompaction(system(), { seed: 1, ...options });
  const end = advance(compact);
  const exact = new BreadthFirst(system(), { loop: false, symmetry });
  const ends = [advance(exact), end];
  if (ends[0] !== ends[1]) return ends.join(' / ');
  // What is staged when a slice ends, each in its own way, is not counted yet.
  if (ends[0] === 'ended') {
    const sums = [exact.result(), compact.result()].map(({ states, transitions, depth }) => ({ states, transitions, depth }));
    if (JSON.stringify(sums[0]) !== JSON.stringify(sums[1])) return JSON.stringify(sums);
    const runs = [broken(exact.result()), broken(compact.result())];
    if (JSON.stringify(runs[0]) !== JSON.stringify(runs[1])) return JSON.stringify(runs);
  }
  const { size } = exact.states;
  for (let state = 0; state < Math.min(size, compact.progress.states); state += size > 200 ? 23 : 1)
    if (JSON.stringify(exact.pathTo(state).schedule) !== JSON.stringify(compact.scheduleTo(state))) return `state ${state}`;
  return undefined;
}

for (const symmetry of [false, true])
  test(`it finds what the exact search finds, state by state, in generated protocols${symmetry ? ', up to symmetry' : ''}`, (t) => {
    fc.assert(
      fc.property(generatedSystem, fc.constantFrom('raw' as const, 'minimised' as const), (system, automata) => {
        const differs = difference(() => system(automata), { symmetry });
        if (differs !== undefined) throw new Error(differs);
      }),
      { numRuns, seed: 1, includeErrorInReport: true },
    );
    t.pass();
  });

test('a reduced search breaks the same guarantees of generated protocols, by runs that replay, and stores the states that the exact one reduced does', (t) => {
  let states = 0;
  let reduced = 0;
  for (const generated of fc.sample(generatedProtocol, { numRuns: Math.max(2 * numRuns, 500), seed: 2 })) {
    const { handles, ranks, scenario, guarantees } = subjectOf(generated);
    const system = new System(handles, ranks, scenario, guarantees.filter(preserves), { automata: 'minimised' });
    const compact = new HashCompaction(system, { seed: 1, reduces: true });
    const end = advance(compact);
    const exact = new BreadthFirst(system, { loop: false });
    if (advance(exact) !== 'ended' || end !== 'ended') continue;
    const result = compact.result();
    t.deepEqual(
      result.verdicts.map(({ kind }) => kind === 'violated'),
      exact.result().verdicts.map(({ kind }) => kind === 'violated'),
    );
    for (const [number, verdict] of result.verdicts.entries())
      if (verdict.kind === 'violated')
        t.true(run(system, verdict.violation.schedule).run.breaches.some((breach) => breach.guarantee === number));
    if (result.reduction === 'none') continue;
    const alike = new BreadthFirst(system, { reduces: true });
    // It tells what is broken by a full search.
    t.is(advance(alike, 3 * slices), 'ended');
    t.is(result.states, alike.states.size);
    states += exact.states.size;
    reduced += result.states;
  }
  t.log({ states, reduced });
  t.true(reduced < 0.85 * states);
});

test('what a safe step breaks is told with the steps that it waited behind', (t) => {
  const world = gate('world');
  const [first, second] = [mutex('first', { rank: 'first' }), mutex('second', { rank: 'second' })];
  const locks = routine('locks', function* () {
    yield* lock(second);
    yield* lock(first);
    yield* unlock(first);
    yield* unlock(second);
  });
  const threads = ['A', 'B'].map((name) => thread(name, locks(), { gate: world }));
  const system = new System([world, first, second], { first: [], second: ['first'] }, scenario({ threads }), withBuiltIn([], true), {
    automata: 'minimised',
  });
  const search = new HashCompaction(system, { seed: 1, reduces: true });
  while (!search.advance(7));
  const { reduction, verdicts, states } = search.result();
  t.is(reduction, 'safe-steps');
  const order = system.guarantees.findIndex(({ name }) => name === 'lock-order');
  const verdict = verdicts[order]!;
  if (verdict.kind !== 'violated') return t.fail(verdict.kind);
  // It asks for second, takes it, and breaks the order as it asks for first, which is safe: it can't be stopped any more.
  t.deepEqual(verdict.violation.schedule, { initial: 0, choices: [0, 0, 0].map((index) => ({ thread: index, pick: 0 })) });
  const exact = new BreadthFirst(system);
  while (!exact.advance(1_000));
  // One holds nothing in 3 places. Holding second, it is in 4; in two of them the next step is not safe, or breaks something.
  t.deepEqual([states, exact.states.size], [3 * 3 + 2 * 2 * 3, 3 * 3 + 2 * 4 * 3]);
  return undefined;
});

for (const [protocol, stated, widens] of [
  [computeMaxProcs, computeMaxProcsGuarantees, true],
  [sysmonTrace, sysmonTraceGuarantees, false],
] as const)
  test(`it finds what the exact search finds in all variants of ${protocol.name}${widens ? ', where fields are widened on the way' : ''}`, (t) => {
    // Liveness is not judged, so nothing is remembered for it.
    const safety = stated.filter(({ property }) => property.kind !== 'liveness');
    const all = withBuiltIn(safety, protocol.ranks !== undefined, hasPlain(protocol.handles));
    let widened = 0;
    for (const { name, routines } of protocol.variants) {
      const tiny = protocol.scopes.find((scope) => scope.name === 'tiny')!.scenario(routines as never);
      // Learning takes longer than exploring: both expand one system.
      const system = new System(protocol.handles, protocol.ranks, tiny, all, {
        automata: 'minimised',
        ...(widens && { parts: { mostSpare: 0 } }),
      });
      const { layout } = system;
      t.is(
        difference(() => system, {}),
        undefined,
        name,
      );
      if (system.layout !== layout) widened++;
    }
    t.is(widened > 0, widens);
  });

/** Takes down the wrong step. */
class WrongStep extends Ancestry {
  override add(parent: number, step: number): void {
    super.add(parent, parent < 0 ? step : step + 1);
  }
}
/** Takes the state before for the parent. */
class WrongParent extends Ancestry {
  override add(parent: number, step: number): void {
    super.add(Math.max(parent - 1, Math.min(parent, 0)), step);
  }
}

for (const [name, Faulty] of Object.entries({ 'steps are taken down wrongly': WrongStep, 'parents are taken down wrongly': WrongParent }))
  test(`no run that does not break its guarantee is told: seeded fault, ${name}`, (t) => {
    let refused = 0;
    for (const system of fc.sample(generatedSystem, { numRuns: 60, seed: 3 })) {
      const all = system();
      const search = new HashCompaction(all, { seed: 1, Ancestry: Faulty });
      if (advance(search) !== 'ended') continue;
      try {
        // A wrong run may break the guarantee all the same: then it is a right one.
        for (const [number, verdict] of search.result().verdicts.entries())
          if (verdict.kind === 'violated')
            t.true(run(all, verdict.violation.schedule).run.breaches.some((breach) => breach.guarantee === number));
      } catch (error) {
        t.regex((error as Error).message, /does not break it|steps are enabled where step|is no initial state/);
        refused++;
      }
    }
    t.log({ refused });
    t.true(refused > 10);
  });

test('with fingerprints of few bits states are left out, the odds say so, and nothing is said to hold', (t) => {
  let left = 0;
  for (const system of fc.sample(generatedSystem, { numRuns: 60, seed: 4 })) {
    const exact = new BreadthFirst(system(), { loop: false });
    const compact = new HashCompaction(system(), { seed: 1, bits: 6 });
    if (advance(exact) !== 'ended' || advance(compact) !== 'ended') continue;
    const { states, verdicts } = compact.result();
    if (states < exact.states.size) left++;
    for (const verdict of verdicts) {
      t.true(verdict.kind === 'violated' || verdict.kind === 'not-found');
      if (verdict.kind !== 'not-found') continue;
      t.like(verdict.bound, { kind: 'hash-compacted', bits: 6, omission: compacted(states, 6).omission });
      if (states < exact.states.size && verdict.bound.kind === 'hash-compacted') t.true(verdict.bound.omission > 0.05);
    }
  }
  t.log({ left });
  t.true(left > 20);
});

const digits = [int('low', { to: 3 }), int('high', { to: 3 })] as const;
const sets = routine('sets', function* (own: (typeof digits)[number], other: (typeof digits)[number]) {
  const value = yield* choose(3);
  const old = yield* load(other);
  yield* store(own, value);
  yield* store(other, value === old ? 0 : old);
});
const both = scenario({ threads: digits.map((digit, index) => thread('AB'.charAt(index), forever(sets, digit, digits[1 - index]!))) });
const setters = new System(digits, undefined, both, withBuiltIn([], false), { automata: 'minimised' });

test('an omission is not more frequent than its odds', (t) => {
  const exact = new BreadthFirst(setters);
  while (!exact.advance(1_000));
  const { size } = exact.states;
  const bits = 2 * Math.ceil(Math.log2(size));
  const { omission } = compacted(size, bits);
  const seeds = 300;
  let omitted = 0;
  for (let seed = 0; seed < seeds; seed++) {
    const search = new HashCompaction(setters, { seed, bits });
    while (!search.advance(1_000));
    if (search.progress.states < size) omitted++;
  }
  t.log({ size, bits, omission, omitted });
  t.true(omitted < seeds * omission + 3 * Math.sqrt(seeds * omission * (1 - omission)));
  // States that are so much alike collide less often than the odds of any states; universal-hash.test.ts shows that those are met.
  t.true(omitted > 0);
});

test('searches with different seeds leave out different states', (t) => {
  const states = [1, 2, 3, 4].map((seed) => {
    const search = new HashCompaction(setters, { seed, bits: 8 });
    while (!search.advance(1_000));
    return search.progress.states;
  });
  t.log(states);
  t.true(new Set(states).size > 1);
});

test('a budget that does not hold all states ends the search as incomplete, with the odds so far', (t) => {
  const roomy = new HashCompaction(setters, { seed: 1 });
  while (!roomy.advance(1_000));
  const tight = new HashCompaction(setters, { seed: 1, maxBytes: roomy.bytes - 1 });
  while (!tight.advance(1_000));
  t.true(tight.bytes < roomy.bytes);
  for (const verdict of tight.result().verdicts)
    t.like(verdict, { kind: 'incomplete', cut: 'memory', compacted: compacted(tight.progress.states) });
  const none = new HashCompaction(setters, { seed: 1, maxBytes: 1_000 });
  t.true(none.advance(1));
  t.like(none.result(), { states: 0, transitions: 0 });
});

test('a search that ends for what it has found says how long the runs were that it excludes', (t) => {
  const never = guarantee(
    'never',
    { says: 'low is not 3', source: 'a test' },
    invariant([digits[0]], (low) => low !== 3),
  );
  const system = new System(digits, undefined, both, withBuiltIn([never], false), { automata: 'minimised' });
  const search = new HashCompaction(system, { seed: 1, untilViolated: [0] });
  while (!search.advance(7));
  const [violated, ...others] = search.result().verdicts;
  t.is(violated?.kind, 'violated');
  for (const verdict of others) t.like(verdict, { kind: 'not-found', bound: { kind: 'hash-compacted', steps: 3 } });
});
