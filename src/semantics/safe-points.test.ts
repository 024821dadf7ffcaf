/**
 * Why a gated lock is two steps (DESIGN 1). Each of the two ways to make it one loses something that happens:
 * counting the lock only once it is taken misses a deadlock, counting it before the step ahead of it loses an interleaving.
 */
import test from 'ava';
import { bool, gate, mutex } from '../model/handle.ts';
import type { Step } from '../model/operation.ts';
import { acquirem, atomically, ensure, load, lock, releasem, start, stop, store, unlock, waitUntil } from '../model/operations.ts';
import { scenario, thread } from '../model/protocol.ts';
import { routine } from '../model/routine.ts';
import { withBuiltIn } from '../property/property.ts';
import { BreadthFirst } from '../explore/breadth-first.ts';
import { System } from '../kernel/system.ts';
import { handlesOf } from '../model/handle.ts';
import type { Thread } from '../model/protocol.ts';
import { explore } from './explore.ts';

const world = gate('world');
const c = mutex('c');
/** The mutex as a word, for locks of one step. */
const taken = bool('taken');
const x = bool('x');
/** Set inside the critical section. */
const used = bool('used');
const restarted = bool('restarted');

const twoSteps = routine('twoSteps', function* () {
  yield* store(x, true);
  yield* lock(c);
  yield* store(used, true);
  yield* unlock(c);
});
const countedWhenTaken = routine('countedWhenTaken', function* () {
  yield* store(x, true);
  yield* atomically([taken], (held) => (held ? 'blocked' : { to: [true] }));
  yield* acquirem();
  yield* store(used, true);
  yield* store(taken, false);
  yield* releasem();
});
const countedBefore = routine('countedBefore', function* () {
  yield* acquirem();
  yield* store(x, true);
  yield* atomically([taken], (held) => (held ? 'blocked' : { to: [true] }));
  yield* store(used, true);
  yield* store(taken, false);
  yield* releasem();
});

/** Not gated, as sysmon: holds the lock until the world has been restarted. */
const sysmon = routine('sysmon', function* () {
  yield* lock(c);
  yield* store(taken, true);
  yield* waitUntil([restarted], (is) => is);
  yield* store(taken, false);
  yield* unlock(c);
});
const stopper = routine('stopper', function* () {
  yield* stop(world);
  yield* start(world);
  yield* store(restarted, true);
});
const observer = routine('observer', function* () {
  yield* stop(world);
  const seen = yield* load(x);
  const after = yield* load(used);
  yield* ensure(!seen || after, 'the world is stopped after x = true and before c is');
  yield* start(world);
});

/** The names of the violated guarantees; both engines must give the same. */
function broken(threads: readonly Thread[]): readonly string[] {
  const subject = {
    handles: handlesOf([world, c, taken, x, used, restarted]),
    ranks: undefined,
    scenario: scenario({ threads }),
    guarantees: withBuiltIn([], false),
  };
  const search = new BreadthFirst(new System(subject.handles, undefined, subject.scenario, subject.guarantees));
  while (!search.advance(1000));
  const { verdicts } = search.result();
  const { violations } = explore(subject);
  return subject.guarantees.flatMap(({ name }, index) => {
    const kernel = verdicts[index]!.kind === 'violated';
    if (kernel !== (violations[index] !== undefined)) return [`${name}: the engines differ`];
    return kernel ? [name] : [];
  });
}

const besideSysmon = (user: Step<unknown>): readonly string[] =>
  broken([thread('G1', stopper(), { gate: world }), thread('G2', user, { gate: world }), thread('sysmon', sysmon())]);
const besideObserver = (user: Step<unknown>): readonly string[] =>
  broken([thread('G2', user, { gate: world }), thread('U', observer(), { gate: world })]);

test('a gated thread that waits for a lock keeps the world from stopping: that deadlock is found', (t) => {
  t.deepEqual(besideSysmon(twoSteps()), ['no-deadlock']);
});

test('a lock that counts only when it is taken misses that deadlock', (t) => {
  t.deepEqual(besideSysmon(countedWhenTaken()), []);
});

test('the world can stop between a store and the lock after it: that interleaving is found', (t) => {
  t.deepEqual(besideObserver(twoSteps()), ['no-throw']);
  t.deepEqual(besideObserver(countedWhenTaken()), ['no-throw']);
});

test('a lock that counts before the step ahead of it loses that interleaving', (t) => {
  t.deepEqual(besideObserver(countedBefore()), []);
});
