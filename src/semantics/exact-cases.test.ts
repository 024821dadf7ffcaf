/** Small protocols whose states were counted by hand or by a program of their own: both engines give exactly these numbers. */
import test, { type ExecutionContext } from 'ava';
import { array, ghost, int, bool, mutex } from '../model/handle.ts';
import { atomically, emit, ensure, load, lock, store, unlock, update, waitUntil } from '../model/operations.ts';
import { scenario, thread } from '../model/protocol.ts';
import { forever, routine } from '../model/routine.ts';
import { writes } from '../property/event.ts';
import { exists } from '../property/pattern.ts';
import { guarantee, invariant, withBuiltIn, type Guarantee, type Property } from '../property/property.ts';
import { BreadthFirst } from '../explore/breadth-first.ts';
import { System } from '../kernel/system.ts';
import { handlesOf, type Shared } from '../model/handle.ts';
import type { Thread } from '../model/protocol.ts';
import { explore } from './explore.ts';
import type { Subject } from './state.ts';

function subject(shared: readonly Shared[], threads: readonly Thread[], ...guarantees: readonly Guarantee[]): Subject {
  return { handles: handlesOf(shared), ranks: undefined, scenario: scenario({ threads }), guarantees: withBuiltIn(guarantees, false) };
}

function stated(property: Property): Guarantee {
  return guarantee('stated', { says: '', source: '' }, property);
}

/** Asserts the number of states and, by name, the lengths of the shortest violations; those not named hold. Infinite for the reference: `bound`. */
function exactly(
  t: ExecutionContext,
  { handles, ranks, scenario: checked, guarantees }: Subject,
  expected: { readonly states: number; readonly violated?: Readonly<Record<string, number>>; readonly bound?: number },
): void {
  const search = new BreadthFirst(new System(handles, ranks, checked, guarantees));
  while (!search.advance(1000));
  const { states, verdicts } = search.result();
  const violated = guarantees.flatMap(({ name }, index) => {
    const verdict = verdicts[index]!;
    return verdict.kind === 'violated' ? [[name, verdict.violation.schedule.choices.length]] : [];
  });
  t.deepEqual({ states, violated: Object.fromEntries(violated) }, { states: expected.states, violated: expected.violated ?? {} });

  const reference = explore(
    { handles, ranks, scenario: checked, guarantees },
    expected.bound === undefined ? {} : { depth: expected.bound },
  );
  t.is(reference.complete, expected.bound === undefined);
  if (reference.complete) t.is(reference.states, expected.states);
  const lengths = guarantees.flatMap(({ name }, index) =>
    reference.violations[index] === undefined ? [] : [[name, reference.violations[index]]],
  );
  t.deepEqual(Object.fromEntries(lengths), expected.violated ?? {});
}

const c = int('c', { to: 2 });
const increment = routine('increment', function* () {
  const value = yield* load(c);
  yield* store(c, value + 1);
});
const increments = [thread('A', increment()), thread('B', increment())];

test('two unlocked increments reach 12 states', (t) => {
  exactly(t, subject([c], increments), { states: 12 });
});

test('two unlocked increments lose an update in 4 steps', (t) => {
  const both = exists(writes(c, { when: ({ to }) => to === 2 })).globally();
  // The monitor tells two ends with c at 2 from the same states before: 12 states, and (2, done, done) has seen it.
  exactly(t, subject([c], increments, stated(both)), { states: 12, violated: { stated: 4 } });
});

const forks = array('fork', 4, (name) => mutex(name));
const philosopher = routine('philosopher', function* (left: number, right: number) {
  yield* lock(forks.at(left));
  yield* lock(forks.at(right));
  yield* unlock(forks.at(left));
  yield* unlock(forks.at(right));
});
const philosophers = (count: number): readonly Thread[] =>
  Array.from({ length: count }, (_, seat) => thread(`P${seat}`, philosopher(seat, (seat + 1) % count)));

for (const [count, states] of [
  [3, 75],
  [4, 321],
] as const)
  test(`${count} philosophers who all take the left fork first reach ${states} states and deadlock in ${count} steps`, (t) => {
    exactly(t, subject([forks], philosophers(count)), { states, violated: { 'no-deadlock': count } });
  });

const flags = array('flag', 2, (name) => bool(name));
const turn = int('turn', { to: 1 });
const inside = ghost('inside', int({ to: 2 }));
const critical = routine('critical', function* (me: number) {
  yield* emit('enter', undefined, { ghost: update(inside, (count) => count + 1) });
  yield* emit('leave', undefined, { ghost: update(inside, (count) => count - 1) });
  yield* store(flags.at(me), false);
});
const peterson = routine('peterson', function* (me: number) {
  yield* store(flags.at(me), true);
  yield* store(turn, 1 - me);
  yield* waitUntil([flags.at(1 - me), turn], (theirs, whose) => !theirs || whose === me);
  yield* critical(me);
});
const swapped = routine('swapped', function* (me: number) {
  yield* store(turn, 1 - me);
  yield* store(flags.at(me), true);
  yield* waitUntil([flags.at(1 - me), turn], (theirs, whose) => !theirs || whose === me);
  yield* critical(me);
});
const alone = stated(invariant([inside], (count) => count <= 1));

test("Peterson's algorithm keeps two threads apart, in 42 states", (t) => {
  exactly(t, subject([flags, turn, inside], [thread('A', peterson(0)), thread('B', peterson(1))], alone), { states: 42 });
});

test("Peterson's algorithm with flag and turn swapped lets both in after 8 steps", (t) => {
  exactly(t, subject([flags, turn, inside], [thread('A', swapped(0)), thread('B', swapped(1))], alone), {
    states: 85,
    violated: { stated: 8 },
  });
});

const a = mutex('a');
const b = mutex('b');
const beat = bool('beat');
const nested = routine('nested', function* (first: typeof a, second: typeof a) {
  yield* lock(first);
  yield* lock(second);
  yield* unlock(second);
  yield* unlock(first);
});
const sysmon = routine('sysmon', function* () {
  const now = yield* load(beat);
  yield* store(beat, !now);
});

test('an ABBA deadlock is reported beside a daemon that lives on', (t) => {
  const threads = [thread('A', nested(a, b)), thread('B', nested(b, a)), thread('sysmon', forever(sysmon))];
  // 19 states of the two lockers by 4 of the daemon: beat, and whether it was read.
  exactly(t, subject([a, b, beat], threads), { states: 76, violated: { 'no-deadlock': 2 }, bound: 8 });
});

const x = int('x', { to: 1 });
const y = int('y', { to: 1 });
const writer = routine('writer', function* () {
  yield* store(x, 1);
  yield* store(y, 1);
});
const reader = routine('reader', function* () {
  const first = yield* load(x);
  const second = yield* load(y);
  yield* ensure(first === second, 'the pair is torn');
});
const wholeWriter = routine('wholeWriter', function* () {
  yield* atomically([x, y], () => ({ to: [1, 1] }));
});
const wholeReader = routine('wholeReader', function* () {
  const same = yield* atomically([x, y], (first, second) => ({ result: first === second }));
  yield* ensure(same, 'the pair is torn');
});

test('a pair that is written and read in two steps is torn in 3', (t) => {
  exactly(t, subject([x, y], [thread('W', writer()), thread('R', reader())]), { states: 11, violated: { 'no-throw': 3 } });
});

test('a pair that is written and read in one step is not torn', (t) => {
  exactly(t, subject([x, y], [thread('W', wholeWriter()), thread('R', wholeReader())]), { states: 4 });
});
