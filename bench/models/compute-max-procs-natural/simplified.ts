/**
 * GOMAXPROCS against sysmon's automatic updates, simplified as ../compute-max-procs/model.ts is, and written down as the
 * source has it: src/runtime/debug.go GOMAXPROCS; src/runtime/proc.go startTheWorldWithSema, updateMaxProcsGoroutine,
 * sysmonUpdateGOMAXPROCS, Go commit e481a08e. Values are read where the source reads them and stay in locals to the end of
 * their routine; results are returned although nobody looks at them. What of that is dead is for minimisation to find.
 */
import { load, lock, routine, store, unlock, waitUntil } from 'heddle';
import { computeMaxProcsLock, gomaxprocs, limit, newprocs, sched, stopped, update, worldsema } from './state.ts';

/** Reads the limit by system calls. */
export const defaultGOMAXPROCS = routine('defaultGOMAXPROCS', function* () {
  return yield* load(limit);
});

export const stopTheWorld = routine('stopTheWorld', function* () {
  yield* lock(worldsema);
  yield* store(stopped, true);
});

export const startTheWorld = routine('startTheWorld', function* () {
  const procs = yield* load(newprocs);
  if (procs !== 0) {
    yield* store(newprocs, 0);
    yield* store(gomaxprocs, procs);
  }
  yield* store(stopped, false);
  yield* unlock(worldsema);
});

export const GOMAXPROCS = routine('GOMAXPROCS', function* (n: number) {
  yield* lock(sched.lock);
  const ret = yield* load(gomaxprocs);
  if (n === ret) {
    yield* unlock(sched.lock);
    return ret;
  }
  // Early, so that sysmon can be waited for before the world stops.
  yield* store(sched.customGOMAXPROCS, true);
  yield* unlock(sched.lock);

  // Wait for sysmon to finish a computation that it has begun.
  yield* lock(computeMaxProcsLock);
  yield* unlock(computeMaxProcsLock);

  yield* stopTheWorld();
  yield* store(newprocs, n);
  yield* startTheWorld();
  return ret;
});

/** One round of the goroutine that commits what sysmon has computed. */
export const updateMaxProcs = routine('updateMaxProcs', function* () {
  yield* waitUntil([update.asked], (asked) => asked);
  yield* stopTheWorld();

  // Still allowed? The user may have spoken since sysmon looked.
  yield* lock(sched.lock);
  const custom = yield* load(sched.customGOMAXPROCS);
  yield* unlock(sched.lock);
  if (custom) {
    yield* startTheWorld();
    yield* store(update.asked, false);
    return;
  }

  const procs = yield* load(update.procs);
  yield* store(newprocs, procs);
  yield* lock(sched.lock);
  yield* store(sched.customGOMAXPROCS, false);
  yield* unlock(sched.lock);
  yield* startTheWorld();
  yield* store(update.asked, false);
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

  // sysmon can't stop the world itself. If the goroutine was asked already, an update is pending.
  const asked = yield* load(update.asked);
  if (!asked) {
    yield* store(update.procs, procs);
    yield* store(update.asked, true);
  }
});
