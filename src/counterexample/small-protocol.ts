/** For tests: two workers, one of them behind a gate, that break a guarantee of every kind, each as soon as it may. */
import { gate as declareGate, int, mutex, type Mutex } from '../model/handle.ts';
import { atomically, choose, fetchAdd, load, lock, start, stop, store, unlock } from '../model/operations.ts';
import { given, scenario, thread } from '../model/protocol.ts';
import { routine } from '../model/routine.ts';
import { changes, enters } from '../property/event.ts';
import { exists, never } from '../property/pattern.ts';
import { guarantee, invariant, stepProperty, withBuiltIn, type Guarantee } from '../property/property.ts';
import { System } from '../kernel/system.ts';

const counter = int('counter', { from: 0, to: 2 });
const first = mutex('first');
const second = mutex('second');
const gate = declareGate('gate');

const read = routine('read', function* () {
  return yield* load(counter);
});
const increment = routine('increment', function* () {
  const before = yield* read();
  yield* store(counter, Math.min(2, before + 1));
});
const nest = routine('nest', function* (outer: Mutex, inner: Mutex) {
  yield* lock(outer);
  yield* lock(inner);
  yield* unlock(inner);
  yield* unlock(outer);
});
const work = routine('work', function* (outer: Mutex, inner: Mutex) {
  const next = yield* choose('increment', 'nest', 'misuse', 'stop', 'reset');
  if (next === 'increment') yield* increment();
  if (next === 'nest') yield* nest(outer, inner);
  if (next === 'misuse') yield* unlock(outer);
  if (next === 'reset') yield* atomically([counter], () => ({ to: [0] }));
  if (next === 'stop') {
    yield* stop(gate);
    yield* fetchAdd(counter, 0);
    yield* start(gate);
  }
});

export const guarantees: readonly Guarantee[] = withBuiltIn(
  [
    guarantee(
      'below-two',
      { says: 'the counter stays below two', source: 'small.go counter' },
      invariant([counter], (value) => value < 2),
    ),
    guarantee(
      'grows',
      { says: 'the counter never falls', source: 'small.go counter' },
      stepProperty([counter], ([before], [after]) => after >= before),
    ),
    guarantee(
      'once',
      { says: 'nobody increments after the counter has changed', source: 'small.go increment' },
      never(enters(increment)).after(changes(counter)),
    ),
    guarantee('some', { says: 'somebody increments', source: 'small.go increment' }, exists(enters(increment)).globally()),
  ],
  false,
);

const handles = [counter, first, second, gate];

/** The protocol with raw automata. */
export function smallSystem(): System {
  return systemOf(work, 'A');
}

/** The same after a change to the model. */
export function changedSystem(
  change: 'renamed thread' | 'renamed routine' | 'one way of locking' | 'starts at two' | 'no increment',
): System {
  switch (change) {
    case 'renamed thread':
      return systemOf(work, 'C');
    case 'renamed routine':
      return systemOf(renamed, 'A');
    case 'one way of locking':
      return systemOf(ordered, 'A');
    case 'no increment':
      return systemOf(idle, 'A');
    case 'starts at two':
      return systemOf(work, 'A', 2);
  }
}

const readAgain = routine('readAgain', function* () {
  return yield* load(counter);
});
const incrementAgain = routine('increment', function* () {
  const before = yield* readAgain();
  yield* store(counter, Math.min(2, before + 1));
});
const renamed = routine('work', function* (_outer: Mutex, _inner: Mutex) {
  const next = yield* choose('increment', 'nest');
  if (next === 'increment') yield* incrementAgain();
});
const ordered = routine('work', function* (_outer: Mutex, _inner: Mutex) {
  const next = yield* choose('increment', 'nest');
  if (next === 'nest') yield* nest(first, second);
});
const idle = routine('work', function* (outer: Mutex, inner: Mutex) {
  const next = yield* choose('nest', 'misuse');
  if (next === 'nest') yield* nest(outer, inner);
});

function systemOf(body: typeof work, name: string, initial: 0 | 2 = 0): System {
  const threads = [thread(name, body(first, second), { gate }), thread('B', body(second, first))];
  return new System(handles, undefined, scenario({ initial: [given(counter, initial, 1)], threads }), guarantees);
}
