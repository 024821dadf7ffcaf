/** What the protocol is checked on: the most general client, sysmon, the update goroutine, and a limit that changes. */
import {
  again,
  atomically,
  choose,
  done,
  environment,
  forever,
  given,
  lock,
  loop,
  routine,
  scenario,
  scope,
  thread,
  unlock,
  type Routine,
  type Scenario,
} from 'heddle';
import { goroutine } from '../runtime/world.ts';
import { gomaxprocs, limit, sched } from './state.ts';

/** What a variant is made of. */
export interface Routines {
  readonly GOMAXPROCS: Routine<[number], number>;
  readonly SetDefaultGOMAXPROCS: Routine<[], void>;
  readonly updateMaxProcsGoroutine: Routine<[], void>;
  readonly sysmonUpdateGOMAXPROCS: Routine<[], void>;
}

/** Calls whatever it likes, `calls` times at most. */
function clientOf({ GOMAXPROCS, SetDefaultGOMAXPROCS }: Routines): Routine<[number], void> {
  const call = routine('call', function* (left: number) {
    if (left === 0) return done();
    const next = yield* choose('GOMAXPROCS(0)', 'GOMAXPROCS(1)', 'GOMAXPROCS(2)', 'SetDefaultGOMAXPROCS', 'exit');
    if (next === 'exit') return done();
    if (next === 'SetDefaultGOMAXPROCS') yield* SetDefaultGOMAXPROCS();
    else yield* GOMAXPROCS(Number(next.at(-2)));
    return again(left - 1);
  });
  return routine('client', function* (calls: number) {
    yield* loop(call, calls);
  });
}

/** sysmon holds sysmonlock around each round of its work. */
export function sysmonOf({ sysmonUpdateGOMAXPROCS }: Routines): Routine<[], void> {
  return routine('sysmon', function* () {
    yield* lock(sched.sysmonlock);
    yield* sysmonUpdateGOMAXPROCS();
    yield* unlock(sched.sysmonlock);
  });
}

const changeLimit = routine('changeLimit', function* (left: number) {
  if (left === 0) return done();
  yield* atomically([limit], (now) => ({ to: [now === 1 ? 2 : 1] }));
  return again(left - 1);
});
export const outside = routine('outside', function* (changes: number) {
  yield* loop(changeLimit, changes);
});

/** @param limits what the limit may be at the start; gomaxprocs is 1 */
function build(routines: Routines, calls: readonly number[], changes: number, limits: readonly [number, ...number[]]): Scenario {
  const client = clientOf(routines);
  return scenario({
    initial: [given(gomaxprocs, 1), given(limit, ...limits), given(sched.customGOMAXPROCS, false, true)],
    threads: [
      ...calls.map((count, index) => goroutine(`G${index + 1}`, client(count))),
      goroutine('U', routines.updateMaxProcsGoroutine(), { daemon: true }),
      thread('sysmon', forever(sysmonOf(routines)), { daemon: true }),
      environment('limit', outside(changes)),
    ],
  });
}

export const tiny = scope<Routines>('tiny', 'one caller with one call, no change of the limit', (routines) =>
  build(routines, [1], 0, [1, 2]),
);
/** The limit starts as schedinit found it when it set gomaxprocs; the one change leads to the other. */
export const gate = scope<Routines>('gate', 'two callers with one call each, one change of the limit', (routines) =>
  build(routines, [1, 1], 1, [1]),
);
/** The second call of one caller meets all that its first and the other's have left behind. */
export const full = scope<Routines>('full', 'a caller with two calls, a caller with one, two changes of the limit', (routines) =>
  build(routines, [2, 1], 2, [1]),
);
