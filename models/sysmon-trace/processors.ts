/**
 * Ms, Ps and goroutines: src/runtime/proc.go schedule, execute, handoffp, stopTheWorldWithSema, startTheWorldWithSema,
 * entersyscall, exitsyscall, Go c847589a. One thread stands for whichever M serves a P; it hands the baton to the goroutine
 * that it executes. An M in a system call is the thread of the goroutine that is there.
 *
 * The world is stopped when all Ps are _Pgcstop: nobody else can be in the middle of something that needs a P.
 */
import {
  acquire,
  atomically,
  choose,
  compareAndSwap,
  load,
  lock,
  mayWaitForever,
  release,
  routine,
  stop,
  store,
  unlock,
  waitUntil,
} from 'heddle';
import { awaitTurn, handBack, handOver } from '../runtime/baton.ts';
import { gcsema, world, worldsema, worldStarted } from '../runtime/world.ts';
import { bufferOf, ticked, type Events } from './events.ts';
import { allp, gs, sched, trace, type G, type PStatus, type Status } from './state.ts';

/** casgstatus: waits until the status is `from`; throws if a goroutine that it takes to be waiting is runnable already. */
export function* casgstatus(g: G, from: Status, to: Status) {
  yield* atomically([gs[g].atomicstatus], (now) => {
    if (now === from) return { to: [to] };
    return from === '_Gwaiting' && now === '_Grunnable' ? { fault: 'casgstatus: waiting for Gwaiting but is Grunnable' } : 'blocked';
  });
}

/** globrunqput. Its critical section under sched.lock is this one step, where no rank depends on it. */
export function* globrunqput(g: G) {
  yield* atomically([sched.runq], (runq) => ({ to: [runq === '' ? g : `${runq} ${g}`] }));
}

export type Processors = ReturnType<typeof processorsOf>;

