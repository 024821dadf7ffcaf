import test from 'ava';
import { bool, gate, int, mutex, semaphore } from '../model/handle.ts';
import {
  acquire,
  acquirem,
  atomically,
  choose,
  compareAndSwap,
  emit,
  ensure,
  fetchAdd,
  load,
  lock,
  mayWaitForever,
  release,
  releasem,
  self,
  start,
  stop,
  store,
  swap,
  tryLock,
  unlock,
  waitUntil,
} from '../model/operations.ts';
import { thread } from '../model/protocol.ts';
import type { Step } from '../model/operation.ts';
import { again, become, done, loop, routine } from '../model/routine.ts';
import { Learner } from './learner.ts';
import { Replays } from './replay.ts';

const x = int('x', { to: 2 });
const y = bool('y');
const m = mutex('m');
const s = semaphore('s', { initial: 1 });
const world = gate('world');

const looks = routine('looks', function* () {
  const first = yield* load(x);
  return first === 0;
});
const looksTwice = routine('looksTwice', function* () {
  yield* looks();
  yield* looks();
});
const looksThrice = routine('looksThrice', function* () {
  yield* looks();
  yield* looksTwice();
});

function learned(replays: Replays, root: Step<unknown>, index = 0): Learner {
  const learner = new Learner(thread('A', root), index, new Set(), replays);
  learner.close(1000);
  return learner;
}

test('a body is run twice on a new history, once more when a second one leads to the same frame, and then never', (t) => {
  const replays = new Replays();
  const runs = (root: Step<unknown>): number => {
    const before = replays.runs;
    learned(replays, root);
    return replays.runs - before;
  };
  // No result, or one of three: four histories.
  t.is(runs(looks()), 4 * 2);
  t.is(runs(looks()), 4);
  t.is(runs(looks()), 0);
  // Of looksTwice: nothing yet, or that looks answered true once, or false twice, and that from each of these once more.
  t.is(runs(looksTwice()), 2 + (2 + 3) + 2 * (2 + 3));
  // Those that were reached once.
  t.is(runs(looksTwice()), 4);
  t.is(runs(looksTwice()), 0);
  // All that it runs of the others is known.
  t.is(runs(looksThrice()), 2 + (2 + 3) + (3 + 3));
});

test('threads that share replays have the automata that they have by themselves', (t) => {
  const replays = new Replays();
  for (const root of [looksThrice(), looksTwice(), looks(), looksThrice()]) {
    const shared = learned(replays, root).states.map(({ pending, successors }) => [pending.kind, ...successors]);
    t.deepEqual(
      shared,
      learned(new Replays(), root).states.map(({ pending, successors }) => [pending.kind, ...successors]),
    );
  }
});

const nothing = routine('nothing', function* (_why: string) {
  yield* ensure(true, 'nothing');
});
const countsDown = routine('countsDown', function* (left: number) {
  yield* ensure(left >= 0, 'below zero');
  return left === 0 ? done('down') : again(left - 1);
});
const ends = routine('ends', function* (what: unknown) {
  yield* emit('end', what);
});

const everything = routine('everything', function* () {
  const index = yield* self();
  const loaded = yield* load(x);
  yield* store(x, 1);
  const swapped = yield* swap(x, 2);
  const changed = yield* compareAndSwap(x, 2, 0);
  const added = yield* fetchAdd(x, 1);
  yield* lock(m);
  yield* unlock(m);
  const tried = yield* tryLock(m);
  yield* acquirem();
  yield* releasem();
  yield* acquire(s);
  yield* release(s);
  yield* stop(world);
  yield* start(world);
  yield* mayWaitForever(waitUntil([y], (value) => value));
  const both = yield* atomically([x, y], (a, b) => ({ to: [a, !b], result: a }));
  const chosen = yield* choose('left', 'right');
  yield* emit('seen', { chosen });
  yield* nothing(chosen);
  const down = yield* loop(countsDown, 2);
  yield* become(ends, [index, loaded, swapped, changed, added, tried, both, chosen, down]);
});

test('a body that is run again with its results asks for what it asked for, after any kind of step', (t) => {
  const learner = new Learner(thread('A', everything(), { gate: world }), 7, new Set());
  const kinds: string[] = [];
  let node = learner.initial;
  let ended: unknown;
  for (;;) {
    const { pending, successors } = learner.states[node]!;
    if (pending.kind !== 'operation') break;
    kinds.push(pending.operation.kind);
    if (pending.operation.kind === 'emit') ended = pending.operation.data;
    node = learner.next(node, successors.length - 1);
  }
  t.is(
    kinds.join(' '),
    'load store swap compareAndSwap fetchAdd lock lock unlock tryLock acquirem releasem acquire release stop stop start waitUntil atomically choose emit emit',
  );
  t.deepEqual(ended, [7, 2, 2, true, 2, true, 2, 'right', 'down']);
  t.is(learner.states[node]!.pending.kind, 'done');
});
