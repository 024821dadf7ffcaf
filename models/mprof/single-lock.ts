/**
 * The heap profile before Go commit 89c0dd82: one lock, proflock, for the hash table, all records, the cycle and its flag,
 * and for the profiles of blocking and contention. src/runtime/mprof.go, Go 1.18.
 */
import { become, load, lock, routine, store, unlock } from 'heddle';
import { at, findBucket, insertBucket, type Stack } from './buckets.ts';
import { profileRecords, records } from './mem-profile.ts';
import { add, lockActive, mProf_FlushLocked, setprofilebucket, unlockActive } from './records.ts';
import type { HeapProfile } from './split-89c0dd82.ts';
import { mProf, mProfCycleWrap, proflock, ringLength } from './state.ts';

/** The caller holds proflock. */
const stkbucket = routine('stkbucket', function* (stk: Stack) {
  const found = yield* findBucket(stk);
  return found !== 0 ? found : yield* insertBucket(stk);
});

const mProf_Malloc = routine('mProf_Malloc', function* (object: number, stk: Stack) {
  yield* lock(proflock);
  const bucket = yield* stkbucket(stk);
  const cycle = yield* load(mProf.cycle);
  const mpc = at(bucket).future.at((cycle + 2) % ringLength);
  yield* add(mpc.allocs, mpc.alloc_bytes, object);
  yield* unlock(proflock);

  yield* setprofilebucket(object, bucket);
});

const mProf_Free = routine('mProf_Free', function* (object: number, bucket: number) {
  yield* lock(proflock);
  const cycle = yield* load(mProf.cycle);
  const mpc = at(bucket).future.at((cycle + 1) % ringLength);
  yield* add(mpc.frees, mpc.free_bytes, object);
  yield* unlock(proflock);
});

const mProf_NextCycle = routine('mProf_NextCycle', function* () {
  yield* lock(proflock);
  const cycle = yield* load(mProf.cycle);
  yield* store(mProf.cycle, (cycle + 1) % mProfCycleWrap);
  yield* store(mProf.flushed, false);
  yield* unlock(proflock);
});

const mProf_Flush = routine('mProf_Flush', function* () {
  yield* lockActive(proflock);
  const flushed = yield* load(mProf.flushed);
  if (!flushed) {
    const cycle = yield* load(mProf.cycle);
    yield* mProf_FlushLocked(cycle % ringLength);
    yield* store(mProf.flushed, true);
  }
  yield* unlockActive(proflock);
});

const mProf_PostSweep = routine('mProf_PostSweep', function* () {
  yield* lockActive(proflock);
  const cycle = yield* load(mProf.cycle);
  yield* mProf_FlushLocked((cycle + 1) % ringLength);
  yield* unlockActive(proflock);
});

const profileRecordsUnderProflock = profileRecords({ ...records, slots: 'no locks', held: proflock });

const MemProfile = routine('MemProfile', function* () {
  yield* lockActive(proflock);
  const cycle = yield* load(mProf.cycle);
  yield* mProf_FlushLocked(cycle % ringLength);
  yield* become(profileRecordsUnderProflock);
});

const saveblockevent = routine('saveblockevent', function* () {
  yield* lock(proflock);
  const bucket = yield* stkbucket('blocked');
  const blocked = yield* load(at(bucket).blocked);
  yield* store(at(bucket).blocked, blocked + 1);
  yield* unlock(proflock);
});

export const singleLock: HeapProfile = {
  mProf_Malloc,
  mProf_Free,
  mProf_NextCycle,
  mProf_Flush,
  mProf_PostSweep,
  MemProfile,
  saveblockevent,
};
