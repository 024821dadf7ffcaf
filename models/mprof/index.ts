/** The heap profile beside the garbage collection: one lock split into several (Go commit 89c0dd82). */
import { protocol, variant } from 'heddle';
import { world, worldsema } from '../runtime/world.ts';
import { promises, type Promises } from './collection.ts';
import { apart, packed } from './cycle-holder.ts';
import { profileRecords, records } from './mem-profile.ts';
import { repaired, repairedParts } from './repaired.ts';
import { generated } from './scenarios.ts';
import { full, gate, tiny, type Routines } from './scopes.ts';
import { singleLock } from './single-lock.ts';
import { parts, split, type HeapProfile, type Parts } from './split-89c0dd82.ts';
import * as state from './state.ts';
import * as weakened from './weakened.ts';

const seed = split(parts);
const mended = repaired();
const mendedRecords = { ...records, accumulates: 'no collection' } as const;

/** A weakening of the repaired version: only what is expected to break is judged. */
function weakening(name: string, about: string, breaks: readonly string[], change: Partial<Routines>) {
  const expects = Object.fromEntries(breaks.map((guarantee) => [guarantee, 'violated' as const]));
  return variant<Routines>(name, { about, routines: { profile: mended, promises, ...change }, expects, otherwise: 'unspecified' });
}

const but = (change: Partial<HeapProfile>) => ({ profile: { ...mended, ...change } });
const madeOf = (change: Partial<Parts>) => ({ profile: repaired({ ...repairedParts, ...change }) });
const promised = (change: Partial<Promises>) => ({ promises: { ...promises, ...change } });

export default protocol<Routines>('mprof', {
  about: 'the heap profile beside the garbage collection, and its locks',
  source: 'golang/go 89c0dd82, src/runtime/mprof.go',
  shared: [
    state.mProfCycle,
    state.mProf,
    state.buckets,
    state.buckhash,
    state.mbuckets,
    state.persistent,
    state.objects,
    state.sweepers,
    state.numgc,
    state.profInsertLock,
    state.profBlockLock,
    state.profMemActiveLock,
    state.profMemFutureLock,
    state.proflock,
    world,
    worldsema,
    state.collections,
    state.activeHeld,
    state.accumulating,
    state.p,
    state.torn,
  ],
  ranks: state.ranks,
  scopes: [tiny, gate, full],
  scenarios: generated,
  variants: [
    variant('split-89c0dd82', {
      about: 'the commit: a lock for insertions, one for blocking, one for the active profile, and one for each slot',
      routines: { profile: seed, promises },
      // MemProfile reads the cycle before it takes a lock, and accumulates all slots whenever there is no data.
      expects: { 'p3-snapshot': 'finding', 'p3-snapshot-after-a-collection': 'finding', 'p4-in-use-not-negative': 'finding' },
    }),
    variant('single-lock', {
      about: 'the version before: proflock for everything',
      routines: { profile: singleLock, promises },
      // What the commit is for; and MemProfile already accumulated whenever there was no data.
      expects: {
        'p1-flush-delays-no-free': 'violated',
        'p1-flush-delays-no-block-event': 'violated',
        'p3-snapshot-after-a-collection': 'finding',
      },
    }),
    variant('repaired', {
      about: 'the smallest repair: MemProfile reads the cycle under the lock, and accumulates only before the first collection',
      routines: { profile: mended, promises },
    }),
    variant('separate-words', {
      about: 'cycle and flag in words of their own: redundant in scope, because worldsema keeps mProf_Flush and mProf_NextCycle apart',
      routines: { profile: repaired({ ...repairedParts, mProfCycle: apart }), promises },
    }),
    weakening(
      'next-cycle-after-restart',
      'mProf_NextCycle is called after the world has been started',
      ['p4-in-use-not-negative'],
      promised({ nextCycleInStop: false }),
    ),
    weakening('ring-of-two', 'two slots instead of three', ['p1-flush-delays-no-free', 'p3-snapshot'], madeOf({ ring: 2 })),
    weakening('malloc-preemptible', 'profilealloc does not pin its goroutine', ['p3-snapshot'], promised({ mallocPinned: false })),
    weakening('sweep-preemptible', 'sweepone does not pin its goroutine', ['p3-snapshot'], promised({ sweepPinned: false })),
    weakening(
      'flush-omitted',
      'the second collection does not call mProf_Flush',
      ['p3-snapshot', 'p5-nothing-lost'],
      promised({ withoutFlush: 2 }),
    ),
    weakening(
      'malloc-in-next-cycle',
      'mProf_Malloc uses the slot of C+1',
      ['p3-snapshot'],
      but({ mProf_Malloc: weakened.mallocInNextCycle }),
    ),
    weakening(
      'flush-without-worldsema',
      'mProf_Flush is called after worldsema has been released',
      ['p1-flush-delays-no-free', 'p3-snapshot'],
      promised({ flushUnderWorldsema: false }),
    ),
    weakening(
      'separate-words-without-worldsema',
      'cycle and flag in words of their own, and mProf_Flush without worldsema',
      ['p5-nothing-lost'],
      {
        ...madeOf({ mProfCycle: apart }),
        ...promised({ flushUnderWorldsema: false }),
      },
    ),
    weakening(
      'wraps-at-power-of-two',
      'the cycle wraps where its bits end, not at a multiple of the ring',
      ['p3-snapshot'],
      madeOf({ mProfCycle: packed(2) }),
    ),
    weakening(
      'post-sweep-unchecked',
      'runtime.GC does not ask whether another collection has come',
      ['p3-snapshot'],
      promised({ postSweepChecked: false }),
    ),
    weakening(
      'no-second-walk',
      'stkbucket does not walk again under the lock',
      ['p6-one-bucket-a-stack'],
      madeOf({ stkbucket: weakened.stkbucketWithoutSecondWalk }),
    ),
    weakening(
      'publishes-before-linking',
      'a bucket is published before it is linked to the next ones',
      ['p5-nothing-lost'],
      madeOf({ stkbucket: weakened.stkbucketPublishesFirst }),
    ),
    weakening(
      'copies-the-list-of-now',
      'MemProfile loads mbuckets again between counting and copying',
      ['p7-index-in-range'],
      madeOf({ profileRecords: profileRecords({ ...mendedRecords, copies: 'the list of now' }) }),
    ),
    weakening(
      'flush-locks-slot-first',
      'mProf_Flush takes the lock of the slot before that of the active profile',
      ['no-deadlock', 'p8-lock-order'],
      but({ mProf_Flush: weakened.flushLocksSlotFirst }),
    ),
    weakening(
      'all-slots-at-once',
      'MemProfile takes the locks of all slots to accumulate them',
      ['p8-lock-order'],
      madeOf({ profileRecords: profileRecords({ ...mendedRecords, slots: 'all locks at once' }) }),
    ),
    weakening(
      'free-without-lock',
      'mProf_Free does not take the lock of its slot',
      ['p2-record-is-whole', 'p5-nothing-lost'],
      // In the repaired version no consumer touches a slot that is swept into; one that accumulates as in the commit does.
      { profile: { ...repaired({ ...repairedParts, profileRecords: parts.profileRecords }), mProf_Free: weakened.freeWithoutLock } },
    ),
    weakening(
      'profile-without-active-lock',
      'MemProfile does not take profMemActiveLock',
      ['p2-record-is-whole'],
      but({ MemProfile: weakened.profileWithoutActiveLock }),
    ),
  ],
});
