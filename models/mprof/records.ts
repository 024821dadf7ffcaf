/** Heap records and what happens to them under their locks: src/runtime/mprof.go memRecord, memRecordCycle, mProf_FlushLocked, Go 89c0dd82. */
import { again, atomically, done, load, lock, loop, routine, set, store, unlock, type Mutex, type Variable } from 'heddle';
import { at } from './buckets.ts';
import { accumulating, activeHeld, buckets, mbuckets, objects } from './state.ts';

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

/** A slot of a bucket. */
export interface InSlot {
  readonly bucket: number;
  readonly index: number;
}

const flushNext = routine('flushNext', function* ({ bucket, index }: InSlot) {
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

/** Takes the lock that the active profile is under. */
export function* lockActive(mutex: Mutex) {
  yield* lock(mutex, { ghost: set(activeHeld, true) });
}

export function* unlockActive(mutex: Mutex) {
  yield* unlock(mutex, { ghost: [set(activeHeld, false), set(accumulating, false)] });
}
