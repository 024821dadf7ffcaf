/**
 * The heap profile as Go commit 89c0dd82 left it: src/runtime/mprof.go mProf_Malloc, mProf_Free, mProf_NextCycle,
 * mProf_Flush, mProf_FlushLocked, mProf_PostSweep, MemProfile, saveblockevent.
 */
import {
  again,
  atomically,
  become,
  choose,
  done,
  emit,
  ensure,
  load,
  lock,
  loop,
  routine,
  self,
  set,
  store,
  unlock,
  update,
  type Body,
  type Routine,
  type Variable,
} from 'heddle';
import { at, stkbucket, type Stack } from './buckets.ts';
import { holder, type MProfCycleHolder } from './cycle-holder.ts';
import {
  accumulating,
  activeHeld,
  bucketCount,
  buckets,
  mbuckets,
  objectCount,
  objects,
  p,
  profBlockLock,
  profMemActiveLock,
  profMemFutureLock,
  ringLength,
  torn,
} from './state.ts';

/** What the commit's routines are made from; a weakening replaces one. */
export interface Parts {
  readonly mProfCycle: MProfCycleHolder;
  readonly stkbucket: Routine<[Stack], number>;
  /** The length of memRecord.future. */
  readonly ring: number;
}

export const parts: Parts = { mProfCycle: holder, stkbucket, ring: ringLength };

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

/** How much of a set of objects there is: the number that the runtime counts. */
export function count(set: number): number {
  return set === 0 ? 0 : (set & 1) + count(set >> 1);
}

/**
 * One more object in a count and in a sum of bytes. The holder of the slot's lock has the words to himself, so this is one
 * step; `addUnlocked` of weakened.ts takes it apart.
 */
export const add = routine('add', function* (counted: Variable<number>, bytes: Variable<number>, object: number) {
  yield* atomically([counted, bytes], (objects, sizes) => ({ to: [objects | (1 << object), sizes | (1 << object)] }));
});

/** setprofilebucket: from now on the object is in the heap, with a special that names the bucket. */
export const setprofilebucket = routine('setprofilebucket', function* (object: number, bucket: number) {
  yield* store(objects.at(object).special, bucket);
});

/**
 * Adds a slot's events to the active record and empties it, allocations and frees. The holder of the locks has the words
 * to himself, so each is one step; made once, because they are tables of thousands of rows.
 */
const moves = buckets.elements.map(({ active, future }) =>
  future.elements.map((mpc) => ({
    allocs: atomically([active.allocs, active.alloc_bytes, mpc.allocs, mpc.alloc_bytes], (all, bytes, events, sizes) => ({
      to: [all | events, bytes | sizes, 0, 0],
    })),
    frees: atomically([active.frees, active.free_bytes, mpc.frees, mpc.free_bytes], (all, bytes, events, sizes) => ({
      to: [all | events, bytes | sizes, 0, 0],
    })),
  })),
);

export const flushBucket = routine('flushBucket', function* (bucket: number, index: number) {
  const { allocs, frees } = moves[bucket - 1]![index]!;
  yield* allocs;
  yield* frees;
});

interface Flushing {
  readonly bucket: number;
  readonly index: number;
}

const flushNext = routine('flushNext', function* ({ bucket, index }: Flushing) {
  if (bucket === 0) return done();
  yield* flushBucket(bucket, index);
  const next = yield* load(at(bucket).allnext);
  return again({ bucket: next, index });
});

/** The caller holds profMemActiveLock and the slot's lock. */
export const mProf_FlushLocked = routine('mProf_FlushLocked', function* (index: number) {
  const head = yield* load(mbuckets);
  yield* loop(flushNext, { bucket: head, index });
});

/** A list has no more than all buckets on it; the bound keeps what a walk carries finite. */
function oneMore(n: number, wanted: boolean): number {
  return wanted ? Math.min(n + 1, bucketCount) : n;
}

const looks = buckets.elements.map(({ active, allnext }) =>
  atomically([active.alloc_bytes, active.free_bytes, active.allocs, active.frees, allnext], (alloc, free, allocs, frees, next) => ({
    result: { inUse: count(alloc) !== count(free), empty: allocs === 0 && frees === 0, next },
  })),
);

/** Whether MemProfile writes a record for the bucket, whether that has any data, and the next bucket. Nothing of it changes while profMemActiveLock is held. */
export const look = routine('look', function* (bucket: number, inuseZero: boolean) {
  const { inUse, empty, next } = yield* looks[bucket - 1]!;
  return { wanted: inuseZero || inUse, empty, next };
});

/** Where MemProfile is in its walk from `head`: the records that it would write so far, and whether it writes those without use. */
interface Profiling {
  readonly head: number;
  readonly bucket: number;
  readonly inuseZero: boolean;
  readonly n: number;
}

const accumulateSlot = routine('accumulateSlot', function* ({ bucket, index }: Flushing) {
  if (index === ringLength) return done();
  yield* lock(profMemFutureLock.at(index));
  yield* flushBucket(bucket, index);
  yield* unlock(profMemFutureLock.at(index));
  return again({ bucket, index: index + 1 });
});

