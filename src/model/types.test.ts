/** What TypeScript tells an author before anything runs: each line under `@ts-expect-error` does not compile. */
import test from 'ava';
import { array, bool, int, mutex, oneOf, option } from './handle.ts';
import { atomically, compareAndSwap, load, store, waitUntil } from './operations.ts';
import { done, forever, loop, routine } from './routine.ts';

const procs = int('procs', { to: 3 });
const idle = bool('idle');
const status = oneOf('status', ['waiting', 'running']);
const owner = option('owner', int({ to: 2 }));
const lock = mutex('lock');
const slots = array('slot', 2, (name) => bool(name));

/** The type of both, exactly. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
function typed<_T extends true>(): void {}

export const wellTyped = routine('wellTyped', function* (n: number) {
  const a = yield* load(procs);
  typed<Same<typeof a, number>>();
  const b = yield* load(status);
  typed<Same<typeof b, 'waiting' | 'running'>>();
  const c = yield* load(owner);
  typed<Same<typeof c, number | undefined>>();
  const d = yield* load(slots.at(0));
  typed<Same<typeof d, boolean>>();
  const e = yield* atomically([procs, idle], (p, i) => ({ to: [p, !i], result: i ? 'yes' : p }));
  typed<Same<typeof e, string | number>>();
  return n === 0 ? done(a) : done(0);
});

export const illTyped = routine('illTyped', function* () {
  // @ts-expect-error -- a number is not a boolean.
  yield* store(idle, 1);
  // @ts-expect-error -- not one of the listed values.
  yield* store(status, 'sleeping');
  // @ts-expect-error -- null is not undefined.
  yield* store(owner, null);
  // @ts-expect-error -- both sides have the variable's type.
  yield* compareAndSwap(procs, 0, true);
  // @ts-expect-error -- a mutex is not loaded.
  yield* load(lock);
  // @ts-expect-error -- the guard gets a number and a boolean.
  yield* waitUntil([procs, idle], (p: boolean, i: boolean) => p && i);
  // @ts-expect-error -- two handles take two values.
  yield* atomically([procs, idle], (p) => ({ to: [p] }));
  // @ts-expect-error -- the routine takes a number.
  yield* wellTyped('one');
  // @ts-expect-error -- what is carried is what the body takes.
  yield* loop(wellTyped, 'one');
  // @ts-expect-error -- a daemon's arguments are its routine's.
  yield* forever(wellTyped);
});

test('a routine has its own types and no others', (t) => {
  // Compiling this file is the test: an unused @ts-expect-error is an error.
  t.is(wellTyped.routineName, 'wellTyped');
  t.is(illTyped.routineName, 'illTyped');
});
