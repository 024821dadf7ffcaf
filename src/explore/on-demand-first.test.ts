import test from 'ava';
import * as fc from 'fast-check';
import { System } from '../kernel/system.ts';
import { HeddleError } from '../model/error.ts';
import { generatedProtocol, subjectOf } from '../semantics/generated-protocols.ts';
import { Exhaustive } from './exhaustive.ts';
import { OnDemandFirst } from './on-demand-first.ts';
import type { Exploration } from './verdict.ts';

const numRuns = Number(process.env['HEDDLE_GENERATED'] ?? 200);

type Learn = (automata: 'raw' | 'on-demand' | 'minimised') => System;
/** Among the guarantees of nearly every protocol is one that watches what never happens. */
const generated = fc.tuple(generatedProtocol, fc.boolean()).map(([protocol, watches]): Learn => {
  const { handles, ranks, scenario, guarantees } = subjectOf(protocol);
  const judged = guarantees.filter(({ property }) => watches || (property.kind !== 'monitor' && property.kind !== 'lockOrder'));
  return (automata) => new System(handles, ranks, scenario, judged, { automata });
});

/** Its result without the time, and on what automata; undefined where the model turns out to be at fault, or the search takes long. */
function resultOf(
  search: Exhaustive | OnDemandFirst,
  slice: number,
): { readonly exploration: Exploration; readonly automata: string } | undefined {
  try {
    for (let left = 3000; !search.advance(slice); left -= slice) if (left < 0) return undefined;
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
      const raw = resultOf(new Exhaustive(learn('raw')), 100);
      const minimised = resultOf(new Exhaustive(learn('minimised')), 100);
      if (raw === undefined || minimised === undefined) return;
      const own = resultOf(new OnDemandFirst(learn, {}, most), slice);
      const isVacuous = raw.exploration.verdicts.some((verdict) => verdict.kind === 'holds' && verdict.vacuous);
      // Where a watched call is never reached, it takes closed automata to tell that it could not be.
      if (own?.automata === 'raw') t.deepEqual(own, raw);
      else t.deepEqual(own, minimised);
      if (isVacuous || raw.exploration.states > most) t.is(own?.automata, 'minimised');
      t.deepEqual(kinds(own!.exploration), kinds(raw.exploration));
      seen[own?.automata === 'raw' ? 'small' : 'large']++;
    }),
    { numRuns, seed: 1, includeErrorInReport: true },
  );
  t.log(seen);
  t.true(seen.small > numRuns / 20 && seen.large > numRuns / 20);
});

test('what does not fit into its budget as it is learned is tried minimised', (t) => {
  const [learn] = fc.sample(generated, { numRuns: 1, seed: 3 }) as [Learn];
  const first = new OnDemandFirst(learn, { maxBytes: 1000 });
  while (!first.advance(10));
  t.is(first.system.automata, 'minimised');
  t.true(first.result().verdicts.every(({ kind }) => kind === 'incomplete'));
});

test('a search that is cut off in its first part ends there', (t) => {
  const [learn] = fc.sample(generated, { numRuns: 1, seed: 3 }) as [Learn];
  const search = new OnDemandFirst(learn, {}, 1);
  search.cut('interrupted');
  t.true(search.advance(10));
  t.true(search.result().verdicts.every((verdict) => verdict.kind === 'incomplete' && verdict.cut === 'interrupted'));
});
