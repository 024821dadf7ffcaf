/** The hash table of buckets: src/runtime/mprof.go stkbucket, newBucket, Go 89c0dd82. */
import { again, atomically, done, fetchAdd, load, lock, loop, routine, store, unlock, type Routine } from 'heddle';
import { buckets, buckhash, mbuckets, persistent, profInsertLock } from './state.ts';

/** What tells buckets apart: type, hash, size and stack. The heap's are 'a' and 'b'. */
export type Stack = 'a' | 'b' | 'blocked';

/** A bucket by its number; 0 is nil. */
export const at = (bucket: number) => buckets.at(bucket - 1);

/** A published bucket does not change any more: reading its fields is one step. Made once, because they are tables. */
const onChain = buckets.elements.map(({ stk, next }) => atomically([stk, next], (found, after) => ({ result: { found, after } })));

interface Walk {
  readonly bucket: number;
  readonly stk: Stack;
}

const nextOnChain = routine('nextOnChain', function* ({ bucket, stk }: Walk) {
  if (bucket === 0) return done(0);
  const { found, after } = yield* onChain[bucket - 1]!;
  return found === stk ? done(bucket) : again({ bucket: after, stk });
});

/** Walks the hash chain: the bucket of this stack, or nil. */
export const findBucket = routine('findBucket', function* (stk: Stack) {
  const first = yield* load(buckhash);
  return yield* loop<Walk, number>(nextOnChain, { bucket: first, stk });
});

/** Nobody sees a bucket before it is published, so that what fills it in is one step. */
const links = buckets.elements.map(({ stk, next, allnext }) => ({
  heap: (stack: Stack) =>
    atomically([stk, next, allnext, buckhash, mbuckets], (_stk, _next, _allnext, chain, list) => ({
      to: [stack, chain, list, chain, list],
    })),
  blocking: atomically([stk, next, buckhash], (_stk, _next, chain) => ({ to: ['blocked', chain, chain] })),
}));

/** newBucket, linked to what is on its lists and then published: those who read the lists take no lock. */
export const insertBucket = routine('insertBucket', function* (stk: Stack) {
  const made = yield* fetchAdd(persistent, 1);
  const { heap, blocking } = links[made - 1]!;
  yield* stk === 'blocked' ? blocking : heap(stk);
  yield* store(buckhash, made);
  if (stk !== 'blocked') yield* store(mbuckets, made);
  return made;
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
  const made = yield* insertBucket(stk);
  yield* unlock(profInsertLock);
  return made;
});
