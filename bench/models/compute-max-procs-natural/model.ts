/** How the routines run: callers, the update goroutine, sysmon, and a limit that changes. */
import { emit, environment, forever, protocol, routine, scenario, scope, store, thread, variant, waitUntil, type Routine } from 'heddle';
import * as simplified from './simplified.ts';
import { computeMaxProcsLock, gomaxprocs, limit, newprocs, sched, stopped, update, worldsema } from './state.ts';
import { doesNotLookAgain, doesNotWait, startsEarly } from './weakened.ts';

/** What a variant is made of. */
export interface Routines {
  readonly GOMAXPROCS: Routine<[number], number>;
  readonly updateMaxProcs: Routine<[], void>;
  readonly sysmonUpdateGOMAXPROCS: Routine<[], void>;
}

/** Each caller asks for 1, 2 and 3 in turn, beginning with its own number. */
function callerOf({ GOMAXPROCS }: Routines, calls: number) {
  return routine('caller', function* (caller: number) {
    for (let call = 0; call < calls; call++) {
      yield* waitUntil([stopped], (stopped) => !stopped);
      yield* GOMAXPROCS(1 + ((caller + call) % 3));
      yield* emit('returned');
    }
  });
}

const outside = routine('outside', function* () {
  yield* store(limit, 2);
  yield* store(limit, 3);
});

function build(routines: Routines, callers: number, calls: number) {
  const caller = callerOf(routines, calls);
  return scenario({
    threads: [
      ...Array.from({ length: callers }, (_, index) => thread(`G${index}`, caller(index))),
      thread('U', forever(routines.updateMaxProcs)),
      thread('sysmon', forever(routines.sysmonUpdateGOMAXPROCS)),
      environment('limit', outside()),
    ],
  });
}

const weakening = (name: string, about: string, breaks: string, change: Partial<Routines>) =>
  variant<Routines>(name, {
    about,
    routines: { ...simplified, ...change },
    expects: { [breaks]: 'violated' },
    otherwise: 'unspecified',
  });

export function computeMaxProcsNaturally(callers: number, calls: number) {
  return protocol<Routines>(`compute-max-procs-natural-${callers}x${calls}`, {
    about: `${callers} callers with ${calls} calls each, sysmon, the update goroutine, a limit that changes twice`,
    source: 'golang/go e481a08e, src/runtime/debug.go and src/runtime/proc.go, simplified',
    shared: [gomaxprocs, newprocs, limit, sched, computeMaxProcsLock, worldsema, stopped, update],
    scopes: [scope<Routines>('gate', `${callers} callers with ${calls} calls each`, (routines) => build(routines, callers, calls))],
    variants: [
      variant('simplified', { about: 'the commit, simplified', routines: simplified }),
      weakening('does-not-wait', 'GOMAXPROCS does not wait for sysmon', 'no-update-syscalls', { GOMAXPROCS: doesNotWait }),
      weakening('no-recheck', 'the update goroutine does not look at the flag again', 'no-automatic-update', {
        updateMaxProcs: doesNotLookAgain,
      }),
      weakening('starts-early', 'the update goroutine starts the world before it sets gomaxprocs', 'changes-in-a-stopped-world', {
        updateMaxProcs: startsEarly,
      }),
    ],
  });
}
