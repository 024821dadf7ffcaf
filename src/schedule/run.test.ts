import test from 'ava';
import { stops } from '../kernel/kernel.ts';
import { System } from '../kernel/system.ts';
import { bool, gate, mutex } from '../model/handle.ts';
import { acquirem, choose, lock, releasem, store, unlock } from '../model/operations.ts';
import { given, scenario, thread } from '../model/protocol.ts';
import { routine } from '../model/routine.ts';
import { guarantee, invariant, withBuiltIn } from '../property/property.ts';
import { run, type RunResult } from './run.ts';
import type { Schedule } from './schedule.ts';

const x = bool('x');
const a = mutex('a');
const b = mutex('b');
const world = gate('world');

const ab = routine('ab', function* () {
  yield* lock(a);
  yield* lock(b);
});
const ba = routine('ba', function* () {
  yield* lock(b);
  yield* lock(a);
});
const sets = routine('sets', function* () {
  yield* store(x, yield* choose(false, true));
});
const wrongUnlock = routine('wrongUnlock', function* () {
  yield* unlock(a);
});
const pinned = routine('pinned', function* () {
  yield* acquirem();
  yield* acquirem();
  yield* acquirem();
  yield* acquirem();
  yield* acquirem();
  yield* releasem();
});

const staysFalse = guarantee(
  'stays-false',
  { says: 'x is never true', source: 'made up' },
  invariant([x], (value) => !value),
);

function system(...threads: Parameters<typeof scenario>[0]['threads']): System {
  return new System([x, a, b, world], undefined, scenario({ threads, initial: [given(x, false, true)] }), withBuiltIn([staysFalse], false));
}
function schedule(initial: number, ...choices: readonly (readonly [thread: number, pick: number])[]): Schedule {
  return { initial, choices: choices.map(([thread, pick]) => ({ thread, pick })) };
}
function told(result: RunResult): unknown {
  const { steps, end, violations } = result.run;
  return { ...(result.kind === 'parted' ? { at: result.at, why: result.why } : {}), steps, end, violations };
}

test('a violation is told with its guarantee, its words and its step, and the run goes on after it', (t) => {
  const broken = { guarantee: 'stays-false', says: 'x is never true' };
  const one = system(thread('A', sets()));
  t.deepEqual(told(run(one, schedule(0))), { steps: 0, end: 'open', violations: [] });
  t.deepEqual(told(run(one, schedule(1))), { steps: 0, end: 'open', violations: [{ ...broken, steps: 0 }] });
  t.deepEqual(told(run(one, schedule(0, [0, 1], [0, 0]))), { steps: 2, end: 'terminal', violations: [{ ...broken, steps: 2 }] });
  t.deepEqual(told(run(one, schedule(1, [0, 0], [0, 0]))), { steps: 2, end: 'terminal', violations: [{ ...broken, steps: 0 }] });
});

test('a deadlock is judged in the state that the run reaches', (t) => {
  const { run: deadlocked } = run(system(thread('A', ab()), thread('B', ba())), schedule(0, [0, 0], [1, 0]));
  t.is(deadlocked.end, 'terminal');
  t.deepEqual(deadlocked.violations, [
    { guarantee: 'no-deadlock', says: 'deadlock: A waits for b, held by B, B waits for a, held by A', steps: 2 },
  ]);
});

test('a fault breaks the guarantee of its category and ends the run', (t) => {
  const faulty = system(thread('A', wrongUnlock()), thread('B', sets()));
  const end = { steps: 1, end: 'fault', violations: [{ guarantee: 'lock-discipline', says: 'unlocks a, which nobody holds', steps: 1 }] };
  t.deepEqual(told(run(faulty, schedule(0, [0, 0]))), end);
  t.deepEqual(told(run(faulty, schedule(0, [0, 0], [1, 0]))), { at: 1, why: 'the runtime has thrown', ...end });
});

test('a choice that is not enabled ends the run, and it says why', (t) => {
  const two = system(thread('A', sets()), thread('B', ab()), thread('C', ab()));
  const parted = (...choices: Parameters<typeof schedule>[1][]): unknown => {
    const result = run(two, schedule(0, ...choices));
    return result.kind === 'parted' ? [result.at, result.why] : result.kind;
  };
  t.deepEqual(parted([3, 0]), [0, 'there is no thread 3']);
  t.deepEqual(parted([0, 2]), [0, 'A can go 2 ways there, not way 2']);
  t.deepEqual(parted([0, 0], [0, 1]), [1, 'A can go 1 ways there, not way 1']);
  t.deepEqual(parted([1, 0], [2, 0]), [1, "C can't go on there"]);
  t.deepEqual(parted([0, stops]), [0, "A can't stop there"]);
  t.throws(() => run(two, schedule(2)), { instanceOf: RangeError, message: 'no initial state 2' });
});

test('a field that turns out too narrow is widened, and the run is the same as with room from the start', (t) => {
  const gated = system(thread('G', pinned(), { gate: world }), thread('B', sets()));
  const narrow = gated.layout;
  const choices = schedule(0, [0, 0], [0, 0], [0, 0], [1, 1], [0, 0], [1, 0], [0, 0], [0, 0]);
  const first = told(run(gated, choices));
  t.not(gated.layout, narrow);
  t.deepEqual(first, told(run(gated, choices)));
  t.deepEqual(first, {
    steps: 8,
    end: 'fault',
    violations: [
      { guarantee: 'stays-false', says: 'x is never true', steps: 6 },
      { guarantee: 'lock-discipline', says: 'exits with m.locks at 4', steps: 8 },
    ],
  });
});
