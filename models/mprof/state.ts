/** Shared state of the heap profile. src/runtime/mprof.go and lockrank.go at Go commit 89c0dd82, and mgc.go around it. */
import { array, bool, ghost, int, mutex, oneOf, record } from 'heddle';

/** memRecord.future: events of cycles C, C+1 and C+2 wait in slots of their own. */
export const ringLength = 3;

/** Objects that a scenario allocates at most. */
export const objectCount = 2;

/** Buckets that a scenario makes at most: the number of a bucket is its address, 0 is nil. */
export const bucketCount = 3;

/**
 * A count of allocations or frees, or their bytes: the set of objects that went into it, bit o for object o. So what was
 * counted can be told from what should have been; the number itself is the size of the set.
 */
function counted() {
  return int({ to: 2 ** objectCount - 1 });
}

/** A memRecordCycle. */
function memRecordCycle(name: string) {
  return record(name, { allocs: counted(), alloc_bytes: counted(), frees: counted(), free_bytes: counted() });
}

export type MemRecordCycle = ReturnType<typeof memRecordCycle>;

/** A bucket of the hash table; `stk` stands for its type, hash, size and stack. 'none': not made yet. */
function bucket(name: string, index: number) {
  return record(name, {
    // Bucket 1 is there from the start, so that a stack is known or not as the client chooses.
    stk: index === 0 ? oneOf(['a', 'none']) : oneOf(['none', 'a', 'b', 'blocked']),
    next: int({ to: bucketCount }),
    allnext: int({ to: bucketCount }),
    active: memRecordCycle(`${name}.active`),
    future: array(`${name}.future`, ringLength, memRecordCycle),
    /** Of a bucket of the blocking profile: how many events, as far as scopes need it. */
    blocked: int({ to: 2 }),
  });
}

export const buckets = array('bucket', bucketCount, (_name, index) => bucket(`bucket[${index + 1}]`, index));

/** What persistentalloc hands out next. */
export const persistent = int('persistent', { from: 2, to: bucketCount + 1 });

/** The one hash chain that all buckets are on, and the list of heap buckets. The blocking profile's list has no reader here. */
export const buckhash = int('buckhash', { to: bucketCount, initial: 1 });
export const mbuckets = int('mbuckets', { to: bucketCount, initial: 1 });

/** The cycle wraps at a multiple of the ring's length: here at the smallest, so that a scope sees it happen. */
export const mProfCycleWrap = ringLength;

/** cycle << 1 | flushed, in one atomic word. */
export const mProfCycle = int('mProfCycle', { to: 2 * mProfCycleWrap - 1 });

/** The two apart: plain under proflock before Go 89c0dd82, atomic in a weakening. */
export const mProf = record('mProf', { cycle: int({ to: mProfCycleWrap - 1 }), flushed: bool() });

export const profInsertLock = mutex('profInsertLock', { rank: 'profInsert' });
export const profBlockLock = mutex('profBlockLock', { rank: 'profBlock' });
export const profMemActiveLock = mutex('profMemActiveLock', { rank: 'profMemActive' });
export const profMemFutureLock = array('profMemFutureLock', ringLength, (name) => mutex(name, { rank: 'profMemFuture' }));

/** The single lock before Go 89c0dd82. */
export const proflock = mutex('proflock', { rank: 'prof' });

/** The rows of lockPartialOrder (src/runtime/lockrank.go, Go 89c0dd82) for the ranks used here; profMemFuture has no self-edge. */
export const ranks = {
  prof: [],
  profInsert: [],
  profBlock: [],
  profMemActive: [],
  profMemFuture: ['profMemActive'],
} as const;

/** An object of the heap: the bucket that its profile special names (0: no object here), and whether marking left it unmarked. */
export const objects = array('object', objectCount, (name) => record(name, { special: int({ to: bucketCount }), dead: bool() }));

/** sweep.active: those who sweep now. Mark termination counts until it has flushed. */
export const sweepers = int('sweep.active', { to: 4 });

/** Collections whose mark termination is over: work.cycles, as runtime.GC sees it, and memstats.numgc. */
export const numgc = int('memstats.numgc', { to: 3 });

/** The true cycle: mark terminations so far. */
export const collections = ghost('collections', int({ to: 3 }));

/** Whether somebody holds the lock of the active profile and may be in the middle of a change. */
export const activeHeld = ghost('activeHeld', bool());

/** Whether MemProfile has found no data and is accumulating all cycles. */
export const accumulating = ghost('accumulating', bool());

/** The record that MemProfile is copying into its caller's p, by thread: the sets counted as allocated and freed. */
export const p = array('p', 3, (name) => ghost(name, int({ to: 4 ** objectCount - 1 })));

/** Whether a record was copied whose counts and bytes come from different events. */
export const torn = ghost('torn', bool());