/** Copies one record out. The caller's p is for properties only: the counts, until the bytes have come. */
export const record = routine('record', function* (bucket: number) {
  const reader = yield* self();
  const { active } = at(bucket);
  yield* atomically([active.allocs, active.frees], () => ({}), {
    ghost: update(p.at(reader), [active.allocs, active.frees], (_, allocs, frees) => sets(allocs, frees)),
  });
  yield* atomically([active.alloc_bytes, active.free_bytes], () => ({}), {
    ghost: [
      update(
        torn,
        [p.at(reader), active.alloc_bytes, active.free_bytes],
        (before, counts, allocs, frees) => before || counts !== sets(allocs, frees),
      ),
      set(p.at(reader), 0),
    ],
  });
});

/** Two sets of objects as one number. */
function sets(allocs: unknown, frees: unknown): number {
  // The values of two variables that hold numbers.
  return (allocs as number) * 2 ** objectCount + (frees as number);
}

/** MemProfile's last pass, after which it gives the lock back. */
const copyOut = routine('copyOut', function* (bucket: number, inuseZero: boolean, idx: number, length: number): Body<void> {
  if (bucket === 0) {
    yield* unlockActive();
    return;
  }
  const { wanted, next } = yield* look(bucket, inuseZero);
  if (wanted) {
    yield* ensure(idx < length, 'index out of range: MemProfile writes beyond p');
    yield* record(bucket);
  }
  return yield* become(copyOut, next, inuseZero, oneMore(idx, wanted), length);
});

/** The caller's p has any length; it is chosen where it is first looked at: the same runs, fewer states. */
const copyIfFits = routine('copyIfFits', function* (head: number, inuseZero: boolean, n: number) {
  const length = yield* choose(0, 1, 2);
  return yield* become(copyOut, n <= length ? head : 0, inuseZero, 0, length);
});

/** With no data at all, every slot of every bucket is accumulated, and the records are counted again. */
const accumulate = routine('accumulate', function* ({ head, bucket, inuseZero, n }: Profiling): Body<void> {
  if (bucket === 0) return yield* become(copyIfFits, head, inuseZero, n);
  yield* loop(accumulateSlot, { bucket, index: 0 });
  const { wanted, next } = yield* look(bucket, inuseZero);
  return yield* become(accumulate, { head, bucket: next, inuseZero, n: oneMore(n, wanted) });
});

const countRecords = routine('countRecords', function* ({ head, bucket, inuseZero, n }: Profiling, clear: boolean): Body<void> {
  if (bucket === 0 && !clear) return yield* become(copyIfFits, head, inuseZero, n);
  if (bucket === 0) {
    yield* emit('no data', undefined, { ghost: set(accumulating, true) });
    return yield* become(accumulate, { head, bucket: head, inuseZero, n: 0 });
  }
  const { wanted, empty, next } = yield* look(bucket, inuseZero);
  return yield* become(countRecords, { head, bucket: next, inuseZero, n: oneMore(n, wanted) }, clear && empty);
});

/** MemProfile once it has flushed: counts the records, copies them out if they fit, and gives profMemActiveLock back. */
export const profileRecords = routine('profileRecords', function* () {
  const head = yield* load(mbuckets);
  const inuseZero = yield* choose(false, true);
  return yield* become(countRecords, { head, bucket: head, inuseZero, n: 0 }, true);
});

/** Takes the lock of the active profile. */
export function* lockActive() {
  yield* lock(profMemActiveLock, { ghost: set(activeHeld, true) });
}

export function* unlockActive() {
  yield* unlock(profMemActiveLock, { ghost: [set(activeHeld, false), set(accumulating, false)] });
}

export function split({ mProfCycle, stkbucket, ring }: Parts = parts): HeapProfile {
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

  const mProf_Flush = routine('mProf_Flush', function* () {
    const { cycle, alreadyFlushed } = yield* mProfCycle.setFlushed();
    if (alreadyFlushed) return;
    const index = cycle % ring;
    yield* lockActive();
    yield* lock(profMemFutureLock.at(index));
    yield* mProf_FlushLocked(index);
    yield* unlock(profMemFutureLock.at(index));
    yield* unlockActive();
  });

  const mProf_PostSweep = routine('mProf_PostSweep', function* () {
    const cycle = yield* mProfCycle.read();
    const index = (cycle + 1) % ring;
    yield* lockActive();
    yield* lock(profMemFutureLock.at(index));
    yield* mProf_FlushLocked(index);
    yield* unlock(profMemFutureLock.at(index));
    yield* unlockActive();
  });

  const MemProfile = routine('MemProfile', function* () {
    const cycle = yield* mProfCycle.read();
    const index = cycle % ring;
    yield* lockActive();
    yield* lock(profMemFutureLock.at(index));
    yield* mProf_FlushLocked(index);
    yield* unlock(profMemFutureLock.at(index));
    return yield* become(profileRecords);
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
