/** Symmetry and safe steps together: what a search with both tells is what a full one does. */
import test from 'ava';
import * as fc from 'fast-check';
import { preserves, SafeSteps } from '../../kernel/safe-steps.ts';
import { System } from '../../kernel/system.ts';
import { bool } from '../../model/handle.ts';
import { acquirem, ensure, load, releasem, store } from '../../model/operations.ts';
import { scenario, thread } from '../../model/protocol.ts';
import { forever, routine } from '../../model/routine.ts';
import { withBuiltIn } from '../../property/property.ts';
import { BreadthFirst } from '../breadth-first.ts';
import { run } from '../../schedule/run.ts';
import { HashCompaction } from '../compact/hash-compaction.ts';
import { needsWholeGraph } from '../../property/needs-whole-graph.ts';
import { Exhaustive, type ExhaustiveOptions } from '../exhaustive.ts';
import type { Exploration, Verdict } from '../verdict.ts';
import { alike, handles, subjectOf } from './generated-alike.ts';

/** Protocols with more states than this are left out. */
const most = 1500;

function searched(system: System, options: ExhaustiveOptions, limit = Number.POSITIVE_INFINITY): Exhaustive | undefined {
  const search = new Exhaustive(system, options);
  while (!search.advance(200)) if (search.progress.states > limit) return undefined;
  return search;
}

/** A verdict without its run: what it is, how long, and vacuity. */
function word(verdict: Verdict): string {
  if (verdict.kind === 'violated') return `violated in ${verdict.violation.schedule.choices.length}`;
  return verdict.kind === 'holds' ? `holds ${verdict.vacuous}` : verdict.kind;
}

function told({ verdicts }: Exploration): string {
  return verdicts.map(word).join();
}

const both = { symmetry: true, reduces: true } as const;
const numRuns = Number(process.env['HEDDLE_GENERATED'] ?? 200);
const seed = Number(process.env['HEDDLE_SEED'] ?? 7);

const generated = alike.map((protocol) => (): System => {
  const { scenario: checked, guarantees } = subjectOf(protocol);
  return new System(handles, undefined, checked, guarantees.filter(preserves), { automata: 'minimised' });
});

/** How a search with both differs from a full one, if it does. */
function difference(system: () => System): string | undefined {
  const full = searched(system(), {}, most)?.result();
  if (full === undefined) return undefined;
  const reduced = searched(system(), both)!.result();
  return told(full) === told(reduced) ? undefined : `${told(full)}, and with both ${told(reduced)}`;
}

test('with symmetry and safe steps taken alone verdicts and shortest lengths are those of a full search', (t) => {
  const seen = { fewer: 0, both: 0, violations: 0 };
  fc.assert(
    fc.property(generated, (system) => {
      const differs = difference(system);
      if (differs !== undefined) throw new Error(differs);
      const orbits = searched(system(), { symmetry: true }, most)?.result();
      if (orbits?.symmetry?.on !== true) return;
      const { states, reduction, verdicts } = searched(system(), both)!.result();
      if (verdicts.some(({ kind }) => kind === 'violated')) seen.violations++;
      if (reduction !== 'safe-steps') return;
      seen.both++;
      if (states > orbits.states) throw new Error(`${states} states, ${orbits.states} with symmetry alone`);
      if (states < orbits.states) seen.fewer++;
    }),
    { numRuns, seed, includeErrorInReport: true },
  );
  t.log(JSON.stringify(seen));
  t.true(seen.both > numRuns / 8 && seen.fewer > numRuns / 40 && seen.violations > numRuns / 20);
});

/** Of two local states that lie on a circle, one thread finds the one safe, the other the other. */
class TakesTurns extends SafeSteps {
  constructor(...parameters: ConstructorParameters<typeof SafeSteps>) {
    super(...parameters);
    for (const [thread, own] of this.safe.slice(0, 2).entries()) own.forEach((_, node) => (own[node] = node % 2 === thread ? 1 : 0));
  }
}

const seen = bool('seen');
const spin = routine('spin', function* () {
  yield* acquirem();
  yield* releasem();
});
const spins = routine('spins', function* () {
  yield* forever(spin);
});
const fails = routine('fails', function* () {
  yield* store(seen, true);
  yield* ensure(!(yield* load(seen)), 'it was seen');
});

test('a search that is cut anywhere tells runs that break what it says they do, in the same words', (t) => {
  let told = 0;
  fc.assert(
    fc.property(generated, fc.nat(60), fc.boolean(), (system, slices, symmetry) => {
      const search = new BreadthFirst(system(), { symmetry, reduces: true });
      for (let slice = 0; slice < slices && !search.advance(10); slice++);
      search.cut('time');
      for (const verdict of search.result().verdicts) {
        if (verdict.kind !== 'violated') continue;
        const { guarantee, schedule, says } = verdict.violation;
        const breach = run(search.system, schedule).run.breaches.find((each) => each.guarantee === guarantee);
        t.is(breach?.says, says);
        told++;
      }
    }),
    { numRuns, seed: seed + 2, includeErrorInReport: true },
  );
  t.true(told > numRuns / 8, String(told));
});

test('hash compaction stores as many states with both, and breaks the same guarantees by runs that replay', (t) => {
  let compared = 0;
  for (const system of fc.sample(generated, { numRuns, seed: seed + 1 })) {
    const exact = searched(system(), both, most)?.result();
    if (exact?.symmetry?.on !== true || exact.reduction !== 'safe-steps') continue;
    // Each run that it tells it has run before.
    const compact = new HashCompaction(system(), { seed: 1, ...both });
    while (!compact.advance(200));
    const result = compact.result();
    t.is(result.reduction, 'safe-steps');
    for (const [number, { kind }] of result.verdicts.entries())
      if (!needsWholeGraph(compact.system.guarantees[number]!.property))
        t.is(kind === 'violated', exact.verdicts[number]!.kind === 'violated');
    // What an exact search finds broken it has looked for once more in full.
    if (exact.verdicts.every(({ kind }) => kind === 'holds')) t.is(result.states, exact.states);
    compared++;
  }
  t.true(compared > numRuns / 10);
});

test('an invariant that is broken before safe steps that nobody sees is told by a run that ends where it breaks', (t) => {
  const body = [{ kind: 'locked' as const, body: [{ kind: 'own' as const }] }];
  const { scenario: checked, guarantees } = subjectOf({ count: 2, gated: true, body, other: [{ kind: 'look' }], guarantees: [2] });
  const system = new System(handles, undefined, checked, guarantees.filter(preserves), { automata: 'minimised' });
  for (const symmetry of [false, true]) {
    const search = new HashCompaction(system, { seed: 1, symmetry, reduces: true });
    while (!search.advance(100));
    const [exact] = searched(system, {})!.result().verdicts;
    t.is(told({ ...search.result(), verdicts: [search.result().verdicts[0]!] }), word(exact!), `symmetry ${symmetry}`);
  }
});

test('threads that are alike and have other safe steps never go round among themselves while another waits', (t) => {
  const threads = [thread('A', spins(), { daemon: true }), thread('B', spins(), { daemon: true }), thread('C', fails())];
  const system = new System([seen], undefined, scenario({ threads }), withBuiltIn([], false), { automata: 'minimised' });
  const search = searched(system, { ...both, SafeSteps: TakesTurns })!;
  t.true(search.result().symmetry?.on);
  t.is(search.result().verdicts.filter(({ kind }) => kind === 'violated').length, 1);
});
