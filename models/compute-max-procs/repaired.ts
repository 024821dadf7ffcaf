/**
 * The smallest change to Go e481a08e that we found to keep its guarantees in every scenario of the scopes; derived from
 * the model, not confirmed upstream.
 *
 * GOMAXPROCS: a call with the current value also turns automatic updates off, and the flag is set with the world stopped, in
 * lockstep with gomaxprocs, so that no SetDefaultGOMAXPROCS can come in between; sysmon is waited for after that. What it
 * returns is read with the world stopped too: another call may have set the value since it was compared.
 *
 * updateMaxProcsGoroutine: when it finds updates disabled it parks again instead of ending, so that there is somebody to
 * apply them when SetDefaultGOMAXPROCS turns them on.
 */
import { again, ensure, load, lock, loop, routine, store, unlock } from 'heddle';
import { goparkunlock } from '../runtime/park.ts';
import { stopTheWorldGC } from '../runtime/world.ts';
import { startTheWorldGC } from './go1.25-e481a08e.ts';
import { computeMaxProcsLock, gomaxprocs, newprocs, sched, updateMaxProcsG } from './state.ts';

export const GOMAXPROCS = routine('GOMAXPROCS', function* (n: number) {
  yield* lock(sched.lock);
  let ret = yield* load(gomaxprocs);
  if (n <= 0) {
    yield* unlock(sched.lock);
    return ret;
  }
  if (n === ret) yield* store(sched.customGOMAXPROCS, true);
  yield* unlock(sched.lock);

  if (n !== ret) {
    yield* stopTheWorldGC();
    ret = yield* load(gomaxprocs);
    yield* store(newprocs, n);
    yield* lock(sched.lock);
    yield* store(sched.customGOMAXPROCS, true);
    yield* unlock(sched.lock);
    yield* startTheWorldGC();
  }

  // Wait for sysmon to finish a computation that it began before the flag was set.
  yield* lock(computeMaxProcsLock);
  yield* unlock(computeMaxProcsLock);
  return ret;
});

const updateMaxProcs = routine('updateMaxProcs', function* () {
  yield* lock(updateMaxProcsG.lock);
  const idle = yield* load(updateMaxProcsG.idle);
  yield* ensure(!idle, 'updateMaxProcsGoroutine: phase error');
  yield* store(updateMaxProcsG.idle, true);
  yield* goparkunlock(updateMaxProcsG.g, updateMaxProcsG.lock);

  yield* stopTheWorldGC();
  yield* lock(sched.lock);
  const custom = yield* load(sched.customGOMAXPROCS);
  yield* unlock(sched.lock);
  if (!custom) {
    const procs = yield* load(updateMaxProcsG.procs);
    yield* store(newprocs, procs);
    yield* lock(sched.lock);
    yield* store(sched.customGOMAXPROCS, false);
    yield* unlock(sched.lock);
  }
  yield* startTheWorldGC();
  return again(undefined);
});

export const updateMaxProcsGoroutine = routine('updateMaxProcsGoroutine', function* () {
  yield* loop(updateMaxProcs, undefined);
});
