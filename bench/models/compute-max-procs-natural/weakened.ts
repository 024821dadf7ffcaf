/** Each breaks one of the guarantees; the rest of the routine is as in simplified.ts. */
import { load, lock, routine, store, unlock, waitUntil } from 'heddle';
import { startTheWorld, stopTheWorld } from './simplified.ts';
import { gomaxprocs, newprocs, sched, stopped, update, worldsema } from './state.ts';

/** GOMAXPROCS does not wait for sysmon: computeMaxProcsLock might as well not be there. */
export const doesNotWait = routine('GOMAXPROCS', function* (n: number) {
  yield* lock(sched.lock);
  const ret = yield* load(gomaxprocs);
  if (n === ret) {
    yield* unlock(sched.lock);
    return ret;
  }
  yield* store(sched.customGOMAXPROCS, true);
  yield* unlock(sched.lock);

  yield* stopTheWorld();
  yield* store(newprocs, n);
  yield* startTheWorld();
  return ret;
});

/** The update goroutine does not look at customGOMAXPROCS again. */
export const doesNotLookAgain = routine('updateMaxProcs', function* () {
  yield* waitUntil([update.asked], (asked) => asked);
  yield* stopTheWorld();

  const procs = yield* load(update.procs);
  yield* store(newprocs, procs);
  yield* lock(sched.lock);
  yield* store(sched.customGOMAXPROCS, false);
  yield* unlock(sched.lock);
  yield* startTheWorld();
  yield* store(update.asked, false);
});

const startTheWorldEarly = routine('startTheWorld', function* () {
  const procs = yield* load(newprocs);
  yield* store(stopped, false);
  if (procs !== 0) {
    yield* store(newprocs, 0);
    yield* store(gomaxprocs, procs);
  }
  yield* unlock(worldsema);
});

/** The update goroutine lets the world go on before it sets gomaxprocs. */
export const startsEarly = routine('updateMaxProcs', function* () {
  yield* waitUntil([update.asked], (asked) => asked);
  yield* stopTheWorld();

  yield* lock(sched.lock);
  const custom = yield* load(sched.customGOMAXPROCS);
  yield* unlock(sched.lock);
  if (custom) {
    yield* startTheWorldEarly();
    yield* store(update.asked, false);
    return;
  }

  const procs = yield* load(update.procs);
  yield* store(newprocs, procs);
  yield* lock(sched.lock);
  yield* store(sched.customGOMAXPROCS, false);
  yield* unlock(sched.lock);
  yield* startTheWorldEarly();
  yield* store(update.asked, false);
});
