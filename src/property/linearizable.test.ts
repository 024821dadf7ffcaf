import test from 'ava';
import * as heddle from 'heddle';
import { changes, given, int } from 'heddle';

const {
  abstraction,
  again,
  array,
  atOnce,
  atomically,
  become,
  compareAndSwap,
  done,
  environment,
  explore,
  fetchAdd,
  forever,
  guarantee,
  HeddleError,
  linearizable,
  load,
  loop,
  option,
  routine,
  scenario,
  store,
  thread,
  whenever,
} = heddle;

/** Explores threads against one property: its verdict, with the length of the shortest run and its words where it is violated. */
function judged(
  property: heddle.Property,
  shared: readonly heddle.Shared[],
  threads: readonly heddle.Thread[],
  initial: heddle.Given[] = [],
) {
  const { handles } = heddle.protocol('objects', {
    about: 'an object',
    source: 'made up',
    shared,
    scopes: [heddle.scope('only', 'the threads', () => scenario({ threads }))],
    variants: [heddle.variant('only', { about: 'the object', routines: undefined })],
  });
  const { verdicts } = explore({ handles, ranks: undefined }, scenario({ threads, initial }), [
    guarantee('linearizable', { says: 'the object is linearizable', source: 'made up' }, property),
  ]);
  const [verdict] = verdicts;
  if (verdict?.kind !== 'violated') return verdict;
  return { kind: verdict.kind, steps: verdict.violation.schedule.choices.length, says: verdict.violation.says };
}

const holds = { kind: 'holds', vacuous: false } as const;

const count = int('count', { to: 3 });
const increments = routine('increment', function* () {
  return yield* fetchAdd(count, 1);
});
const incrementsInTwo = routine('increment', function* () {
  const old = yield* load(count);
  yield* store(count, old + 1);
  return old;
});
const counter = linearizable<number>({ initial: 0, calls: [atOnce(increments, (old) => ({ state: old + 1, result: old }))] });

test('a counter that adds in one step is linearizable', (t) => {
  const threads = ['A', 'B', 'C'].map((name) => thread(name, increments()));
  t.deepEqual(judged(counter, [count], threads), holds);
});

test('a counter that reads and writes in two steps gives one value twice: 8 steps', (t) => {
  const threads = ['A', 'B', 'C'].map((name) => thread(name, incrementsInTwo()));
  t.deepEqual(judged(counter, [count], threads), {
    kind: 'violated',
    // Two calls of enter, load, store, return.
    steps: 8,
    says: 'increment() returns 0 to B, where any order of the calls leads to 1',
  });
});

test('a call that has not returned may have taken effect, or not', (t) => {
  const stuck = routine('increment', function* () {
    yield* fetchAdd(count, 1);
    yield* heddle.mayWaitForever(heddle.waitUntil([count], (now) => now === 3));
    return 0;
  });
  // A never returns; B sees its effect or not, and both are right.
  t.deepEqual(judged(counter, [count], [thread('A', stuck()), thread('B', increments())]), holds);
});

test('a property whose calls are nowhere, or never return, is vacuous', (t) => {
  const other = routine('other', function* () {
    yield* load(count);
  });
  const never = routine('increment', function* () {
    yield* heddle.mayWaitForever(heddle.waitUntil([count], (now) => now === 3));
    return 0;
  });
  t.deepEqual(judged(counter, [count], [thread('A', other())]), { kind: 'holds', vacuous: true });
  t.deepEqual(judged(counter, [count], [thread('A', never())]), { kind: 'holds', vacuous: true });
});

const reads = routine('read', function* () {
  return yield* load(count);
});
const readsTwice = routine('read', function* () {
  yield* load(count);
  return yield* load(count);
});
const readsBefore = routine('read', function* (cached: number) {
  yield* load(count);
  return cached;
});
const writes = routine('write', function* (value: number) {
  yield* store(count, value);
});
const register = linearizable<number>({
  initial: 0,
  calls: [atOnce(writes, (_old, value) => ({ state: value })), atOnce(reads, (value) => ({ state: value, result: value }))],
});
const readTwice = routine('reader', function* () {
  yield* reads();
  yield* readsTwice();
});
const readStale = routine('reader', function* () {
  const value = yield* reads();
  yield* readsBefore(value);
});

