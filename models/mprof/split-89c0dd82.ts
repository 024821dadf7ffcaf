/**
 * The heap profile as Go commit 89c0dd82 left it: src/runtime/mprof.go mProf_Malloc, mProf_Free, mProf_NextCycle,
 * mProf_Flush, mProf_PostSweep, MemProfile, saveblockevent.
 */
import { become, load, lock, routine, store, unlock, type Routine } from 'heddle';
import { at, stkbucket, type Stack } from './buckets.ts';
import { holder, type MProfCycleHolder } from './cycle-holder.ts';
import { profileRecords, records } from './mem-profile.ts';
import { add, lockActive, mProf_FlushLocked, setprofilebucket, unlockActive } from './records.ts';
import { profBlockLock, profMemActiveLock, profMemFutureLock, ringLength } from './state.ts';

/** What a heap profile consists of. */
export interface HeapProfile {
  readonly mProf_Malloc: Routine<[number, Stack], void>;
  readonly mProf_Free: Routine<[number, number], void>;
  readonly mProf_NextCycle: Routine<[], void>;
  readonly mProf_Flush: Routine<[], void>;
  readonly mProf_PostSweep: Routine<[], void>;
  readonly MemProfile: Routine<[], void>;
  readonly saveblockevent: Routine<[], void>;
}

/** What its routines are made from; a weakening replaces one. */
export interface Parts {
  readonly mProfCycle: MProfCycleHolder;
  readonly stkbucket: Routine<[Stack], number>;
  readonly profileRecords: Routine<[], void>;
  /** The length of memRecord.future. */
  readonly ring: number;
}

export const parts: Parts = { mProfCycle: holder, stkbucket, profileRecords: profileRecords(records), ring: ringLength };

export function split({ mProfCycle, stkbucket, profileRecords, ring }: Parts): HeapProfile {
  const mProf_Malloc = routine('mProf_Malloc', function* (object: number, stk: Stack) {
    const cycle = yield* mProfCycle.read();
    const index = (cycle + 2) % ring;
    const bucket = yield* stkbucket(stk);
    const mpc = at(bucket).future.at(index);

    yield* lock(profMemFutureLock.at(index));
    yield* add(mpc.allocs, mpc.alloc_bytes, object);
    yield* unlock(profMemFutureLock.at(index));

    yield* setprofilebucket(object, bucket);
  });

  const mProf_Free = routine('mProf_Free', function* (object: number, bucket: number) {
    const cycle = yield* mProfCycle.read();
    const index = (cycle + 1) % ring;
    const mpc = at(bucket).future.at(index);

    yield* lock(profMemFutureLock.at(index));
    yield* add(mpc.frees, mpc.free_bytes, object);
    yield* unlock(profMemFutureLock.at(index));
  });

  const mProf_NextCycle = routine('mProf_NextCycle', function* () {
    yield* mProfCycle.increment();
  });

  /** Flushes slot `index` of all buckets. */
  const flushSlot = routine('flushSlot', function* (index: number) {
    yield* lockActive(profMemActiveLock);
    yield* lock(profMemFutureLock.at(index));
    yield* mProf_FlushLocked(index);
    yield* unlock(profMemFutureLock.at(index));
    yield* unlockActive(profMemActiveLock);
  });

  const mProf_Flush = routine('mProf_Flush', function* () {
    const { cycle, alreadyFlushed } = yield* mProfCycle.setFlushed();
    if (alreadyFlushed) return;
    yield* flushSlot(cycle % ring);
  });

  const mProf_PostSweep = routine('mProf_PostSweep', function* () {
    const cycle = yield* mProfCycle.read();
    yield* flushSlot((cycle + 1) % ring);
  });

  const MemProfile = routine('MemProfile', function* () {
    const cycle = yield* mProfCycle.read();
    const index = cycle % ring;
    yield* lockActive(profMemActiveLock);
    yield* lock(profMemFutureLock.at(index));
    yield* mProf_FlushLocked(index);
    yield* unlock(profMemFutureLock.at(index));
    yield* become(profileRecords);
  });

  const saveblockevent = routine('saveblockevent', function* () {
    const bucket = yield* stkbucket('blocked');
    yield* lock(profBlockLock);
    const blocked = yield* load(at(bucket).blocked);
    yield* store(at(bucket).blocked, blocked + 1);
    yield* unlock(profBlockLock);
  });

  return { mProf_Malloc, mProf_Free, mProf_NextCycle, mProf_Flush, mProf_PostSweep, MemProfile, saveblockevent };
}
