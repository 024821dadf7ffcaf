import test from 'ava';
import type { System } from '../../kernel/system.ts';
import { Runner } from '../../schedule/runner.ts';
import type { Choice, Schedule } from '../../schedule/schedule.ts';
import { minimalViolation } from '../minimal-violation.ts';
import { actingThreads, byScenario } from '../size.ts';
import { writers } from '../writers.ts';
import { nearestPassing, type ContrastOptions } from './contrast.ts';
import { Passing } from './passing.ts';

/** How near a passing run is: its preemptions after it has parted, then how many steps it shares. */
type Near = readonly [preemptions: number, shared: number];

/** By definition: every order of the threads that act in the failing run is executed to its end. */
function byBruteForce(system: System, guarantee: number, failing: Schedule): Near | undefined {
  const acting = actingThreads(failing);
  const runner = new Runner(system);
  let nearest: Near | undefined;
  const follow = (choices: readonly Choice[]): void => {
    runner.begin(failing.initial);
    const preemptions = [0];
    for (const choice of choices) {
      runner.take(choice);
      preemptions.push(runner.preemptions);
    }
    if (runner.breaches.some((breach) => breach.guarantee === guarantee)) return;
    const next = [...acting].filter((thread) => runner.waysOf(thread) > 0);
    if (next.length > 0) {
      for (const thread of next) follow([...choices, { thread, pick: 0 }]);
      return;
    }
    const shared = choices.findIndex(({ thread }, step) => failing.choices[step]?.thread !== thread);
    const near: Near = [runner.preemptions - preemptions[shared]!, shared];
    if (near[0] > 2) return;
    if (nearest === undefined || near[0] < nearest[0] || (near[0] === nearest[0] && near[1] > nearest[1])) nearest = near;
  };
  follow([]);
  return nearest;
}

/** How the first of a sample of contrasts differs from trying all orders, in words. */
function noticed(options: ContrastOptions): { readonly differs: string | undefined; readonly seen: object } {
  const seen = { contrasts: 0, preempting: 0, none: 0 };
  for (const system of writers(2, { numRuns: 12, seed: 3 }))
    for (const [number, { name, property }] of system.guarantees.entries()) {
      const minimum = property.kind === 'invariant' ? minimalViolation(system, number, { order: byScenario }) : undefined;
      if (minimum?.kind !== 'violated') continue;
      const { schedule } = minimum.violation;
      const reference = byBruteForce(system, number, schedule);
      const contrast = nearestPassing(system, number, schedule, options);
      const found: Near | undefined = contrast && [contrast.preemptions, contrast.shared];
      if (found?.join() !== reference?.join())
        return { differs: `${name}: ${found?.join()} was found, ${reference?.join()} by trying all`, seen };
      if (contrast === undefined) seen.none++;
      else seen.contrasts++;
      if (contrast !== undefined && contrast.preemptions > 0) seen.preempting++;
    }
  return { differs: undefined, seen };
}

test('the nearest passing run is the one that trying all orders finds', (t) => {
  const { differs, seen } = noticed({});
  t.is(differs, undefined);
  t.deepEqual(seen, { contrasts: 44, preempting: 0, none: 93 });
});

test('preemptions that are not counted are noticed', (t) => {
  class NeverPreempts extends Passing {
    protected override sleeps(): boolean {
      return true;
    }
  }
  t.regex(noticed({ Passing: NeverPreempts }).differs ?? '', /by trying all$/);
});

test('a budget that ends first leaves no contrast', (t) => {
  const [system] = writers(2, { numRuns: 1, seed: 3 });
  const number = system!.guarantees.findIndex((_, index) => minimalViolation(system!, index).kind === 'violated');
  const minimum = minimalViolation(system!, number);
  if (minimum.kind !== 'violated') return t.fail();
  t.is(nearestPassing(system!, number, minimum.violation.schedule, { maxStates: 1 }), undefined);
  return undefined;
});
