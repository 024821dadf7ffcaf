/** The heap profile's cycle and whether it is flushed: src/runtime/mprof.go mProfCycleHolder, Go 89c0dd82. */
import { again, compareAndSwap, done, load, loop, routine, store, type Routine } from 'heddle';
import { mProf, mProfCycle, mProfCycleWrap } from './state.ts';

export interface MProfCycleHolder {
  readonly read: Routine<[], number>;
  readonly setFlushed: Routine<[], { readonly cycle: number; readonly alreadyFlushed: boolean }>;
  readonly increment: Routine<[], void>;
}

/** One atomic word, changed by compare-and-swap until it succeeds. */
export function packed(wrap: number): MProfCycleHolder {
  const trySetFlushed = routine('trySetFlushed', function* () {
    const prev = yield* load(mProfCycle);
    const swapped = yield* compareAndSwap(mProfCycle, prev, prev | 1);
    return swapped ? done({ cycle: prev >> 1, alreadyFlushed: (prev & 1) === 1 }) : again(undefined);
  });
  const tryIncrement = routine('tryIncrement', function* () {
    const prev = yield* load(mProfCycle);
    const swapped = yield* compareAndSwap(mProfCycle, prev, (((prev >> 1) + 1) % wrap) << 1);
    return swapped ? done() : again(undefined);
  });
  return {
    read: routine('mProfCycle.read', function* () {
      const word = yield* load(mProfCycle);
      return word >> 1;
    }),
    setFlushed: routine('mProfCycle.setFlushed', function* () {
      return yield* loop(trySetFlushed, undefined);
    }),
    increment: routine('mProfCycle.increment', function* () {
      yield* loop(tryIncrement, undefined);
    }),
  };
}

export const holder = packed(mProfCycleWrap);

/** Flag and cycle in words of their own. */
export const apart: MProfCycleHolder = {
  read: routine('mProfCycle.read', function* () {
    return yield* load(mProf.cycle);
  }),
  setFlushed: routine('mProfCycle.setFlushed', function* () {
    const cycle = yield* load(mProf.cycle);
    const alreadyFlushed = yield* load(mProf.flushed);
    if (!alreadyFlushed) yield* store(mProf.flushed, true);
    return { cycle, alreadyFlushed };
  }),
  increment: routine('mProfCycle.increment', function* () {
    const cycle = yield* load(mProf.cycle);
    yield* store(mProf.cycle, (cycle + 1) % mProfCycleWrap);
    yield* store(mProf.flushed, false);
  }),
};
