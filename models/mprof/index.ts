import { protocol, variant } from 'heddle';
import { world, worldsema } from '../runtime/world.ts';
import { promises } from './collection.ts';
import { full, gate, tiny, type Routines } from './scopes.ts';
import { split } from './split-89c0dd82.ts';
import {
  accumulating,
  activeHeld,
  buckets,
  buckhash,
  collections,
  mbuckets,
  mProf,
  mProfCycle,
  numgc,
  objects,
  p,
  persistent,
  torn,
  profBlockLock,
  profInsertLock,
  proflock,
  profMemActiveLock,
  profMemFutureLock,
  ranks,
  sweepers,
} from './state.ts';

export default protocol<Routines>('mprof', {
  about: 'the heap profile beside the garbage collector: one lock split into several',
  source: 'golang/go 89c0dd82, src/runtime/mprof.go',
  shared: [
    mProfCycle,
    mProf,
    buckets,
    buckhash,
    mbuckets,
    persistent,
    objects,
    sweepers,
    numgc,
    profInsertLock,
    profBlockLock,
    profMemActiveLock,
    profMemFutureLock,
    proflock,
    world,
    worldsema,
    collections,
    activeHeld,
    accumulating,
    p,
    torn,
  ],
  ranks,
  scopes: [tiny, gate, full],
  variants: [variant('split-89c0dd82', { about: 'the commit', routines: { profile: split(), promises } })],
});
