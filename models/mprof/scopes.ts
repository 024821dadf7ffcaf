/** What the protocol is checked on: clients that call what they like, and a collector. */
import { again, choose, done, loop, routine, scenario, scope, type Routine, type Scenario } from 'heddle';
import { goroutine } from '../runtime/world.ts';
import { runtime, type Promises } from './collection.ts';
import type { HeapProfile } from './split-89c0dd82.ts';

/** What a variant is made of: the profile, and what the runtime around it promises. */
export interface Routines {
  readonly profile: HeapProfile;
  readonly promises: Promises;
}

/** What a client may call. `malloc b` makes a bucket unless there is one; that of `a` is there from the start. */
export type Call = 'malloc a' | 'malloc b' | 'sweep' | 'MemProfile' | 'saveblockevent' | 'collect' | 'GC';

type Menu = readonly [Call, ...Call[]];

/** What one goroutine does: a call from each menu in turn, unless it exits. */
interface Client {
  readonly name: string;
  readonly menus: readonly Menu[];
  /** The object that its first call allocates; the next call has the next. */
  readonly firstObject: number;
}

interface Scene {
  readonly clients: readonly Client[];
  /** The collections that the collector makes in turn. */
  readonly collections: readonly Menu[];
}

function build({ profile, promises }: Routines, { clients, collections }: Scene): Scenario {
  const { mallocgc, sweepone, collect, GC } = runtime(profile, promises);

  const clientOf = ({ menus, firstObject }: Client): Routine<[], void> => {
    const call = routine('call', function* (made: number) {
      const menu = menus[made];
      if (menu === undefined) return done();
      const next = yield* choose(...menu);
      if (next === 'malloc a') yield* mallocgc(firstObject + made, 'a');
      else if (next === 'malloc b') yield* mallocgc(firstObject + made, 'b');
      else if (next === 'sweep') yield* sweepone();
      else if (next === 'MemProfile') yield* profile.MemProfile();
      else if (next === 'saveblockevent') yield* profile.saveblockevent();
      else if (next === 'collect') yield* collect();
      else yield* GC();
      return again(made + 1);
    });
    return routine('client', function* () {
      yield* loop(call, 0);
    });
  };

  return scenario({
    threads: [...clients, { name: 'gc', menus: collections, firstObject: 0 }].map((client) => goroutine(client.name, clientOf(client)())),
  });
}

const allocates: Menu = ['malloc a', 'malloc b'];
const sweeps: Menu = ['sweep'];
const anything: Menu = ['malloc b', 'MemProfile', 'saveblockevent', 'GC'];
const collects: Menu = ['collect'];

export const tiny = scope<Routines>('tiny', 'an allocation beside a call of any kind, one collection', (routines) =>
  build(routines, {
    clients: [
      { name: 'G1', menus: [['malloc a']], firstObject: 0 },
      { name: 'G2', menus: [anything], firstObject: 1 },
    ],
    collections: [collects],
  }),
);

export const gate = scope<Routines>('gate', 'an allocation and a sweep, beside a call of any kind, beside two collections', (routines) =>
  build(routines, {
    clients: [
      { name: 'G1', menus: [allocates, sweeps], firstObject: 0 },
      { name: 'G2', menus: [anything], firstObject: 1 },
    ],
    collections: [collects, collects],
  }),
);

const more: Menu = ['malloc a', 'malloc b', 'MemProfile', 'saveblockevent', 'collect'];
const sweepsOrReads: Menu = ['sweep', 'MemProfile'];

export const full = scope<Routines>(
  'full',
  'an allocation and a sweep or a reader, beside any call and the same, beside two collections',
  (routines) =>
    build(routines, {
      clients: [
        { name: 'G1', menus: [allocates, sweepsOrReads], firstObject: 0 },
        { name: 'G2', menus: [more, sweepsOrReads], firstObject: 1 },
      ],
      collections: [['collect', 'GC'], collects],
    }),
);
