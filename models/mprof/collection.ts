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
  load,
  loop,
  release,
  releasem,
  routine,
  start,
  stop,
  store,
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
  /** Sweeps one object, if there is one to sweep. */
  readonly sweepone: Routine<[], void>;
  /** A collection in the background: one mark termination, after what is left has been swept. */
  readonly collect: Routine<[], number>;
  /** runtime.GC: a collection, the sweep after it, and mProf_PostSweep. */
  readonly GC: Routine<[], void>;
}

const [first, ...others] = objects.elements.map(({ dead, special }) => [dead, special] as const);
const deaths = objects.elements.map(({ dead }) => dead);

/** An object that is to be swept, and its bucket. */
interface Swept {
  readonly object: number;
  readonly bucket: number;
}

const numbers = Array.from({ length: objectCount }, (_, object) => object);

/**
 * sweep.active.begin, and the first dead object taken out of the heap, if there is one. Made once, like the others here,
 * because it is a table of thousands of rows.
 */
const beginSweep = atomically([sweepers, ...first!, ...others.flat()], (active, ...heap) => {
  const values: readonly (boolean | number)[] = heap;
  const object = numbers.find((k) => values[2 * k] === true);
  if (object === undefined) return {};
  const swept: Swept = { object, bucket: values[2 * object + 1] as number };
  const rest = values.map((value, k) => (k === 2 * object ? false : k === 2 * object + 1 ? 0 : value));
  // Each object's two values are a boolean and a number as before.
  return { to: [active + 1, ...rest] as never, result: swept };
});
const endSweep = atomically([sweepers], (active) => ({ to: [active - 1] }));
/** The same for the collector, who learns which collection it was. */
const endCollection = atomically([sweepers, numgc], (active, n) => ({ to: [active - 1, n], result: n }));
const isSwept = atomically(deaths as [(typeof deaths)[0]], (...dead) => ({ result: !(dead as readonly boolean[]).includes(true) }));

/** What the collector does to its own objects at mark termination; nobody else runs. */
const terminate = atomically([numgc, sweepers], (n, active) => ({ to: [n + 1, active + 1] }));

export function runtime(profile: HeapProfile, kept: Promises = promises): Runtime {
  const mallocgc = routine('mallocgc', function* (object: number, stk: Stack) {
    if (kept.mallocPinned) yield* acquirem();
    yield* profile.mProf_Malloc(object, stk);
    if (kept.mallocPinned) yield* releasem();
  });

  const sweepone = routine('sweepone', function* () {
    if (kept.sweepPinned) yield* acquirem();
    const swept: Swept | undefined = yield* beginSweep;
    if (swept !== undefined) {
      yield* profile.mProf_Free(swept.object, swept.bucket);
      yield* endSweep;
    }
    if (kept.sweepPinned) yield* releasem();
  });

  const sweepAnother = routine('sweepAnother', function* () {
    const swept = yield* isSwept;
    if (swept) return done();
    yield* sweepone();
    return again(undefined);
  });

  const mark = routine('mark', function* (object: number) {
    if (object === objectCount) return done();
    const bucket = yield* load(objects.at(object).special);
    const marked = bucket === 0 || (yield* choose(true, false));
    if (!marked) yield* store(objects.at(object).dead, true);
    return again(object + 1);
  });

  const collect = routine('collect', function* () {
    // Held from gcStart to the end of mark termination by way of gcsema, and through the flush by itself: one is enough here.
    yield* acquire(worldsema);
    yield* loop(sweepAnother, undefined);

    yield* stop(world);
    // Any object may be garbage. What sweeps the caches counts as a sweeper from here on.
    yield* loop(mark, 0);
    yield* terminate;
    if (kept.nextCycleInStop) yield* profile.mProf_NextCycle();
    yield* start(world, { ghost: update(collections, (before) => before + 1) });
    if (!kept.nextCycleInStop) yield* profile.mProf_NextCycle();

    if (!kept.flushUnderWorldsema) yield* release(worldsema);
    const omitted = kept.withoutFlush !== 0 && (yield* load(numgc)) === kept.withoutFlush;
    if (!omitted) yield* profile.mProf_Flush();
    // Spans in the caches are swept only now: whoever waits for the sweep waits for the flush, too.
    const n = yield* endCollection;
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
