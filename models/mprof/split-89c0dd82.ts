/**
 * The heap profile as Go commit 89c0dd82 left it: src/runtime/mprof.go mProf_Malloc, mProf_Free, mProf_NextCycle,
 * mProf_Flush, mProf_FlushLocked, mProf_PostSweep, MemProfile, saveblockevent.
 */
import { atomically, choose, emit, ensure, again, done, load, lock, loop, routine, set, store, unlock, type Routine, type Variable } from 'heddle';
import { at, stkbucket, type Stack } from './buckets.ts';
import { holder, type MProfCycleHolder } from './cycle-holder.ts';
import { accumulating, activeHeld, bucketCount, buckets, mbuckets, objects, profBlockLock, profMemActiveLock, profMemFutureLock, ringLength } from './state.ts';

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

/** One more object in a count, or its size in a sum of bytes: a read, then a write, for those who hold the slot's lock. */
export const add = routine('add', function* (total: Variable<number>, object: number) {
  const before = yield* load(total);
  yield* store(total, before | (1 << object));
});

/** setprofilebucket: from now on the object is in the heap, with a special that names the bucket. */
export const setprofilebucket = routine('setprofilebucket', function* (object: number, bucket: number) {
  yield* store(objects.at(object).special, bucket);
});

/**
 * What one bucket's slot has to do with its active record, made once for each: these steps are tables of thousands of rows.
 * The holder of the locks has the words to himself, so each sum is one step.
 */
const moves = buckets.elements.map(({ active, future }) =>
  future.elements.map((mpc) => ({
    counts: atomically([active.allocs, active.frees, mpc.allocs, mpc.frees], (allocs, frees, a, f) => ({
      to: [allocs | a, frees | f, a, f],
    })),
    bytes: atomically([active.alloc_bytes, active.free_bytes, mpc.alloc_bytes, mpc.free_bytes], (allocs, frees, a, f) => ({
      to: [allocs | a, frees | f, a, f],
    })),
    clear: atomically([mpc.allocs, mpc.alloc_bytes, mpc.frees, mpc.free_bytes], () => ({ to: [0, 0, 0, 0] })),
  })),
);

/** Adds what waits in slot `index` of a bucket to its active record, and empties the slot. */
export const flushBucket = routine('flushBucket', function* (bucket: number, index: number) {
  const { counts, bytes, clear } = moves[bucket - 1]![index]!;
  yield* counts;
  yield* bytes;
  yield* clear;
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

/** What MemProfile knows while it counts the records it would write. */
interface Counting {
  readonly bucket: number;
  readonly inuseZero: boolean;
  readonly n: number;
  /** No record so far has any data. */
  readonly clear: boolean;
}

const looks = buckets.elements.map(({ active }) =>
  atomically([active.alloc_bytes, active.free_bytes, active.allocs, active.frees], (alloc, free, allocs, frees) => ({
    result: { inUse: count(alloc) !== count(free), empty: allocs === 0 && frees === 0 },
  })),
);

/** Whether MemProfile writes a record for the bucket, and whether it has any data at all. The lock of the active profile is held. */
export const look = routine('look', function* (bucket: number, inuseZero: boolean) {
  const { inUse, empty } = yield* looks[bucket - 1]!;
  return { wanted: inuseZero || inUse, empty };
});

export const countNext = routine('countNext', function* ({ bucket, inuseZero, n, clear }: Counting) {
  if (bucket === 0) return done({ n, clear });
  const { wanted, empty } = yield* look(bucket, inuseZero);
  const next = yield* load(at(bucket).allnext);
  return again({ bucket: next, inuseZero, n: oneMore(n, wanted), clear: clear && empty });
});

const accumulateSlot = routine('accumulateSlot', function* ({ bucket, index }: Flushing) {
  if (index === ringLength) return done();
  yield* lock(profMemFutureLock.at(index));
  yield* flushBucket(bucket, index);
  yield* unlock(profMemFutureLock.at(index));
  return again({ bucket, index: index + 1 });
});

/** With no data at all, every slot of the bucket is accumulated, and the records are counted again. */
export const accumulateNext = routine('accumulateNext', function* ({ bucket, inuseZero, n }: Omit<Counting, 'clear'>) {
  if (bucket === 0) return done(n);
  yield* loop(accumulateSlot, { bucket, index: 0 });
  const { wanted } = yield* look(bucket, inuseZero);
  const next = yield* load(at(bucket).allnext);
  return again({ bucket: next, inuseZero, n: oneMore(n, wanted) });
});

interface Copying {
  readonly bucket: number;
  readonly inuseZero: boolean;
  readonly idx: number;
  /** len(p). */
  readonly length: number;
}

/** Copies one record out: what the consumer sees. */
export const record = routine('record', function* (bucket: number) {
  const { active } = at(bucket);
  const counts = yield* atomically([active.allocs, active.frees], (allocs, frees) => ({ result: { allocs, frees } }));
  const bytes = yield* atomically([active.alloc_bytes, active.free_bytes], (allocs, frees) => ({ result: { allocs, frees } }));
  yield* emit('record', { counts, bytes });
});

export const copyNext = routine('copyNext', function* ({ bucket, inuseZero, idx, length }: Copying) {
  if (bucket === 0) return done();
  const { wanted } = yield* look(bucket, inuseZero);
  if (wanted) {
    yield* ensure(idx < length, 'index out of range: MemProfile writes beyond p');
    yield* record(bucket);
  }
  const next = yield* load(at(bucket).allnext);
  return again({ bucket: next, inuseZero, idx: oneMore(idx, wanted), length });
});

/** Counts the records, accumulating all slots if there is no data, and copies them out if they fit; `profMemActiveLock` is held. */
export const collectRecords = routine('collectRecords', function* () {
  const head = yield* load(mbuckets);
  // Both arguments are chosen where they are first looked at: the same runs, fewer states.
  const inuseZero = yield* choose(false, true);
  const counted = yield* loop<Counting, { n: number; clear: boolean }>(countNext, { bucket: head, inuseZero, n: 0, clear: true });
  let n = counted.n;
  if (counted.clear) {
    yield* emit('no data', undefined, { ghost: set(accumulating, true) });
    n = yield* loop<Omit<Counting, 'clear'>, number>(accumulateNext, { bucket: head, inuseZero, n: 0 });
  }
  const length = yield* choose(0, 1, 2);
  if (n <= length) yield* loop(copyNext, { bucket: head, inuseZero, idx: 0, length });
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
    yield* add(mpc.allocs, object);
    yield* add(mpc.alloc_bytes, object);
    yield* unlock(profMemFutureLock.at(index));

    yield* setprofilebucket(object, bucket);
  });

  const mProf_Free = routine('mProf_Free', function* (object: number, bucket: number) {
    const cycle = yield* mProfCycle.read();
    const index = (cycle + 1) % ring;
    const mpc = at(bucket).future.at(index);

    yield* lock(profMemFutureLock.at(index));
    yield* add(mpc.frees, object);
    yield* add(mpc.free_bytes, object);
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
    yield* collectRecords();
    yield* unlockActive();
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
