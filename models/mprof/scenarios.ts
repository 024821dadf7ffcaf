/** Beyond the scopes: up to three clients with up to three calls each, beside up to three collections. */
import * as fc from 'fast-check';
import { again, done, loop, routine, scenario, scenarios, type Routine } from 'heddle';
import { goroutine } from '../runtime/world.ts';
import { simplestFirst, upTo } from '../runtime/up-to.ts';
import { runtime } from './collection.ts';
import type { Call, Routines } from './scopes.ts';
import { objectCount } from './state.ts';

/** A call, and the object that it allocates if it does. */
interface Numbered {
  readonly call: Call;
  readonly object: number;
}

/** Makes these calls, one after the other. */
function callerOf({ profile, promises }: Routines): Routine<[readonly Numbered[]], void> {
  const { mallocgc, sweepone, collect, GC } = runtime(profile, promises);
  const next = routine('next', function* (calls: readonly Numbered[]) {
    const [first, ...rest] = calls;
    if (first === undefined) return done();
    const { call, object } = first;
    if (call === 'malloc a') yield* mallocgc(object, 'a');
    else if (call === 'malloc b') yield* mallocgc(object, 'b');
    else if (call === 'sweep') yield* sweepone();
    else if (call === 'MemProfile') yield* profile.MemProfile();
    else if (call === 'saveblockevent') yield* profile.saveblockevent();
    else if (call === 'collect') yield* collect();
    else yield* GC();
    return again(rest);
  });
  return routine('caller', function* (calls: readonly Numbered[]) {
    yield* loop(next, calls);
  });
}

interface Described {
  readonly clients: readonly (readonly Call[])[];
  /** The collections that the collector makes. */
  readonly collections: readonly Call[];
}

function allocates(call: Call): boolean {
  return call === 'malloc a' || call === 'malloc b';
}

/** What the shared state has room for: two objects, two events of the blocking profile, three collections. */
function fits({ clients, collections }: Described): boolean {
  const all = [...clients.flat(), ...collections];
  const number = (wanted: (call: Call) => boolean): number => all.filter(wanted).length;
  return (
    number(allocates) <= objectCount &&
    number((each) => each === 'saveblockevent') <= 2 &&
    number((each) => each === 'collect' || each === 'GC') <= 3
  );
}

const call = simplestFirst<Call>(['sweep', 'malloc a', 'malloc b', 'MemProfile', 'saveblockevent', 'collect', 'GC']);
const collection = simplestFirst<Call>(['collect', 'GC']);

const described: fc.Arbitrary<Described> = fc.record({
  clients: upTo(3, upTo(3, call)),
  collections: fc.array(collection, { maxLength: 3, size: 'max' }),
});

export const generated = scenarios('one to three clients with up to three calls each, up to three collections', {
  arbitrary: described.filter(fits),
  build: (routines: Routines) => {
    const caller = callerOf(routines);
    return ({ clients, collections }) => {
      let objects = 0;
      const numbered = (calls: readonly Call[]): readonly Numbered[] =>
        calls.map((call) => ({ call, object: allocates(call) ? objects++ : 0 }));
      return scenario({
        threads: [
          ...clients.map((calls, index) => goroutine(`G${index + 1}`, caller(numbered(calls)))),
          goroutine('gc', caller(numbered(collections))),
        ],
      });
    };
  },
});