export function processorsOf(procs: 1 | 2, events: Events) {
  const { traceEvent, traceGoStart, traceGoSysExit, traceGoSched, tracePTaken } = events;
  const ids = procs === 1 ? [0] : [0, 1];
  const ps = ids.map((id) => allp.at(id));

  /** The goroutine runs from here; it has a P again, so what happened in its system call can be traced. */
  const execute = routine('execute', function* (g: G, p: number) {
    yield* casgstatus(g, '_Grunnable', '_Grunning');
    if (yield* load(trace.enabled)) {
      const inSyscall = (g === 'S' || g === 'E') && (yield* load(gs[g].syscallsp)) && (yield* load(gs[g].sysblocktraced));
      if (inSyscall) yield* traceGoSysExit(g, p, true);
      yield* traceGoStart(g, p);
    }
    yield* handOver(allp.at(p).curg, g);
  });

  /** One round of schedule, findrunnable, stopm, acquirep and gcstopm, by the M that serves this P. */
  const schedule = routine('schedule', function* (p: number) {
    const { status, curg } = allp.at(p);
    const next = yield* mayWaitForever(
      atomically([status, curg, sched.runq, sched.gcwaiting], (status, curg, runq, gcwaiting) => {
        if (curg !== undefined) return 'blocked';
        const same = (to: PStatus, rest: string) => [to, curg, rest, gcwaiting] as const;
        if (status === '_Pidle' && runq !== '' && !gcwaiting) return { to: same('_Prunning', runq), result: 'acquirep' };
        if (status !== '_Prunning') return 'blocked';
        if (gcwaiting) return { result: 'gcstopm' };
        const [g, ...rest] = runq.split(' ');
        return runq === '' ? { result: 'pidleput' } : { to: same(status, rest.join(' ')), result: g };
      }),
    );
    if (next === 'acquirep') {
      if (yield* load(trace.enabled)) yield* traceEvent(bufferOf(p), { type: 'ProcStart' });
    } else if (next === 'gcstopm' || next === 'pidleput') {
      if (yield* load(trace.enabled)) yield* traceEvent(bufferOf(p), { type: 'ProcStop' });
      yield* atomically([sched.gcwaiting, status], (gcwaiting) => ({
        to: [gcwaiting, gcwaiting ? '_Pgcstop' : '_Pidle'],
      }));
    } else yield* execute(next as G, p);
  });

  /** stopTheWorldGC, by a goroutine on p. Ps in system calls are taken; the others stop when their Ms get to schedule. */
  const stopTheWorldGC = routine('stopTheWorldGC', function* (p: number) {
    yield* acquire(gcsema);
    yield* acquire(worldsema);
    yield* stop(world);
    yield* lock(sched.lock);
    yield* store(sched.gcwaiting, true);
    yield* store(allp.at(p).status, '_Pgcstop');
    for (const other of ids)
      if (other !== p) {
        if (yield* compareAndSwap(allp.at(other).status, '_Psyscall', '_Pgcstop')) {
          if (yield* load(trace.enabled)) yield* tracePTaken(other);
          yield* ticked(other);
        } else yield* compareAndSwap(allp.at(other).status, '_Pidle', '_Pgcstop');
      }
    yield* unlock(sched.lock);
    if (procs > 1)
      yield* waitUntil(
        ids.map((id) => allp.at(id).status),
        (...statuses) => statuses.every((status) => status === '_Pgcstop'),
      );
  });

  const startTheWorldGC = routine('startTheWorldGC', function* (p: number) {
    yield* lock(sched.lock);
    yield* store(allp.at(p).status, '_Prunning');
    for (const other of ids) if (other !== p) yield* store(allp.at(other).status, '_Pidle');
    yield* store(sched.gcwaiting, false);
    yield* unlock(sched.lock);
    yield* worldStarted();
    yield* release(worldsema);
    yield* release(gcsema);
  });

  /** handoffp: a P that belonged to nobody can be served again, or counts as stopped. */
  const handoffp = routine('handoffp', function* (p: number) {
    yield* lock(sched.lock);
    yield* atomically([sched.gcwaiting, allp.at(p).status], (gcwaiting) => ({
      to: [gcwaiting, gcwaiting ? '_Pgcstop' : '_Pidle'],
    }));
    yield* unlock(sched.lock);
  });

  /** reentersyscall: evaluates to m.syscalltick. */
  const entersyscall = routine('entersyscall', function* (g: G, p: number) {
    yield* casgstatus(g, '_Grunning', '_Gsyscall');
    if (yield* load(trace.enabled)) yield* traceEvent(bufferOf(p), { type: 'GoSysCall' });
    const tick = yield* load(allp.at(p).syscalltick);
    yield* atomically([gs[g].sysblocktraced, gs[g].syscallsp], () => ({ to: [true, true] }));
    yield* atomically([allp.at(p).status, allp.at(p).curg], () => ({
      to: ['_Psyscall', undefined],
    }));
    if (yield* load(sched.gcwaiting)) {
      // entersyscall_gcwait
      yield* lock(sched.lock);
      const taken = yield* atomically([sched.gcwaiting, allp.at(p).status], (gcwaiting, status) =>
        gcwaiting && status === '_Psyscall' ? { to: [gcwaiting, 'retaken'], result: true } : { result: false },
      );
      if (taken) {
        if (yield* load(trace.enabled)) yield* tracePTaken(p);
        yield* ticked(p);
        // sched.stopwait goes down only now.
        yield* store(allp.at(p).status, '_Pgcstop');
      }
      yield* unlock(sched.lock);
    }
    return tick;
  });

  /** exitsyscall, without a P unless the old one is still there; `oldp` is undefined on an extra M. Evaluates to the P. */
  const exitsyscall = routine('exitsyscall', function* (g: G, oldp: number | undefined, tick: number) {
    const back =
      oldp !== undefined &&
      (yield* atomically([allp.at(oldp).status, allp.at(oldp).curg], (status, curg) =>
        status === '_Psyscall' && curg === undefined ? { to: ['_Prunning', g], result: true } : { result: false },
      ));
    if (oldp !== undefined && back) {
      if ((yield* load(allp.at(oldp).syscalltick)) !== tick) {
        // Another system call got the P meanwhile, and it is taken from that one.
        if (yield* load(trace.enabled)) {
          yield* traceEvent(bufferOf(oldp), { type: 'GoSysBlock' });
          yield* traceGoSysExit(g, oldp, false);
          yield* traceGoStart(g, oldp);
        }
        yield* ticked(oldp);
      }
      yield* ticked(oldp);
      yield* casgstatus(g, '_Gsyscall', '_Grunning');
      yield* store(gs[g].syscallsp, false);
      return oldp;
    }
    yield* store(gs[g].sysexitticks, 'none');
    if (yield* load(trace.enabled)) {
      // Until whoever took the P has traced that the call blocks. The loop around osyield is this wait.
      if (oldp !== undefined) yield* waitUntil([allp.at(oldp).syscalltick], (now) => now !== tick);
      yield* store(gs[g].sysexitticks, 'after');
    }
    // exitsyscall0
    yield* casgstatus(g, '_Gsyscall', '_Grunnable');
    yield* globrunqput(g);
    const p = yield* awaitTurn(ps, g);
    yield* store(gs[g].syscallsp, false);
    yield* ticked(p);
    return p;
  });

  /** gopark of a goroutine that sysmon will find; park_m traces first, then changes the status, then shows it. */
  const gopark = routine('gopark', function* (g: G, p: number, waitsFor: 'netpoll' | 'scavenge' | 'forcegc') {
    if (yield* load(trace.enabled)) yield* traceEvent(bufferOf(p), { type: 'GoBlock' });
    yield* casgstatus(g, '_Grunning', '_Gwaiting');
    yield* store(gs[g].waitsFor, waitsFor);
    yield* handBack(allp.at(p).curg);
  });

  /** gosched_m and gopreempt_m: evaluates to the P that the goroutine goes on with. */
  const goschedImpl = routine('goschedImpl', function* (g: G, p: number, type: 'GoSched' | 'GoPreempt') {
    if (yield* load(trace.enabled)) yield* traceGoSched(g, p, type);
    yield* casgstatus(g, '_Grunning', '_Grunnable');
    yield* globrunqput(g);
    yield* handBack(allp.at(p).curg);
    return yield* awaitTurn(ps, g);
  });

  /** trace.Log, a user's event: between the look at trace.enabled and traceEvent the goroutine can be preempted. */
  const userLog = routine('userLog', function* (g: G, p: number) {
    if (!(yield* load(trace.enabled))) return p;
    const preempted = yield* choose(false, true);
    const now = preempted ? yield* goschedImpl(g, p, 'GoPreempt') : p;
    yield* traceEvent(bufferOf(now), { type: 'UserLog' });
    return now;
  });

  const goexit = routine('goexit', function* (g: G, p: number) {
    if (yield* load(trace.enabled)) yield* traceEvent(bufferOf(p), { type: 'GoEnd' });
    yield* casgstatus(g, '_Grunning', '_Gdead');
    yield* handBack(allp.at(p).curg);
  });

  return {
    ids,
    ps,
    schedule,
    stopTheWorldGC,
    startTheWorldGC,
    handoffp,
    entersyscall,
    exitsyscall,
    gopark,
    goschedImpl,
    userLog,
    goexit,
  };
}
