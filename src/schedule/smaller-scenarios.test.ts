import test from 'ava';
import * as fc from 'fast-check';
import { Value } from 'fast-check';
import { explore } from '../check/check.ts';
import type { System } from '../kernel/system.ts';
import { keyOf } from '../model/plain-data.ts';
import { withBuiltIn } from '../property/property.ts';
import { GeneratedSystems } from './generated-systems.ts';
import { increments, keepsCount, type Described } from './increments.ts';
import { run } from './run.ts';
import { SmallerScenarios } from './smaller-scenarios.ts';

const { arbitrary } = increments.scenarios!;
const systems = new GeneratedSystems(increments, increments.variants[0]!, withBuiltIn([keepsCount], false));
const budget = { each: 100_000, all: 10_000_000 };

/** All that shrinking leads to from a description, itself left out. */
function below(from: Value<unknown>): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  const queue = [from];
  for (let next = queue.shift(); next !== undefined; next = queue.shift())
    for (const child of arbitrary.shrink(next.value_, next.context)) {
      if (found.has(keyOf(child.value_)) || keyOf(child.value_) === keyOf(from.value_)) continue;
      found.set(keyOf(child.value_), child.value_);
      queue.push(child);
    }
  return found;
}

/** How a walk differs from exploring every smaller scenario completely, with all guarantees; undefined if it does not. */
function disagreement(Walker: typeof SmallerScenarios, from: Described): string | undefined {
  const value = new Value<unknown>(from, undefined);
  const walker = new Walker(arbitrary, (description) => systems.system(description), budget);
  const broken = new Set<string>();
  for (const { description, schedule } of walker.broken(value, 0)) {
    broken.add(keyOf(description.value_));
    const replayed = run(systems.system(description.value_), schedule);
    if (!replayed.run.breaches.some(({ guarantee }) => guarantee === 0)) return `a run of ${keyOf(description.value_)} breaks nothing`;
  }
  let excluded = 0;
  for (const [key, description] of below(value)) {
    const { violated } = explore(increments, systems.scenario(description), [keepsCount]);
    if ('keeps-count' in violated !== broken.has(key)) return `${key} ${broken.has(key) ? 'does not break' : 'breaks'} it`;
    if (!('keeps-count' in violated)) excluded++;
  }
  const told = walker.smaller(from, 0);
  if (broken.size > 0) return told === undefined ? undefined : 'it tells of exclusion although some are broken';
  return told?.excluded === excluded && told.all && told.open.length === 0 ? undefined : `${excluded} are excluded, not ${told?.excluded}`;
}

const samples: readonly Described[] = [
  { callers: [['increment'], ['increment']], noise: 0 },
  { callers: [['increment', 'look', 'increment']], noise: 2 },
  {
    callers: [
      ['look', 'increment'],
      ['increment', 'look'],
    ],
    noise: 1,
  },
  { callers: [['look', 'look'], ['increment'], ['look']], noise: 0 },
];

test('a walk over smaller scenarios finds and excludes what exploring each of them completely does', (t) => {
  for (const sample of samples) t.is(disagreement(SmallerScenarios, sample), undefined);
});

class StopsEarly extends SmallerScenarios {
  protected override searchOf(system: System, guarantee: number) {
    const searched = super.searchOf(system, guarantee);
    return searched.states > 20 ? { states: searched.states, outcome: 'excluded' as const } : searched;
  }
}
class TakesExcludedForOpen extends SmallerScenarios {
  protected override searchOf(system: System, guarantee: number) {
    const searched = super.searchOf(system, guarantee);
    return { ...searched, outcome: searched.outcome === 'excluded' ? ('open' as const) : searched.outcome };
  }
}
for (const [what, Broken] of [
  ['ends too early', StopsEarly],
  ['forgets that a search was complete', TakesExcludedForOpen],
] as const)
  test(`a walk that ${what} is noticed`, (t) => {
    t.true(samples.some((sample) => disagreement(Broken, sample) !== undefined));
  });

test('the arbitrary of these tests shrinks what was given as it shrinks what was drawn', (t) => {
  const [drawn] = fc.sample(arbitrary, { seed: 1, numRuns: 1 });
  t.true(arbitrary.canShrinkWithoutContext(drawn));
  t.true([...arbitrary.shrink(drawn, undefined)].length > 0);
});