test('a register is linearizable', (t) => {
  t.deepEqual(judged(register, [count], [thread('W', writes(1)), thread('V', writes(2)), thread('R', readTwice())]), holds);
});

test('a register that answers from a cache is not: a read begins after a write has returned', (t) => {
  // The first read enters, loads and returns 0; the write enters, stores and returns; the second enters, loads, returns 0.
  t.deepEqual(judged(register, [count], [thread('W', writes(1)), thread('R', readStale())]), {
    kind: 'violated',
    steps: 9,
    says: 'read(0) returns 0 to R, where any order of the calls leads to 1',
  });
});

const items = array('item', 3, (name) => int(name, { to: 2 }));
const tail = int('tail', { to: 3 });
const head = int('head', { to: 3 });
const takesSlot = routine('takesSlot', function* () {
  return yield* fetchAdd(tail, 1);
});
/** A slot is taken in one step and filled in another, as in Herlihy and Wing's queue; but a dequeue looks at each slot once. */
const enqueues = routine('enqueue', function* (item: number) {
  const slot = yield* takesSlot();
  yield* store(items.at(slot), item);
});
const looks = routine('looks', function* (slot: number) {
  const end = yield* load(tail);
  if (slot >= end) return done(0);
  const item = yield* heddle.swap(items.at(slot), 0);
  return item === 0 ? again(slot + 1) : done(item);
});
/** Answers 0 where it finds nothing. */
const dequeues = routine('dequeue', function* () {
  return yield* loop(looks, 0);
});
const enqueuesAtOnce = routine('enqueue', function* (item: number) {
  yield* atomically([items.at(0), items.at(1), tail], (first, second, end) => ({
    to: [end === 0 ? item : first, end === 1 ? item : second, end + 1],
  }));
});
const dequeuesAtOnce = routine('dequeue', function* () {
  return yield* atomically([items.at(0), items.at(1), tail, head], (first, second, end, next) =>
    next === end ? { result: 0 } : { to: [first, second, end, next + 1], result: next === 0 ? first : second },
  );
});
const queue = linearizable<readonly number[]>({
  initial: [],
  calls: [
    atOnce(enqueues, (state, item) => ({ state: [...state, item] })),
    atOnce(dequeues, (state) => ({ state: state.slice(1), result: state[0] ?? 0 })),
  ],
});
const twice = (dequeue: typeof dequeues) =>
  routine('consumer', function* () {
    yield* dequeue();
    yield* dequeue();
  });
const consumesInSteps = twice(dequeues);
const consumesAtOnce = twice(dequeuesAtOnce);

test('a queue in one step each is linearizable', (t) => {
  const threads = [thread('A', enqueuesAtOnce(1)), thread('B', enqueuesAtOnce(2)), thread('C', consumesAtOnce())];
  t.deepEqual(judged(queue, [items, tail, head], threads), holds);
});

test('a queue whose dequeue passes slots that are taken and not filled is not linearizable', (t) => {
  // A takes slot 0, C passes it, A fills it and returns; B's enqueue of 2 begins after that, and C takes it.
  const threads = [thread('A', enqueues(1)), thread('B', enqueues(2)), thread('C', consumesInSteps())];
  const verdict = judged(queue, [items, tail], threads);
  t.deepEqual(verdict, { kind: 'violated', steps: 13, says: 'dequeue() returns 2 to C, where any order of the calls leads to 0 or 1' });
});

/** Nodes 0 and 1 of a Treiber stack; `top` and each `next` hold a node or nothing. `pushes` counts, where it is used. */
const next = array('next', 2, (name) => option(name, int({ to: 1 })));
const top = option('top', int({ to: 1 }));
const pushes = int('pushes', { to: 7 });

