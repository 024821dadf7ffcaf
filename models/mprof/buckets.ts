/** The hash table of buckets: src/runtime/mprof.go newBucket, stkbucket, Go 89c0dd82. */
import { again, done, fetchAdd, load, lock, loop, routine, store, unlock, type Routine } from 'heddle';
import { buckets, buckhash, mbuckets, persistent, profInsertLock } from './state.ts';

/** What tells buckets apart: type, hash, size and stack. The heap's are 'a' and 'b'. */
export type Stack = 'a' | 'b' | 'blocked';

/** A bucket by its number; 0 is nil. */
export const at = (bucket: number) => buckets.at(bucket - 1);

interface Walk {
  readonly bucket: number;
  readonly stk: Stack;
}

const nextOnChain = routine('nextOnChain', function* ({ bucket, stk }: Walk) {
  if (bucket === 0) return done(0);
  const found = yield* load(at(bucket).stk);
  if (found === stk) return done(bucket);
  const next = yield* load(at(bucket).next);
  return again({ bucket: next, stk });
});

/** Walks the hash chain: the bucket of this stack, or nil. */
export const findBucket = routine('findBucket', function* (stk: Stack) {
  const first = yield* load(buckhash);
  return yield* loop<Walk, number>(nextOnChain, { bucket: first, stk });
});

export const newBucket = routine('newBucket', function* (stk: Stack) {
  const made = yield* fetchAdd(persistent, 1);
  yield* store(at(made).stk, stk);
  return made;
});

/** Links a new bucket to what is on its lists, then publishes it: readers take no lock. */
export const insertBucket = routine('insertBucket', function* (bucket: number, stk: Stack) {
  const next = yield* load(buckhash);
  yield* store(at(bucket).next, next);
  if (stk === 'blocked') {
    yield* store(buckhash, bucket);
    return;
  }
  const allnext = yield* load(mbuckets);
  yield* store(at(bucket).allnext, allnext);
  yield* store(buckhash, bucket);
  yield* store(mbuckets, bucket);
});

/** stkbucket with `alloc` set, which is how all callers here use it. */
export const stkbucket: Routine<[Stack], number> = routine('stkbucket', function* (stk: Stack) {
  // Optimistically, without the lock.
  const found = yield* findBucket(stk);
  if (found !== 0) return found;

  yield* lock(profInsertLock);
  const inserted = yield* findBucket(stk);
  if (inserted !== 0) {
    yield* unlock(profInsertLock);
    return inserted;
  }
  const made = yield* newBucket(stk);
  yield* insertBucket(made, stk);
  yield* unlock(profInsertLock);
  return made;
});
