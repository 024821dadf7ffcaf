/**
 * The protocol as Go commit e481a08e left it: src/runtime/debug.go GOMAXPROCS, SetDefaultGOMAXPROCS;
 * src/runtime/proc.go startTheWorldWithSema, updateMaxProcsGoroutine, sysmonUpdateGOMAXPROCS.
 */
import { again, done, ensure, load, lock, loop, routine, store, unlock } from 'heddle';
import { goparkunlock, injectglist } from '../runtime/park.ts';
import { startTheWorldGCWith, stopTheWorldGC, worldStarted } from '../runtime/world.ts';
import { computeMaxProcsLock, gomaxprocs, limit, newprocs, sched, updateMaxProcsG } from './state.ts';

/** Reads the limit by system calls: the thing that must not happen after GOMAXPROCS has returned. */
export const defaultGOMAXPROCS = routine('defaultGOMAXPROCS', function* () {
  return yield* load(limit);
});

/** Sets gomaxprocs: the commit. */
export const procresize = routine('procresize', function* (procs: number) {
  yield* store(gomaxprocs, procs);
});

export const startTheWorldWithSema = routine('startTheWorldWithSema', function* () {
  yield* lock(sched.lock);
  let procs = yield* load(gomaxprocs);
  const asked = yield* load(newprocs);
  if (asked !== 0) {
    procs = asked;
    yield* store(newprocs, 0);
  }
  yield* procresize(procs);
  yield* unlock(sched.lock);
  yield* worldStarted();
});

export const startTheWorldGC = startTheWorldGCWith(startTheWorldWithSema);

export const GOMAXPROCS = routine('GOMAXPROCS', function* (n: number) {
  yield* lock(sched.lock);
  const ret = yield* load(gomaxprocs);
  if (n <= 0 || n === ret) {
    yield* unlock(sched.lock);
    return ret;
  }
  // Early, so that sysmon can be waited for before the world stops.
  yield* store(sched.customGOMAXPROCS, true);
  yield* unlock(sched.lock);

  // Wait for sysmon to finish a computation that it has begun.
  yield* lock(computeMaxProcsLock);
  yield* unlock(computeMaxProcsLock);

  yield* stopTheWorldGC();
  yield* store(newprocs, n);
  yield* startTheWorldGC();
  return ret;
});

export const SetDefaultGOMAXPROCS = routine('SetDefaultGOMAXPROCS', function* () {
  const procs = yield* defaultGOMAXPROCS();

  yield* lock(sched.lock);
  const curr = yield* load(gomaxprocs);
  const custom = yield* load(sched.customGOMAXPROCS);
  yield* unlock(sched.lock);

  if (!custom && procs === curr) return;

  yield* stopTheWorldGC();
  yield* store(newprocs, procs);
  yield* lock(sched.lock);
  yield* store(sched.customGOMAXPROCS, false);
  yield* unlock(sched.lock);
  yield* startTheWorldGC();
});

/** One round of the goroutine that commits what sysmon has computed. */
export const updateMaxProcs = routine('updateMaxProcs', function* () {
  yield* lock(updateMaxProcsG.lock);
  const idle = yield* load(updateMaxProcsG.idle);
  yield* ensure(!idle, 'updateMaxProcsGoroutine: phase error');
  yield* store(updateMaxProcsG.idle, true);
  yield* goparkunlock(updateMaxProcsG.g, updateMaxProcsG.lock);

  yield* stopTheWorldGC();

  // Still allowed? The user may have spoken since sysmon looked.
  yield* lock(sched.lock);
  const custom = yield* load(sched.customGOMAXPROCS);
  yield* unlock(sched.lock);
  if (custom) {
    yield* startTheWorldGC();
    return done();
  }

  const procs = yield* load(updateMaxProcsG.procs);
  yield* store(newprocs, procs);
  yield* lock(sched.lock);
  yield* store(sched.customGOMAXPROCS, false);
  yield* unlock(sched.lock);
  yield* startTheWorldGC();
  return again(undefined);
});

/** It ends for good when it finds updates disabled. */
export const updateMaxProcsGoroutine = routine('updateMaxProcsGoroutine', function* () {
  yield* loop(updateMaxProcs, undefined);
});

export const sysmonUpdateGOMAXPROCS = routine('sysmonUpdateGOMAXPROCS', function* () {
  yield* lock(computeMaxProcsLock);

  yield* lock(sched.lock);
  const custom = yield* load(sched.customGOMAXPROCS);
  const curr = yield* load(gomaxprocs);
  yield* unlock(sched.lock);
  if (custom) {
    yield* unlock(computeMaxProcsLock);
    return;
  }

  const procs = yield* defaultGOMAXPROCS();
  yield* unlock(computeMaxProcsLock);
  if (procs === curr) return;

  // sysmon can't stop the world itself. If the goroutine isn't idle, an update is pending already.
  const idle = yield* load(updateMaxProcsG.idle);
  if (idle) {
    yield* lock(updateMaxProcsG.lock);
    yield* store(updateMaxProcsG.procs, procs);
    yield* store(updateMaxProcsG.idle, false);
    yield* injectglist(updateMaxProcsG.g, sched.lock);
    yield* unlock(updateMaxProcsG.lock);
  }
});