const stackOf = (counted: boolean) => {
  const tryPush = routine('tryPush', function* (node: number) {
    const old = yield* load(top);
    yield* store(next.at(node), old);
    const pushed = counted
      ? yield* atomically([top, pushes], (now, many) => (now === old ? { to: [node, many + 1], result: true } : { result: false }))
      : yield* compareAndSwap(top, old, node);
    return pushed ? done() : again(node);
  });
  const push = routine('push', function* (node: number) {
    yield* loop(tryPush, node);
  });
  const tryPop = routine('tryPop', function* (_round: undefined) {
    const [node, many] = yield* atomically([top, pushes], (now, count) => ({ result: [now, count] as const }));
    if (node === undefined) return done(undefined);
    const after = yield* load(next.at(node));
    const popped = counted
      ? yield* atomically([top, pushes], (now, count) =>
          now === node && count === many ? { to: [after, count], result: true } : { result: false },
        )
      : yield* compareAndSwap(top, node, after);
    return popped ? done(node) : again(undefined);
  });
  const pop = routine('pop', function* () {
    return yield* loop(tryPop, undefined);
  });
  const pops = routine('pops', function* () {
    yield* pop();
    yield* pop();
  });
  const reuses = routine('reuses', function* () {
    yield* push(0);
    const first = yield* pop();
    const second = yield* pop();
    if (first !== undefined) yield* push(first);
    return second;
  });
  const property = linearizable<readonly number[]>({
    initial: [1],
    calls: [
      atOnce(push, (state, node) => ({ state: [node, ...state] })),
      atOnce(pop, (state) => ({ state: state.slice(1), result: state[0] })),
    ],
  });
  return judged(property, [next, top, pushes], [thread('A', pops()), thread('B', reuses())], [given(top, 1)]);
};

test('a stack with a push count is linearizable, though nodes are used again', (t) => {
  t.deepEqual(stackOf(true), holds);
});

test('a stack without a push count is not: a pop swaps in the next of a node that was popped and pushed meanwhile', (t) => {
  // B pushes 0; A reads top 0 and next 1; B pops 0, pops 1, pushes 0; A's swap puts 1 on top, which B has; A pops it too.
  t.deepEqual(stackOf(false), {
    kind: 'violated',
    steps: 29,
    says: 'pop() returns 1 to A, where any order of the calls leads to undefined',
  });
});

const limit = int('limit', { from: 1, to: 2 });
const doubles = routine('limit', function* () {
  yield* store(limit, 2);
});
const asks = routine('ask', function* () {
  return yield* load(limit);
});
const asksTwice = routine('asker', function* () {
  yield* asks();
  yield* asks();
});
const world = [thread('A', asksTwice()), environment('limit', doubles())];
const asking = atOnce(asks, (state: number) => ({ state, result: state }));

test('a change that nobody calls for needs an internal action, or an event', (t) => {
  t.deepEqual(judged(linearizable<number>({ initial: 1, calls: [asking] }), [limit], world), {
    kind: 'violated',
    steps: 4,
    says: 'ask() returns 2 to A, where any order of the calls leads to 1',
  });
  t.deepEqual(judged(linearizable<number>({ initial: 1, calls: [asking], internal: [() => [2]] }), [limit], world), holds);
  const tied = linearizable<number>({ initial: 1, calls: [asking], events: [whenever(changes(limit), (_old, { to }) => [to as number])] });
  t.deepEqual(judged(tied, [limit], world), holds);
});

const asksEarly = routine('ask', function* () {
  const seen = yield* load(limit);
  yield* load(limit);
  return seen;
});
const answersLate = routine('late', function* () {
  const seen = yield* load(limit);
  yield* becomesAsk(seen);
});
const becomesAsk = routine('ask', function* (seen: number) {
  yield* load(limit);
  return seen;
});

