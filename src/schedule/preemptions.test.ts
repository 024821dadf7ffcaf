import test from 'ava';
import { stops } from '../kernel/kernel.ts';
import { System } from '../kernel/system.ts';
import { bool, gate, mutex } from '../model/handle.ts';
import { load, lock, start, stop, store, unlock } from '../model/operations.ts';
import { environment, scenario, thread } from '../model/protocol.ts';
import { forever, routine } from '../model/routine.ts';
import { preemptionsOf } from './preemptions.ts';
import type { Choice } from './schedule.ts';

const x = bool('x');
const m = mutex('m');
const world = gate('world');

const twice = routine('twice', function* () {
  yield* load(x);
  yield* load(x);
});
const locked = routine('locked', function* () {
  yield* lock(m);
  yield* load(x);
  yield* unlock(m);
});
const stopper = routine('stopper', function* () {
  yield* stop(world);
  yield* start(world);
});
const prepared = routine('prepared', function* () {
  yield* store(x, true);
  yield* forever(twice);
});

/** Threads in this order; a choice is a thread's number, or a thread that stops. */
function system(...threads: Parameters<typeof scenario>[0]['threads']): System {
  return new System([x, m, world], undefined, scenario({ threads }), []);
}
function steps(...threads: readonly (number | { readonly stops: number })[]): { readonly initial: number; readonly choices: Choice[] } {
  return {
    initial: 0,
    choices: threads.map((step) => (typeof step === 'number' ? { thread: step, pick: 0 } : { thread: step.stops, pick: stops })),
  };
}

test('leaving a thread that could go on is a preemption', (t) => {
  const two = system(thread('A', twice()), thread('B', twice()));
  t.is(preemptionsOf(two, steps()), 0);
  t.is(preemptionsOf(two, steps(0, 0, 1, 1)), 0);
  t.is(preemptionsOf(two, steps(0, 1, 1, 0)), 1);
  t.is(preemptionsOf(two, steps(0, 1, 0, 1)), 2);
  t.is(preemptionsOf(two, steps(0, 1, 0)), 2);
});

test('leaving a thread that is done or blocked is none', (t) => {
  const two = system(thread('A', locked()), thread('B', locked()));
  t.is(preemptionsOf(two, steps(0, 0, 0, 1, 1, 1)), 0);
  // A waits for the mutex that B holds.
  t.is(preemptionsOf(two, steps(1, 1, 1, 0, 0, 0)), 0);
  const mixed = system(thread('A', locked()), thread('B', twice()), thread('C', locked()));
  // B is left while it could go on; C is blocked and has not run; A is left inside.
  t.is(preemptionsOf(mixed, steps(1, 0, 1, 0, 0, 2)), 2);
});

test('the environment preempts nobody and is preempted by nobody', (t) => {
  const three = system(thread('A', twice()), environment('limit', twice()), thread('B', twice()));
  t.is(preemptionsOf(three, steps(0, 1, 0, 1, 2, 2)), 0);
  t.is(preemptionsOf(three, steps(1, 0, 1, 2)), 1);
});

test('a daemon is not preempted where its round begins, and is inside of it', (t) => {
  const two = system(thread('sysmon', forever(twice)), thread('A', twice()));
  t.is(preemptionsOf(two, steps(0, 0, 1, 1)), 0);
  t.is(preemptionsOf(two, steps(0, 0, 0, 1, 1)), 1);
  // A is preempted by a whole round; going back to it is free.
  t.is(preemptionsOf(two, steps(1, 0, 0, 1)), 1);
  const notDaemon = system(thread('worker', forever(twice), { daemon: false }), thread('A', twice()));
  t.is(preemptionsOf(notDaemon, steps(0, 0, 1, 1)), 1);
});

test('a daemon that prepares itself first sleeps where its first round begins', (t) => {
  for (const automata of ['raw', 'minimised'] as const) {
    const threads = [thread('poller', prepared(), { daemon: true }), thread('A', twice())];
    const two = new System([x, m, world], undefined, scenario({ threads }), [], { automata });
    t.is(preemptionsOf(two, steps(0, 1, 1)), 0);
    t.is(preemptionsOf(two, steps(0, 0, 1)), 1);
    t.is(preemptionsOf(two, steps(0, 0, 0, 1)), 0);
  }
});

test('leaving a stopped thread, or one that waits for others to stop, is none', (t) => {
  const two = system(thread('G1', stopper(), { gate: world }), thread('G2', twice(), { gate: world }));
  t.is(preemptionsOf(two, steps(0, { stops: 1 }, 0, 0, 1, 1)), 0);
  t.is(preemptionsOf(two, steps(1, 0, { stops: 1 }, 0, 0, 1)), 1);
  t.is(preemptionsOf(two, steps(0, { stops: 1 }, 0, 0)), 0);
});

test('a schedule that is not feasible is refused with its first impossible step', (t) => {
  const two = system(thread('A', locked()), thread('B', locked()));
  t.throws(() => preemptionsOf(two, steps(0, 1)), {
    instanceOf: RangeError,
    message: "step 2 of the schedule is not enabled: B can't go on there",
  });
});
