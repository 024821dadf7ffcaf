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
type Call = 'malloc a' | 'malloc b' | 'sweep' | 'MemProfile' | 'saveblockevent' | 'GC' | 'exit';

/** What one goroutine does: its calls, at most `calls` of them, and the number of the first object that it allocates. */
interface Client {
  readonly name: string;
  readonly menu: readonly [Call, ...Call[]];
  readonly calls: number;
  readonly firstObject: number;
}

interface Scene {
  readonly clients: readonly Client[];
  /** How many collections the collector makes at most, and whether by runtime.GC. */
  readonly collections: number;
  readonly collects: readonly ['collect' | 'GC' | 'exit', ...('collect' | 'GC' | 'exit')[]];
}

function build({ profile, promises }: Routines, { clients, collections, collects }: Scene): Scenario {
  const { mallocgc, sweepone, collect, GC } = runtime(profile, promises);

  const clientOf = ({ menu, calls, firstObject }: Client): Routine<[], void> => {
    const call = routine('call', function* (made: number) {
      if (made === calls) return done();
      const next = yield* choose(...menu);
      if (next === 'exit') return done();
      if (next === 'malloc a') yield* mallocgc(firstObject + made, 'a');
      else if (next === 'malloc b') yield* mallocgc(firstObject + made, 'b');
      else if (next === 'sweep') yield* sweepone();
      else if (next === 'MemProfile') yield* profile.MemProfile();
      else if (next === 'saveblockevent') yield* profile.saveblockevent();
      else yield* GC();
      return again(made + 1);
    });
    return routine('client', function* () {
      yield* loop(call, 0);
    });
  };

  const collectAgain = routine('collectAgain', function* (made: number) {
    if (made === collections) return done();
    const next = yield* choose(...collects);
    if (next === 'exit') return done();
    if (next === 'collect') yield* collect();
    else yield* GC();
    return again(made + 1);
  });
  const collector = routine('collector', function* () {
    yield* loop(collectAgain, 0);
  });

  return scenario({
    threads: [...clients.map((client) => goroutine(client.name, clientOf(client)())), goroutine('gc', collector())],
  });
}

const mutator = ['malloc a', 'malloc b', 'sweep', 'exit'] as const;
const anything = ['malloc a', 'malloc b', 'sweep', 'MemProfile', 'saveblockevent', 'GC', 'exit'] as const;

export const tiny = scope<Routines>('tiny', 'an allocation or sweep beside a call of any kind, one collection', (routines) =>
  build(routines, {
    clients: [
      { name: 'G1', menu: mutator, calls: 1, firstObject: 0 },
      { name: 'G2', menu: anything, calls: 1, firstObject: 2 },
    ],
    collections: 1,
    collects: ['collect'],
  }),
);

export const gate = scope<Routines>('gate', 'two allocations or sweeps beside a call of any kind, two collections', (routines) =>
  build(routines, {
    clients: [
      { name: 'G1', menu: mutator, calls: 2, firstObject: 0 },
      { name: 'G2', menu: anything, calls: 1, firstObject: 2 },
    ],
    collections: 2,
    collects: ['collect', 'GC', 'exit'],
  }),
);

export const full = scope<Routines>('full', 'two calls of any kind beside one, three collections', (routines) =>
  build(routines, {
    clients: [
      { name: 'G1', menu: anything, calls: 2, firstObject: 0 },
      { name: 'G2', menu: anything, calls: 1, firstObject: 2 },
    ],
    collections: 2,
    collects: ['collect', 'GC', 'exit'],
  }),
);