test('an event binds an action to its moment, which an internal action does not', (t) => {
  const early = [thread('A', asksEarly()), environment('limit', doubles())];
  const late = [thread('A', answersLate()), environment('limit', doubles())];
  const tied = linearizable<number>({ initial: 1, calls: [asking], events: [whenever(changes(limit), (_old, { to }) => [to as number])] });
  const internal = linearizable<number>({ initial: 1, calls: [asking], internal: [() => [2]] });
  t.deepEqual(judged(tied, [limit], early), holds);
  // A loads 1 before its call begins, the limit becomes 2, the call returns 1.
  t.deepEqual(judged(tied, [limit], late), {
    kind: 'violated',
    steps: 5,
    says: 'ask(1) returns 1 to A, where any order of the calls leads to 2',
  });
  t.deepEqual(judged(internal, [limit], late), holds);
});

test('an event that the abstract state does not allow is a violation on its own step', (t) => {
  const frozen = linearizable<number>({ initial: 1, calls: [asking], events: [whenever(changes(limit), () => [])] });
  t.deepEqual(judged(frozen, [limit], world), {
    kind: 'violated',
    steps: 1,
    says: 'changes(limit) happens, which it must not after the calls in any order',
  });
});

const setsAside = routine('write', function* (value: number) {
  yield* load(count);
  return value;
});

test('an abstraction gives the initial state, and binds the shared values while no call is under way', (t) => {
  const bound = linearizable<number>({
    calls: [atOnce(writes, (_old, value) => ({ state: value }))],
    abstraction: abstraction([count], (now) => now),
  });
  const threads = [thread('A', writes(1)), thread('B', writes(2))];
  t.deepEqual(judged(bound, [count], threads, [given(count, 0, 3)]), holds);
  const unbound = linearizable<number>({
    calls: [atOnce(setsAside, (_old, value) => ({ state: value, result: value }))],
    abstraction: abstraction([count], (now) => now),
  });
  t.deepEqual(judged(unbound, [count], [thread('A', setsAside(1)), thread('B', writes(2))], [given(count, 0, 3)]), {
    kind: 'violated',
    steps: 3,
    says: 'no call is under way and the state is 0, where the calls in any order lead to 1',
  });
});

test('what a daemon does between two calls breaks an abstraction where the next call begins', (t) => {
  const flips = routine('flips', function* () {
    yield* store(count, 2);
  });
  const property = linearizable<number>({
    calls: [atOnce(reads, (state) => ({ state, result: state }))],
    abstraction: abstraction([count], (now) => (now === 3 ? undefined : now)),
  });
  t.deepEqual(judged(property, [count], [thread('A', reads()), thread('D', forever(flips))]), {
    kind: 'violated',
    steps: 2,
    says: 'no call is under way and the state is 2, where the calls in any order lead to 0',
  });
});

test('a specification without calls, twice of one routine, or without a start is an error', (t) => {
  const code = (specification: heddle.Specification<number>): string | undefined =>
    t.throws(() => judged(linearizable(specification), [count], [thread('A', increments())]), { instanceOf: HeddleError })?.code;
  const once = atOnce(increments, (old: number) => ({ state: old + 1, result: old }));
  t.is(code({ initial: 0, calls: [] }), 'bad-declaration');
  t.is(code({ initial: 0, calls: [once, once] }), 'bad-declaration');
  t.is(code({ calls: [once] }), 'bad-declaration');
});

test('a specified call inside another, or one that is left by become, is an error', (t) => {
  const inner = routine('increment', function* () {
    return yield* fetchAdd(count, 1);
  });
  const outer = routine('increment', function* () {
    return yield* inner();
  });
  const leaves = routine('increment', function* () {
    yield* load(count);
    return yield* become(increments);
  });
  for (const nested of [outer, leaves]) {
    const error = t.throws(() => judged(counter, [count], [thread('A', nested())]), { instanceOf: HeddleError });
    t.is(error?.code, 'bad-declaration');
  }
});

test('internal actions without end are an error', (t) => {
  const endless = linearizable<number>({ initial: 1, calls: [asking], internal: [(state) => [state + 1]] });
  const error = t.throws(() => judged(endless, [limit], world), { instanceOf: HeddleError });
  t.is(error?.code, 'endless-local-history');
});
