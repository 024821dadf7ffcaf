/** One-place weakenings (PROTOCOLS section 3 e), all of the repaired version, so that what breaks is broken by the weakening. */
import { become, fetchAdd, load, lock, routine, store, unlock, type Variable } from 'heddle';
import { at, findBucket, insertBucket, type Stack } from './buckets.ts';
import { profileRecords, records } from './mem-profile.ts';
import { add, lockActive, mProf_FlushLocked, setprofilebucket, unlockActive } from './records.ts';
import { repairedParts } from './repaired.ts';
import { buckhash, mbuckets, persistent, profInsertLock, profMemActiveLock, profMemFutureLock, ringLength } from './state.ts';

const { mProfCycle, stkbucket } = repairedParts;

/** Allocations in the slot of cycle C+1. */
export const mallocInNextCycle = routine('mProf_Malloc', function* (object: number, stk: Stack) {
  const cycle = yield* mProfCycle.read();
  const index = (cycle + 1) % ringLength;
  const bucket = yield* stkbucket(stk);
  const mpc = at(bucket).future.at(index);
  yield* lock(profMemFutureLock.at(index));
  yield* add(mpc.allocs, mpc.alloc_bytes, object);
  yield* unlock(profMemFutureLock.at(index));
  yield* setprofilebucket(object, bucket);
});

/** `add` without the lock: each word is read, then written. */
const addUnlocked = routine('addUnlocked', function* (total: Variable<number>, object: number) {
  const before = yield* load(total);
  yield* store(total, before | (1 << object));
});

/** Frees without the slot's lock. */
export const freeWithoutLock = routine('mProf_Free', function* (object: number, bucket: number) {
  const cycle = yield* mProfCycle.read();
  const mpc = at(bucket).future.at((cycle + 1) % ringLength);
  yield* addUnlocked(mpc.frees, object);
  yield* addUnlocked(mpc.free_bytes, object);
});

/** mProf_Flush takes the slot's lock before that of the active profile. */
export const flushLocksSlotFirst = routine('mProf_Flush', function* () {
  const { cycle, alreadyFlushed } = yield* mProfCycle.setFlushed();
  if (alreadyFlushed) return;
  const index = cycle % ringLength;
  yield* lock(profMemFutureLock.at(index));
  yield* lockActive(profMemActiveLock);
  yield* mProf_FlushLocked(index);
  yield* unlockActive(profMemActiveLock);
  yield* unlock(profMemFutureLock.at(index));
});

const recordsWithoutLock = profileRecords({ ...records, accumulates: 'no collection', held: undefined });

/** MemProfile with the slot's lock only. */
export const profileWithoutActiveLock = routine('MemProfile', function* () {
  const cycle = yield* mProfCycle.read();
  const index = cycle % ringLength;
  yield* lock(profMemFutureLock.at(index));
  yield* mProf_FlushLocked(index);
  yield* unlock(profMemFutureLock.at(index));
  yield* become(recordsWithoutLock);
});

/** stkbucket that doesn't walk the chain again once it has the lock. */
export const stkbucketWithoutSecondWalk = routine('stkbucket', function* (stk: Stack) {
  const found = yield* findBucket(stk);
  if (found !== 0) return found;
  yield* lock(profInsertLock);
  const made = yield* insertBucket(stk);
  yield* unlock(profInsertLock);
  return made;
});

/** Publishes a bucket and then links it to what follows it. */
const publishFirst = routine('insertBucket', function* (stk: Stack) {
  const made = yield* fetchAdd(persistent, 1);
  const { stk: stack, next, allnext } = at(made);
  yield* store(stack, stk);
  const chain = yield* load(buckhash);
  const list = yield* load(mbuckets);
  yield* store(buckhash, made);
  if (stk !== 'blocked') yield* store(mbuckets, made);
  yield* store(next, chain);
  if (stk !== 'blocked') yield* store(allnext, list);
  return made;
});

export const stkbucketPublishesFirst = routine('stkbucket', function* (stk: Stack) {
  const found = yield* findBucket(stk);
  if (found !== 0) return found;
  yield* lock(profInsertLock);
  const inserted = yield* findBucket(stk);
  const made = inserted !== 0 ? inserted : yield* publishFirst(stk);
  yield* unlock(profInsertLock);
  return made;
});
