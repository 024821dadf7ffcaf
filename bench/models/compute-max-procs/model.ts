/**
 * GOMAXPROCS against sysmon's automatic updates (Go commit e481a08e), simplified so that three checkers can do the same
 * steps: stopping the world is a mutex and a flag that callers look at before each call, nobody is waited for. The full
 * protocol is models/compute-max-procs. The same steps as compute-max-procs.pml and ComputeMaxProcs.tla beside it.
 *
 * A value lives as long as it is needed and no longer: what is learned in a routine is forgotten when that returns. So the
 * raw automata have no more states than the hand-written models, where dead variables are reset.
 */
import {
  again,
  become,
  bool,
  done,
  environment,
  forever,
  int,
  load,
  lock,
  loop,
  mutex,
  protocol,
  routine,
  scenario,
  scope,
  store,
  thread,
  unlock,
  variant,
  waitUntil,
} from 'heddle';

export const gomaxprocs = int('gomaxprocs', { from: 1, to: 3 });
export const stopped = bool('stopped');
const newprocs = int('newprocs', { to: 3 });
const limit = int('limit', { from: 1, to: 3 });
const customGOMAXPROCS = bool('customGOMAXPROCS');
const update = { procs: int('update.procs', { from: 1, to: 3 }), asked: bool('update.asked') };
const schedLock = mutex('sched.lock');
const computeMaxProcsLock = mutex('computeMaxProcsLock');
const worldsema = mutex('worldsema');

const stopTheWorld = routine('stopTheWorld', function* () {
  yield* lock(worldsema);
  yield* store(stopped, true);
});
const procresize = routine('procresize', function* () {
  const procs = yield* load(newprocs);
  if (procs === 0) return;
  yield* store(gomaxprocs, procs);
  yield* store(newprocs, 0);
});
const startTheWorld = routine('startTheWorld', function* () {
  yield* procresize();
  yield* store(stopped, false);
  yield* unlock(worldsema);
});

const GOMAXPROCS = routine('GOMAXPROCS', function* (n: number) {
  yield* lock(schedLock);
  const now = yield* load(gomaxprocs);
  if (now === n) {
    yield* unlock(schedLock);
    return;
  }
  yield* become(changeGOMAXPROCS, n);
});
const changeGOMAXPROCS = routine('changeGOMAXPROCS', function* (n: number) {
  yield* store(customGOMAXPROCS, true);
  yield* unlock(schedLock);
  yield* lock(computeMaxProcsLock);
  yield* unlock(computeMaxProcsLock);
  yield* stopTheWorld();
  yield* store(newprocs, n);
  yield* startTheWorld();
});

/** The call number `made` of a caller; each asks for 1, 2 and 3 in turn, beginning with its own number. */
function callerOf(calls: number) {
  const call = routine('call', function* ({ caller, made }: { readonly caller: number; readonly made: number }) {
    yield* waitUntil([stopped], (stopped) => !stopped);
    yield* GOMAXPROCS(1 + ((caller + made) % 3));
    return made + 1 === calls ? done() : again({ caller, made: made + 1 });
  });
  return routine('caller', function* (caller: number) {
    yield* loop(call, { caller, made: 0 });
  });
}

/** Hands on what sysmon computed. */
const takeUpdate = routine('takeUpdate', function* () {
  const procs = yield* load(update.procs);
  yield* store(newprocs, procs);
});
const updater = routine('updater', function* () {
  yield* waitUntil([update.asked], (asked) => asked);
  yield* stopTheWorld();
  yield* lock(schedLock);
  const custom = yield* load(customGOMAXPROCS);
  yield* unlock(schedLock);
  if (!custom) {
    yield* takeUpdate();
    yield* lock(schedLock);
    yield* store(customGOMAXPROCS, false);
    yield* unlock(schedLock);
  }
  yield* become(finishUpdate);
});
const finishUpdate = routine('finishUpdate', function* () {
  yield* startTheWorld();
  yield* store(update.asked, false);
});

/** gomaxprocs, or 0 while the user has spoken. */
const currentProcs = routine('currentProcs', function* () {
  yield* lock(schedLock);
  const custom = yield* load(customGOMAXPROCS);
  const procs = custom ? 0 : yield* load(gomaxprocs);
  yield* unlock(schedLock);
  return procs;
});
/** The limit if it is not what gomaxprocs is, else 0. */
const wantedProcs = routine('wantedProcs', function* () {
  const current = yield* currentProcs();
  if (current === 0) return 0;
  const procs = yield* load(limit);
  return procs === current ? 0 : procs;
});
const sysmon = routine('sysmon', function* () {
  yield* lock(computeMaxProcsLock);
  const procs = yield* wantedProcs();
  yield* unlock(computeMaxProcsLock);
  if (procs === 0) return;
  const asked = yield* load(update.asked);
  if (asked) return;
  yield* store(update.procs, procs);
  yield* store(update.asked, true);
});

const outside = routine('outside', function* () {
  yield* store(limit, 2);
  yield* store(limit, 3);
});

export function computeMaxProcs(callers: number, calls: number) {
  const caller = callerOf(calls);
  return protocol(`compute-max-procs-${callers}x${calls}`, {
    about: `${callers} callers with ${calls} calls each, sysmon, the update goroutine, a limit that changes twice`,
    source: 'golang/go e481a08e, src/runtime/debug.go and src/runtime/proc.go, simplified',
    shared: [gomaxprocs, newprocs, limit, customGOMAXPROCS, update, stopped, schedLock, computeMaxProcsLock, worldsema],
    scopes: [
      scope('gate', `${callers} callers with ${calls} calls each`, () =>
        scenario({
          threads: [
            ...Array.from({ length: callers }, (_, index) => thread(`G${index}`, caller(index))),
            thread('U', forever(updater)),
            thread('sysmon', forever(sysmon)),
            environment('limit', outside()),
          ],
        }),
      ),
    ],
    variants: [variant('simplified', { about: 'the commit, simplified', routines: {} })],
  });
}
