/** MemProfile from where it has flushed: src/runtime/mprof.go MemProfile and its record, Go 89c0dd82. */
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
  unlock,
  update,
  type Body,
  type Mutex,
  type Routine,
} from 'heddle';
import { at } from './buckets.ts';
import { count, flushBucket, unlockActive, type InSlot } from './records.ts';
import {
  accumulating,
  bucketCount,
  buckets,
  mbuckets,
  numgc,
  objectCount,
  p,
  profMemActiveLock,
  profMemFutureLock,
  ringLength,
  torn,
} from './state.ts';

/** Where versions differ in what MemProfile does once it has flushed. */
export interface Records {
  /** Which locks it takes to accumulate all slots. */
  readonly slots: 'one lock at a time' | 'all locks at once' | 'no locks';
  /** When it accumulates all slots: there is no data, or there is none and there was no collection either. */
  readonly accumulates: 'no data' | 'no collection';
  /** Where the copying pass starts: where the counting one did, or at the list's head of now. */
  readonly copies: 'the same list' | 'the list of now';
  /** The lock that is held all the time and given back at the end. */
  readonly held: Mutex | undefined;
}

export const records: Records = {
  slots: 'one lock at a time',
  accumulates: 'no data',
  copies: 'the same list',
  held: profMemActiveLock,
};

/** A list has no more than all buckets on it; the bound keeps what a walk carries finite. */
function oneMore(n: number, wanted: boolean): number {
  return wanted ? Math.min(n + 1, bucketCount) : n;
}

/** Where MemProfile is in its walk from `head`: the records that it would write so far, and whether it writes those without use. */
interface Profiling {
  readonly head: number;
  readonly bucket: number;
  readonly inuseZero: boolean;
  readonly n: number;
}

/** Counts the records, accumulates all slots if there is no data, copies the records out if they fit, and gives the lock back. */
export function profileRecords({ slots, accumulates, copies, held }: Records): Routine<[], void> {
  const copyOut = routine('copyOut', function* (bucket: number, inuseZero: boolean, idx: number, length: number): Body<void> {
    if (bucket === 0) {
      if (held !== undefined) yield* unlockActive(held);
      return;
    }
    const { wanted, next } = yield* look(bucket, inuseZero);
    if (wanted) {
      yield* ensure(idx < length, 'index out of range: MemProfile writes beyond p');
      yield* record(bucket);
    }
    return yield* become(copyOut, next, inuseZero, oneMore(idx, wanted), length);
  });

  const copyIfFits = routine('copyIfFits', function* (head: number, inuseZero: boolean, n: number) {
    // The caller's p has any length; it is chosen where it is first looked at: the same runs, fewer states.
    const length = yield* choose(0, 1, 2);
    if (n > length) return yield* become(copyOut, 0, inuseZero, 0, length);
    const first = copies === 'the same list' ? head : yield* load(mbuckets);
    return yield* become(copyOut, first, inuseZero, 0, length);
  });

  const accumulateSlot = routine('accumulateSlot', function* ({ bucket, index }: InSlot) {
    if (index === ringLength) return done();
    if (slots === 'one lock at a time') yield* lock(profMemFutureLock.at(index));
    yield* flushBucket(bucket, index);
    if (slots === 'one lock at a time') yield* unlock(profMemFutureLock.at(index));
    return again({ bucket, index: index + 1 });
  });

  const accumulate = routine('accumulate', function* ({ head, bucket, inuseZero, n }: Profiling): Body<void> {
    if (bucket === 0) return yield* become(copyIfFits, head, inuseZero, n);
    if (slots === 'all locks at once') {
      yield* lock(profMemFutureLock.at(0));
      yield* lock(profMemFutureLock.at(1));
      yield* lock(profMemFutureLock.at(2));
    }
    yield* loop(accumulateSlot, { bucket, index: 0 });
    if (slots === 'all locks at once') {
      yield* unlock(profMemFutureLock.at(2));
      yield* unlock(profMemFutureLock.at(1));
      yield* unlock(profMemFutureLock.at(0));
    }
    const { wanted, next } = yield* look(bucket, inuseZero);
    return yield* become(accumulate, { head, bucket: next, inuseZero, n: oneMore(n, wanted) });
  });

  const foundNoData = routine('foundNoData', function* (head: number, inuseZero: boolean, n: number) {
    const collected = accumulates === 'no collection' && (yield* load(numgc)) > 0;
    if (collected) return yield* become(copyIfFits, head, inuseZero, n);
    yield* emit('no data', undefined, { ghost: set(accumulating, true) });
    return yield* become(accumulate, { head, bucket: head, inuseZero, n: 0 });
  });

  const countRecords = routine('countRecords', function* ({ head, bucket, inuseZero, n }: Profiling, clear: boolean): Body<void> {
    if (bucket === 0 && clear) return yield* become(foundNoData, head, inuseZero, n);
    if (bucket === 0) return yield* become(copyIfFits, head, inuseZero, n);
    const { wanted, empty, next } = yield* look(bucket, inuseZero);
    return yield* become(countRecords, { head, bucket: next, inuseZero, n: oneMore(n, wanted) }, clear && empty);
  });

  return routine('profileRecords', function* () {
    const head = yield* load(mbuckets);
    const inuseZero = yield* choose(false, true);
    return yield* become(countRecords, { head, bucket: head, inuseZero, n: 0 }, true);
  });
}

/** Made once, because they are tables of thousands of rows. Nothing of it changes while profMemActiveLock is held. */
const looks = buckets.elements.map(({ active, allnext }) =>
  atomically([active.alloc_bytes, active.free_bytes, active.allocs, active.frees, allnext], (alloc, free, allocs, frees, next) => ({
    result: { inUse: count(alloc) !== count(free), empty: allocs === 0 && frees === 0, next },
  })),
);

/** Whether MemProfile writes a record for the bucket, whether that has no data, and the next bucket. */
const look = routine('look', function* (bucket: number, inuseZero: boolean) {
  const { inUse, empty, next } = yield* looks[bucket - 1]!;
  return { wanted: inuseZero || inUse, empty, next };
});

/** Copies one record out. The caller's p is for properties only: the counts, until the bytes have come. */
const record = routine('record', function* (bucket: number) {
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
