/**
 * The garbage collection around the profile, as far as it decides when the profile is called: src/runtime/mgc.go gcStart,
 * gcMarkTermination, GC; mgcsweep.go sweepone; malloc.go profilealloc, Go 89c0dd82. What P3 rests on are switches.
 */
import {
  acquire,
  acquirem,
  again,
  atomically,
  choose,
  done,
  fetchAdd,
  load,
  loop,
  release,
  releasem,
  routine,
  start,
  stop,
  update,
  waitUntil,
  type Routine,
} from 'heddle';
import { world, worldsema } from '../runtime/world.ts';
import type { Stack } from './buckets.ts';
import type { HeapProfile } from './split-89c0dd82.ts';
import { collections, numgc, objectCount, objects, sweepers } from './state.ts';

/** What the collector and the allocator promise the profile; `promises` are all kept. */
export interface Promises {
  /** profilealloc runs under acquirem. */
  readonly mallocPinned: boolean;
  /** sweepone runs under acquirem. */
  readonly sweepPinned: boolean;
  /** mProf_NextCycle is called while the world is stopped. */
  readonly nextCycleInStop: boolean;
  /** Which collection does not call mProf_Flush; 0: all do. */
  readonly withoutFlush: number;
  /** mProf_Flush is called before worldsema is released. */
  readonly flushUnderWorldsema: boolean;
  /** runtime.GC calls mProf_PostSweep under acquirem and only if no other collection has come. */
  readonly postSweepChecked: boolean;
}

export const promises: Promises = {
  mallocPinned: true,
  sweepPinned: true,
  nextCycleInStop: true,
  withoutFlush: 0,
  flushUnderWorldsema: true,
  postSweepChecked: true,
};

/** What a client and a collector can do. */
export interface Runtime {
  readonly mallocgc: Routine<[number, Stack], void>;
  /** Sweeps one object; false if there is none. */
  readonly sweepone: Routine<[], boolean>;
  /** A collection in the background: one mark termination, after what is left has been swept. */
  readonly collect: Routine<[], number>;
  /** runtime.GC: a collection, the sweep after it, and mProf_PostSweep. */
  readonly GC: Routine<[], void>;
}

const specials = objects.elements.map(({ special }) => special) as [(typeof objects.elements)[0]['special']];
const deaths = objects.elements.map(({ dead }) => dead) as [(typeof objects.elements)[0]['dead']];

/** An object that is to be swept, and its bucket. */
interface Swept {
  readonly object: number;
  readonly bucket: number;
}

/** Any set of objects may be garbage. */
const sets = Array.from({ length: 2 ** objectCount }, (_, set) => set) as [number, ...number[]];

export function runtime(profile: HeapProfile, kept: Promises = promises): Runtime {
  const mallocgc = routine('mallocgc', function* (object: number, stk: Stack) {
    if (kept.mallocPinned) yield* acquirem();
    yield* profile.mProf_Malloc(object, stk);
    if (kept.mallocPinned) yield* releasem();
  });

  const sweepone = routine('sweepone', function* () {
    if (kept.sweepPinned) yield* acquirem();
    const swept = yield* atomically([sweepers, ...deaths, ...specials], (active, ...rest) => {
      const object = rest.slice(0, objectCount).indexOf(true);
      if (object < 0) return { result: undefined };
      const after = rest.map((value, k) => (k === object ? false : k === object + objectCount ? 0 : value));
      return { to: [active + 1, ...after] as never, result: { object, bucket: rest[object + objectCount] } as unknown as Swept };
    });
    if (swept !== undefined) {
      yield* profile.mProf_Free(swept.object, swept.bucket);
      yield* fetchAdd(sweepers, -1);
    }
    if (kept.sweepPinned) yield* releasem();
    return swept !== undefined;
  });

  const sweepAnother = routine('sweepAnother', function* () {
    const swept = yield* sweepone();
    return swept ? again(undefined) : done();
  });

  /** In the pause: objects that are not marked are dead, the sweep begins, and those who wait for it are woken. */
  const gcMarkTermination = routine('gcMarkTermination', function* () {
    const garbage = yield* choose(...sets);
    return yield* atomically([numgc, sweepers, ...deaths, ...specials], (n, active, ...rest) => ({
      to: [n + 1, active + 1, ...rest.map((value, k) => (k < objectCount ? rest[k + objectCount] !== (0 as never) && ((garbage >> k) & 1) === 1 : value))] as never,
      result: n + 1,
    }));
  });

  const collect = routine('collect', function* () {
    // Held from gcStart to the end of mark termination by way of gcsema, and through the flush by itself: one is enough here.
    yield* acquire(worldsema);
    yield* loop(sweepAnother, undefined);

    yield* stop(world);
    const n = yield* gcMarkTermination();
    if (kept.nextCycleInStop) yield* profile.mProf_NextCycle();
    yield* start(world, { ghost: update(collections, (before) => before + 1) });
    if (!kept.nextCycleInStop) yield* profile.mProf_NextCycle();

    if (!kept.flushUnderWorldsema) yield* release(worldsema);
    if (n !== kept.withoutFlush) yield* profile.mProf_Flush();
    // Spans in the caches are swept only now: whoever waits for the sweep waits for the flush, too.
    yield* fetchAdd(sweepers, -1);
    if (kept.flushUnderWorldsema) yield* release(worldsema);
    return n;
  });

  const GC = routine('GC', function* () {
    const n = yield* collect();
    yield* loop(sweepAnother, undefined);
    yield* waitUntil([numgc, sweepers, ...deaths], (now, active, ...dead) => now !== n || (active === 0 && !dead.includes(true as never)));
    if (!kept.postSweepChecked) {
      yield* profile.mProf_PostSweep();
      return;
    }
    yield* acquirem();
    const now = yield* load(numgc);
    if (now === n) yield* profile.mProf_PostSweep();
    yield* releasem();
  });

  return { mallocgc, sweepone, collect, GC };
}
