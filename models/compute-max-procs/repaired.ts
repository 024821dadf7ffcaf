/**
 * The smallest change to Go e481a08e that we found to keep its guarantees in every scenario of the scopes; derived from
 * the model, not confirmed upstream. It changes GOMAXPROCS only:
 * a call with the current value also turns automatic updates off, and the flag is set with the world stopped, in
 * lockstep with gomaxprocs, so that no SetDefaultGOMAXPROCS can come in between; sysmon is waited for after that.
 */
import { load, lock, routine, store, unlock } from 'heddle';
import { stopTheWorldGC } from '../runtime/world.ts';
import { startTheWorldGC } from './go1.25-e481a08e.ts';
import { computeMaxProcsLock, gomaxprocs, newprocs, sched } from './state.ts';

export const GOMAXPROCS = routine('GOMAXPROCS', function* (n: number) {
  yield* lock(sched.lock);
  const ret = yield* load(gomaxprocs);
  if (n <= 0) {
    yield* unlock(sched.lock);
    return ret;
  }
  if (n === ret) yield* store(sched.customGOMAXPROCS, true);
  yield* unlock(sched.lock);

  if (n !== ret) {
    yield* stopTheWorldGC();
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
