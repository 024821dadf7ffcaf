/** Protocols on which kernel and reference once differed: small enough to say why. */
import test, { type ExecutionContext } from 'ava';
import { int, bool, gate, handlesOf, mutex, type Shared } from '../model/handle.ts';
import { acquirem, choose, emit, ensure, load, lock, releasem, start, stop, store, unlock, waitUntil } from '../model/operations.ts';
import { scenario, thread, type Thread } from '../model/protocol.ts';
import { again, become, done, forever, loop, routine } from '../model/routine.ts';
import { emits } from '../property/event.ts';
import { guarantee, monitor, on, violated, withBuiltIn, type Guarantee, type Violated } from '../property/property.ts';
import { explore } from './explore.ts';
import { disagreement, exploreWithKernel } from './kernel-view.ts';
import type { Subject } from './state.ts';

/** Asserts that the engines agree for `depth` steps, and which guarantees are broken by a shortest run of how many. */
function agree(
  t: ExecutionContext,
  parts: { readonly shared: readonly Shared[]; readonly threads: readonly Thread[]; readonly guarantees?: readonly Guarantee[] },
  depth: number,
  broken: Readonly<Record<string, number>>,
): void {
  const subject: Subject = {
    handles: handlesOf(parts.shared),
    ranks: undefined,
    scenario: scenario({ threads: parts.threads }),
    guarantees: withBuiltIn(parts.guarantees ?? [], false),
  };
  const reference = explore(subject, { depth });
  for (const automata of ['raw', 'minimised'] as const)
    t.is(disagreement(subject, reference, exploreWithKernel(subject, depth, { automata }), depth), undefined);
  const lengths = subject.guarantees.flatMap(({ name }, index) => {
    const length = reference.violations[index];
    return length === undefined || length > depth ? [] : [[name, length]];
  });
  t.deepEqual(Object.fromEntries(lengths), broken);
}

const x = int('x', { to: 2 });
const y = bool('y');
const m = mutex('m');
const world = gate('world');

test('a thread that fails before its first operation fails in a step of its own, and is no deadlock', (t) => {
  const fails = routine('fails', function* () {
    yield* ensure(false, 'at once');
    yield* load(x);
  });
  agree(t, { shared: [x], threads: [thread('A', fails())] }, 4, { 'no-throw': 1 });
});

const tail = routine('tail', function* (round: number) {
  yield* store(x, 2);
  return round === 0 ? again(1) : done();
});
const body = routine('body', function* (round: number) {
  yield* store(x, round);
  return yield* become(tail, round);
});

test('a loop goes round with its own body, whatever that has become', (t) => {
  agree(t, { shared: [x], threads: [thread('A', loop(body, 0))] }, 6, {});
});

const breath = routine('breath', function* () {
  yield* store(y, true);
});
const turn = routine('turn', function* () {
  yield* store(y, false);
  yield* become(breath);
});

test('a daemon goes on with its own body, whatever that has become', (t) => {
  agree(t, { shared: [y], threads: [thread('A', forever(turn))] }, 6, {});
});

const keeps = routine('keeps', function* () {
  yield* lock(m);
  yield* releasem();
  yield* load(x);
  yield* acquirem();
  yield* unlock(m);
});
const stops = routine('stops', function* () {
  yield* stop(world);
  yield* lock(m);
  yield* unlock(m);
  yield* start(world);
});
const lives = routine('lives', function* () {
  yield* load(y);
});

test('a thread that waits for a mutex whose holder it has stopped is a deadlock, beside a daemon that lives on', (t) => {
  const threads = [thread('G', keeps(), { gate: world }), thread('S', stops(), { gate: world }), thread('sysmon', forever(lives))];
  // Request, lock, releasem; ask, stop, have stopped; request the lock.
  agree(t, { shared: [x, y, m, world], threads }, 9, { 'no-deadlock': 7 });
});

test('an unlock gives back m.locks, which a thread that let go of its m does not have', (t) => {
  const careless = routine('careless', function* () {
    yield* lock(m);
    yield* releasem();
    yield* unlock(m);
  });
  agree(t, { shared: [m, world], threads: [thread('G', careless(), { gate: world })] }, 6, { 'lock-discipline': 4 });
});

test('a thread that locks what it holds does not wait, whoever else does', (t) => {
  const twice = routine('twice', function* () {
    yield* lock(m);
    yield* lock(m);
  });
  const once = routine('once', function* () {
    yield* lock(m);
    yield* unlock(m);
  });
  agree(t, { shared: [m], threads: [thread('A', twice()), thread('B', once()), thread('C', once())] }, 6, { 'lock-discipline': 2 });
});

test('an end that breaks a monitor is a step shorter than a step that does from another state of its level', (t) => {
  // A run that picks 0 ends at once, and by that breaks it; one that picks 1 breaks it on its next step.
  const picks = routine('picks', function* () {
    const way = yield* choose(1, 0);
    if (way === 1) yield* emit('bad');
  });
  const either = monitor<boolean>({
    initial: false,
    reactions: [on(emits('bad'), (_seen: boolean): boolean | Violated => violated('bad happened'))],
    atEnd: () => 'it ended',
  });
  agree(t, { shared: [x], threads: [thread('A', picks())], guarantees: [guarantee('either', { says: '', source: '' }, either)] }, 4, {
    either: 1,
  });
});

test('a daemon that waits for ever is no deadlock, unless it waits for a mutex', (t) => {
  const idles = routine('idles', function* () {
    yield* waitUntil([y], (is) => is);
  });
  const holds = routine('holds', function* () {
    yield* lock(m);
    yield* waitUntil([y], (is) => is);
  });
  const wants = routine('wants', function* () {
    yield* lock(m);
  });
  agree(t, { shared: [y], threads: [thread('A', forever(idles))] }, 4, {});
  agree(t, { shared: [y, m], threads: [thread('A', holds(), { daemon: true }), thread('B', wants(), { daemon: true })] }, 4, {
    'no-deadlock': 1,
    'lock-discipline': 1,
  });
});
