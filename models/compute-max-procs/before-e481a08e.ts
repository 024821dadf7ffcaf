/**
 * The protocol as it was before Go commit e481a08e: no computeMaxProcsLock, and customGOMAXPROCS changes in lockstep with
 * gomaxprocs, by startTheWorldWithSema from newprocsCustom.
 */
import { again, done, ensure, load, lock, loop, routine, store, unlock } from 'heddle';
import { goparkunlock, injectglist } from '../runtime/park.ts';
import { startTheWorldGCWith, stopTheWorldGC, worldStarted } from '../runtime/world.ts';
import { defaultGOMAXPROCS, procresize } from './go1.25-e481a08e.ts';
import { gomaxprocs, newprocs, newprocsCustom, sched, updateMaxProcsG } from './state.ts';

export const startTheWorldWithSema = routine('startTheWorldWithSema', function* () {
  yield* lock(sched.lock);
  let procs = yield* load(gomaxprocs);
  const asked = yield* load(newprocs);
  if (asked !== 0) {
    procs = asked;
    const custom = yield* load(newprocsCustom);
    yield* store(sched.customGOMAXPROCS, custom);
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
  yield* unlock(sched.lock);
  if (n <= 0 || n === ret) return ret;

  yield* stopTheWorldGC();
  yield* store(newprocs, n);
  yield* store(newprocsCustom, true);
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
  yield* store(newprocsCustom, false);
  yield* startTheWorldGC();
});

export const updateMaxProcs = routine('updateMaxProcs', function* () {
  yield* lock(updateMaxProcsG.lock);
  const idle = yield* load(updateMaxProcsG.idle);
  yield* ensure(!idle, 'updateMaxProcsGoroutine: phase error');
  yield* store(updateMaxProcsG.idle, true);
  yield* goparkunlock(updateMaxProcsG.g, updateMaxProcsG.lock);

  yield* stopTheWorldGC();

  yield* lock(sched.lock);
  const custom = yield* load(sched.customGOMAXPROCS);
  yield* unlock(sched.lock);
  if (custom) {
    yield* startTheWorldGC();
    return done();
  }

  const procs = yield* load(updateMaxProcsG.procs);
  yield* store(newprocs, procs);
  yield* store(newprocsCustom, false);
  yield* startTheWorldGC();
  return again(undefined);
});

export const updateMaxProcsGoroutine = routine('updateMaxProcsGoroutine', function* () {
  yield* loop(updateMaxProcs, undefined);
});

export const sysmonUpdateGOMAXPROCS = routine('sysmonUpdateGOMAXPROCS', function* () {
  yield* lock(sched.lock);
  const custom = yield* load(sched.customGOMAXPROCS);
  const curr = yield* load(gomaxprocs);
  yield* unlock(sched.lock);
  if (custom) return;

  const procs = yield* defaultGOMAXPROCS();
  if (procs === curr) return;

  const idle = yield* load(updateMaxProcsG.idle);
  if (idle) {
    yield* lock(updateMaxProcsG.lock);
    yield* store(updateMaxProcsG.procs, procs);
    yield* store(updateMaxProcsG.idle, false);
    yield* injectglist(updateMaxProcsG.g, sched.lock);
    yield* unlock(updateMaxProcsG.lock);
  }
});
