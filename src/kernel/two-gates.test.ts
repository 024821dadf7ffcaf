import test from 'ava';
import { bool, forever, gate, load, routine, scenario, start, stop, thread, withBuiltIn } from '../index.ts';
import { explore as exploreReference } from '../semantics/explore.ts';
import { disagreement, exploreWithKernel } from '../semantics/kernel-view.ts';

test('two threads that stop each other’s worlds are told to wait in a circle, however lively a daemon is', (t) => {
  const left = gate('left');
  const right = gate('right');
  const x = bool('x');
  const stops = routine('stops', function* (which: typeof left) {
    yield* stop(which);
    yield* start(which);
  });
  const look = routine('look', function* () {
    yield* load(x);
  });
  const guarantees = withBuiltIn([], false);
  const subject = {
    handles: [x, left, right],
    ranks: undefined,
    guarantees,
    scenario: scenario({
      threads: [thread('A', stops(left), { gate: right }), thread('B', stops(right), { gate: left }), thread('D', forever(look))],
    }),
  };
  const reference = exploreReference(subject, { depth: 8 });
  t.is(reference.violations[guarantees.findIndex(({ name }) => name === 'no-deadlock')], 4);
  for (const automata of ['raw', 'minimised'] as const)
    t.is(disagreement(subject, reference, exploreWithKernel(subject, 8, { automata }), 8), undefined);
});
