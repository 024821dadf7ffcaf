/** Beyond the scopes: up to four callers with up to three calls each. */
import * as fc from 'fast-check';
import { again, done, environment, forever, given, loop, routine, scenario, scenarios, thread, type Routine } from 'heddle';
import { goroutine } from '../runtime/world.ts';
import { simplestFirst, upTo } from '../runtime/up-to.ts';
import { outside, sysmonOf, type Routines } from './scopes.ts';
import { gomaxprocs, limit, sched } from './state.ts';

type Call = 'GOMAXPROCS(0)' | 'GOMAXPROCS(1)' | 'GOMAXPROCS(2)' | 'SetDefaultGOMAXPROCS';

/** Makes these calls, one after the other. */
function callerOf({ GOMAXPROCS, SetDefaultGOMAXPROCS }: Routines): Routine<[readonly Call[]], void> {
  const next = routine('next', function* (calls: readonly Call[]) {
    const [first, ...rest] = calls;
    if (first === undefined) return done();
    if (first === 'SetDefaultGOMAXPROCS') yield* SetDefaultGOMAXPROCS();
    else yield* GOMAXPROCS(Number(first.at(-2)));
    return again(rest);
  });
  return routine('caller', function* (calls: readonly Call[]) {
    yield* loop(next, calls);
  });
}

const call = simplestFirst<Call>(['GOMAXPROCS(0)', 'GOMAXPROCS(1)', 'GOMAXPROCS(2)', 'SetDefaultGOMAXPROCS']);

export const generated = scenarios('one to four callers with up to three calls each, up to three changes of the limit', {
  // The surroundings first: shrinking takes them in this order.
  arbitrary: fc.record({
    changes: fc.nat(3),
    /** What it is at the start; gomaxprocs is 1. */
    limit: fc.integer({ min: 1, max: 2 }),
    /** Whether automatic updates are off at the start. */
    custom: fc.boolean(),
    callers: upTo(4, upTo(3, call)),
  }),
  build: (routines: Routines) => {
    const caller = callerOf(routines);
    const sysmon = sysmonOf(routines);
    return ({ callers, changes, limit: atStart, custom }) =>
      scenario({
        initial: [given(gomaxprocs, 1), given(limit, atStart), given(sched.customGOMAXPROCS, custom)],
        threads: [
          ...callers.map((calls, index) => goroutine(`G${index + 1}`, caller(calls))),
          goroutine('U', routines.updateMaxProcsGoroutine(), { daemon: true }),
          thread('sysmon', forever(sysmon), { daemon: true }),
          environment('limit', outside(changes)),
        ],
      });
  },
});
