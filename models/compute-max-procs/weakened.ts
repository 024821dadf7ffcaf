/**
 * One-place weakenings (PROTOCOLS section 1 e). Those of GOMAXPROCS start from the repaired version, so that what breaks
 * is broken by the weakening and not by what the repair mends; the others change one routine beside it.
 */
import { acquire, again, ensure, load, lock, loop, release, routine, store, unlock } from 'heddle';
import { goparkunlock, injectglist } from '../runtime/park.ts';
import { stopTheWorldGC, worldsema } from '../runtime/world.ts';
import { defaultGOMAXPROCS, startTheWorldGC } from './go1.25-e481a08e.ts';
import { computeMaxProcsLock, gomaxprocs, newprocs, sched, updateMaxProcsG } from './state.ts';

/** Where GOMAXPROCS waits for sysmon; `repaired.ts` does it last. */
type Wait = 'before the flag is set' | 'across the stop' | 'under sched.lock';

/** GOMAXPROCS with the wait for sysmon in another place. */
function waiting(wait: Wait) {
  return routine('GOMAXPROCS', function* (n: number) {
    yield* lock(sched.lock);
    let ret = yield* load(gomaxprocs);
    if (n <= 0) {
      yield* unlock(sched.lock);
      return ret;
    }
    if (wait === 'under sched.lock') {
      yield* lock(computeMaxProcsLock);
      yield* unlock(computeMaxProcsLock);
    }
    if (n === ret) yield* store(sched.customGOMAXPROCS, true);
    yield* unlock(sched.lock);

    if (wait !== 'under sched.lock') yield* lock(computeMaxProcsLock);
    if (wait === 'before the flag is set') yield* unlock(computeMaxProcsLock);
    if (n !== ret) {
      yield* stopTheWorldGC();
      ret = yield* load(gomaxprocs);
      yield* store(newprocs, n);
      yield* lock(sched.lock);
      yield* store(sched.customGOMAXPROCS, true);
      yield* unlock(sched.lock);
      yield* startTheWorldGC();
    }
    if (wait === 'across the stop') yield* unlock(computeMaxProcsLock);
    return ret;
  });
}

export const waitsBeforeTheFlag = waiting('before the flag is set');
export const holdsAcrossTheStop = waiting('across the stop');
export const waitsUnderSchedLock = waiting('under sched.lock');

/** updateMaxProcsGoroutine without the second look at the flag, or with it before the world stops. */
function updating(recheck: 'none' | 'before the stop') {
  const updateMaxProcs = routine('updateMaxProcs', function* () {
    yield* lock(updateMaxProcsG.lock);
    const idle = yield* load(updateMaxProcsG.idle);
    yield* ensure(!idle, 'updateMaxProcsGoroutine: phase error');
    yield* store(updateMaxProcsG.idle, true);
    yield* goparkunlock(updateMaxProcsG.g, updateMaxProcsG.lock);

    if (recheck === 'before the stop') {
      yield* lock(sched.lock);
      const custom = yield* load(sched.customGOMAXPROCS);
      yield* unlock(sched.lock);
      if (custom) return again(undefined);
    }
    yield* stopTheWorldGC();
    const procs = yield* load(updateMaxProcsG.procs);
    yield* store(newprocs, procs);
    yield* lock(sched.lock);
    yield* store(sched.customGOMAXPROCS, false);
    yield* unlock(sched.lock);
    yield* startTheWorldGC();
    return again(undefined);
  });
  return routine('updateMaxProcsGoroutine', function* () {
    yield* loop(updateMaxProcs, undefined);
  });
}

export const updatesWithoutRecheck = updating('none');
export const rechecksBeforeTheStop = updating('before the stop');

/** sysmon reads the flag before it takes computeMaxProcsLock. */
export const sysmonReadsBeforeLock = routine('sysmonUpdateGOMAXPROCS', function* () {
  yield* lock(sched.lock);
  const custom = yield* load(sched.customGOMAXPROCS);
  const curr = yield* load(gomaxprocs);
  yield* unlock(sched.lock);
  if (custom) return;

  yield* lock(computeMaxProcsLock);
  const procs = yield* defaultGOMAXPROCS();
  yield* unlock(computeMaxProcsLock);
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

/** What sysmon does differently from e481a08e once it has looked at the flag. */
type Slip = 'takes worldsema' | 'does not test idle' | 'skips updateMaxProcsG.lock' | 'keeps computeMaxProcsLock';

function sysmon(slip: Slip) {
  return routine('sysmonUpdateGOMAXPROCS', function* () {
    if (slip === 'takes worldsema') yield* acquire(worldsema);
    else yield* lock(computeMaxProcsLock);

    yield* lock(sched.lock);
    const custom = yield* load(sched.customGOMAXPROCS);
    const curr = yield* load(gomaxprocs);
    yield* unlock(sched.lock);
    if (custom) {
      if (slip === 'takes worldsema') yield* release(worldsema);
      else yield* unlock(computeMaxProcsLock);
      return;
    }

    const procs = yield* defaultGOMAXPROCS();
    if (slip === 'takes worldsema') yield* release(worldsema);
    else if (slip !== 'keeps computeMaxProcsLock') yield* unlock(computeMaxProcsLock);

    const wanted = procs !== curr && (slip === 'does not test idle' || (yield* load(updateMaxProcsG.idle)));
    if (wanted) {
      if (slip !== 'skips updateMaxProcsG.lock') yield* lock(updateMaxProcsG.lock);
      yield* store(updateMaxProcsG.procs, procs);
      yield* store(updateMaxProcsG.idle, false);
      yield* injectglist(updateMaxProcsG.g, sched.lock);
      if (slip !== 'skips updateMaxProcsG.lock') yield* unlock(updateMaxProcsG.lock);
    }
    if (slip === 'keeps computeMaxProcsLock') yield* unlock(computeMaxProcsLock);
  });
}

export const sysmonTakesWorldsema = sysmon('takes worldsema');
export const sysmonIgnoresIdle = sysmon('does not test idle');
export const sysmonSkipsLock = sysmon('skips updateMaxProcsG.lock');
export const sysmonKeepsLock = sysmon('keeps computeMaxProcsLock');
