import test from 'ava';
import * as fc from 'fast-check';
import computeMaxProcs from '../../models/compute-max-procs/index.ts';
import { guarantees } from '../../properties/compute-max-procs.ts';
import { BreadthFirst } from '../explore/breadth-first.ts';
import type { Exploration } from '../explore/verdict.ts';
import { System } from '../kernel/system.ts';
import type { Protocol, Scenario, Thread } from '../model/protocol.ts';
import { withBuiltIn, type Guarantee } from '../property/property.ts';
import { increments, keepsCount } from '../schedule/increments.ts';
import { LearnedThreads, type LearnedThread } from './learned-threads.ts';

function explored(protocol: Protocol, scenario: Scenario, guarantees: readonly Guarantee[], learned?: LearnedThreads): Exploration {
  const search = new BreadthFirst(new System(protocol.handles, protocol.ranks, scenario, guarantees, { automata: 'minimised', learned }));
  while (search.progress.states < 4000 && !search.advance(1000));
  return { ...search.result(), milliseconds: 0 };
}

/** Scenarios of a variant as drawn from a seed. */
function scenariosOf(protocol: Protocol, variant: string, numRuns: number): readonly Scenario[] {
  const { routines } = protocol.variants.find(({ name }) => name === variant)!;
  return fc.sample(protocol.scenarios!.arbitrary, { seed: 4, numRuns }).map(protocol.scenarios!.build(routines));
}

test('scenarios with shared automata have the same states, transitions and verdicts as with their own', (t) => {
  const learned = new LearnedThreads();
  for (const scenario of scenariosOf(computeMaxProcs, 'go1.25-e481a08e', 5))
    t.deepEqual(explored(computeMaxProcs, scenario, guarantees, learned), explored(computeMaxProcs, scenario, guarantees));
});

const own = withBuiltIn([keepsCount], false);

test('threads that run the same are learned once, and once for each index if they ask for self', (t) => {
  const calls = [['increment'], ['increment'], ['look', 'increment']] as const;
  for (const [variant, size] of [
    ['unlocked', 3],
    ['peculiar', 4],
  ] as const) {
    const { routines } = increments.variants.find(({ name }) => name === variant)!;
    const learned = new LearnedThreads();
    for (let again = 0; again < 2; again++)
      explored(increments, increments.scenarios!.build(routines)({ callers: calls, noise: 0 }), own, learned);
    t.is(learned.size, size);
  }
});

class ForgetsIndex extends LearnedThreads {
  override closed(thread: Thread, _index: number, observed: ReadonlySet<string>, limit: number): LearnedThread | undefined {
    return super.closed(thread, 0, observed, limit);
  }
}
class ForgetsGate extends LearnedThreads {
  override closed(thread: Thread, index: number, observed: ReadonlySet<string>, limit: number): LearnedThread | undefined {
    return super.closed({ ...thread, gate: undefined }, index, observed, limit);
  }
}
class ForgetsObserved extends LearnedThreads {
  override closed(thread: Thread, index: number, _observed: ReadonlySet<string>, limit: number): LearnedThread | undefined {
    return super.closed(thread, index, new Set(), limit);
  }
}

for (const [what, Broken, protocol, variant, stated] of [
  ['the index of a thread that asks for self', ForgetsIndex, increments, 'peculiar', own],
  ['whether a thread can be stopped', ForgetsGate, computeMaxProcs, 'repaired', guarantees],
  ['what is observed', ForgetsObserved, computeMaxProcs, 'repaired', guarantees],
] as const)
  test(`sharing that forgets ${what} is noticed`, (t) => {
    const learned = new Broken();
    const noticed = scenariosOf(protocol, variant, 4).filter((scenario) => {
      try {
        const shared = explored(protocol, scenario, stated, learned);
        return JSON.stringify(shared) !== JSON.stringify(explored(protocol, scenario, stated));
      } catch {
        return true;
      }
    });
    t.true(noticed.length > 0);
  });
