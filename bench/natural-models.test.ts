/** What minimisation and reduction leave out of the natural models changes no verdict. The larger ones: `npm run bench:minimisation`. */
import test from 'ava';
import { BreadthFirst } from '../src/explore/breadth-first.ts';
import type { Protocol } from '../src/index.ts';
import { System } from '../src/kernel/system.ts';
import handMade from './models/compute-max-procs-2x1/index.ts';
import natural from './models/compute-max-procs-natural-2x1/index.ts';
import { naturalVariants, searchOf, verdictsOf, ways, type NaturalSize, type NaturalVariant, type Way } from './natural-models.ts';

async function explored(
  size: NaturalSize,
  variant: NaturalVariant,
  way: Way,
  end: 'when broken' | 'with the last state',
): Promise<{ readonly states: number; readonly verdicts: Readonly<Record<string, string>> }> {
  const search = await searchOf(size, variant, way, end);
  while (!search.advance(100_000));
  return { states: search.search.progress.states, verdicts: verdictsOf(search) };
}

const holding = {
  'changes-in-a-stopped-world': 'holds',
  'no-automatic-update': 'holds',
  'no-update-syscalls': 'holds',
  'no-deadlock': 'holds',
  'lock-discipline': 'holds',
  'no-throw': 'holds',
};
const verdicts: Readonly<Record<NaturalVariant, Readonly<Record<string, string>>>> = {
  simplified: holding,
  'does-not-wait': { ...holding, 'no-update-syscalls': 'violated in 20 steps' },
  'no-recheck': { ...holding, 'no-automatic-update': 'violated in 36 steps' },
  'starts-early': { ...holding, 'changes-in-a-stopped-world': 'violated in 28 steps' },
};

for (const variant of naturalVariants)
  for (const way of ways)
    test(`two callers with one call each, ${variant}, ${way}: every verdict, and every shortest run`, async (t) => {
      t.deepEqual((await explored('2x1', variant, way, 'with the last state')).verdicts, verdicts[variant]);
    });

test('two callers with one call each have 248,917 raw states, 151,070 minimised ones, and less than half of these reduced', async (t) => {
  t.is((await explored('2x1', 'simplified', 'raw', 'with the last state')).states, 248_917);
  t.is((await explored('2x1', 'simplified', 'minimised', 'with the last state')).states, 151_070);
  t.true((await explored('2x1', 'simplified', 'reduced', 'with the last state')).states < 151_070 / 2);
});

for (const size of ['2x2', '3x1'] as const)
  for (const variant of naturalVariants.slice(1))
    test(`${size}, ${variant}: broken by runs of the same length, raw, minimised and reduced`, async (t) => {
      const expected = Object.entries(verdicts[variant]).find(([, verdict]) => verdict !== 'holds');
      for (const way of ways) {
        const found = await explored(size, variant, way, 'when broken');
        t.deepEqual(
          Object.entries(found.verdicts).filter(([, verdict]) => verdict !== 'not found'),
          [expected],
          way,
        );
      }
    });

/** What the shared variables but newprocs, and the holders of the mutexes, are together in some reachable state. */
function valuations({ handles, ranks, scopes, variants }: Protocol): ReadonlySet<string> {
  const system = new System(handles, ranks, scopes[0]!.scenario(variants[0]!.routines), []);
  const search = new BreadthFirst(system);
  while (!search.advance(100_000));
  const { layout, values, mutexes } = system;
  const fields = [
    ...values.map(({ name }, value) => ({ name: name.replace('sched.', ''), field: system.valueField(value) })),
    ...mutexes.map(({ name }, mutex) => ({ name, field: system.mutexField(mutex) })),
  ]
    .filter(({ name }) => name !== 'newprocs')
    .sort((a, b) => a.name.localeCompare(b.name));
  const state = new Int32Array(search.states.words);
  return new Set(
    Array.from({ length: search.states.size }, (_, number) => {
      search.states.read(number, state);
      return fields.map(({ name, field }) => `${name} ${layout.read(state, field)}`).join(', ');
    }),
  );
}

// The source resets newprocs before it sets gomaxprocs, the hand-made model after that.
test('but for newprocs, the hand-made model has the same 1,395 combinations of values and holders', (t) => {
  const expected = valuations(handMade);
  t.is(expected.size, 1_395);
  t.deepEqual([...valuations(natural)].sort(), [...expected].sort());
});
