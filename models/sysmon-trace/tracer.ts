/** StartTrace and StopTrace: src/runtime/trace.go, Go c847589a. T calls them; `p` is the P that it runs on. */
import { atomically, emit, load, lock, routine, store, unlock } from 'heddle';
import { bufferOf, type Events, type TraceEvent } from './events.ts';
import type { Processors } from './processors.ts';
import { gs, sched, trace, type G, type Ticks } from './state.ts';
import type { Version } from './version.ts';

export function tracerOf(
  version: Version,
  allgs: readonly G[],
  { traceGoSched }: Events,
  { stopTheWorldGC, startTheWorldGC, goschedImpl }: Processors,
) {
  const locks = version.sysmonlock !== 'not there';

  function* stopped(p: number) {
    if (locks && version.takesSysmonlock === 'before the stop') yield* lock(sched.sysmonlock);
    yield* stopTheWorldGC(p);
    // Keep sysmon from running code that traces.
    if (locks && version.takesSysmonlock === 'after the stop') yield* lock(sched.sysmonlock);
    // Whoever has no P can trace even now, into the global buffer.
    yield* lock(trace.bufLock);
  }

  function* started(p: number, unlocks = true) {
    yield* unlock(trace.bufLock);
    if (locks && unlocks) yield* unlock(sched.sysmonlock);
    yield* startTheWorldGC(p);
  }

  /** Time stamps that were recorded up to now are of before this trace. */
  function* takeTicksStart() {
    yield* atomically(
      allgs.map((g) => gs[g].sysexitticks),
      (...ticks) => ({ to: ticks.map((each): Ticks => (each === 'none' ? 'none' : 'before')) }),
    );
  }

  /** What StartTrace says of one goroutine. */
  const snapshot = routine('snapshot', function* (g: G, p: number) {
    const gp = gs[g];
    const status = yield* load(gp.atomicstatus);
    const extra = g === 'E' && status === '_Gdead' && version.extraM === 'in a system call';
    if (status !== '_Gdead' || extra) {
      yield* atomically([gp.traceseq, gp.tracelastp], () => ({ to: [0, bufferOf(p)] }));
      yield* snapshotEvent(p, { type: 'GoCreate', g });
    }
    if (status === '_Gwaiting') {
      yield* atomically([gp.traceseq], (seq) => ({ to: [seq + 1] }));
      yield* snapshotEvent(p, { type: 'GoWaiting', g });
    }
    if (status === '_Gsyscall' || extra) {
      yield* atomically([gp.traceseq], (seq) => ({ to: [seq + 1] }));
      yield* snapshotEvent(p, { type: 'GoInSyscall', g });
      if (extra) yield* store(gp.sysblocktraced, true);
    }
    const now = version.statusReads === 'twice' ? yield* load(gp.atomicstatus) : status;
    if (now !== '_Gsyscall' && !extra && version.sysblocktraced === 'cleared') yield* store(gp.sysblocktraced, false);
  });

  const StartTrace = routine('StartTrace', function* (p: number) {
    yield* stopped(p);
    if ((yield* load(trace.enabled)) || (yield* load(trace.shutdown))) {
      yield* started(p, version.errorPath === 'unlocks');
      return 'tracing is already enabled';
    }
    if (version.enables === 'before the snapshot') yield* enable();
    if (version.ticksStart === 'before the snapshot') yield* takeTicksStart();
    for (const g of allgs) yield* snapshot(g, p);
    yield* snapshotEvent(p, { type: 'ProcStart' });
    yield* atomically([gs.T.traceseq], (seq) => ({ to: [seq + 1] }));
    yield* snapshotEvent(p, { type: 'GoStartLocal', g: 'T' });
    if (version.ticksStart === 'after the snapshot') yield* takeTicksStart();
    if (version.enables === 'after the snapshot') yield* enable();
    yield* started(p);
    return undefined;
  });

  /** Evaluates to the P that T goes on with. */
  const StopTrace = routine('StopTrace', function* (p: number) {
    yield* stopped(p);
    if (!(yield* load(trace.enabled))) {
      yield* started(p);
      return p;
    }
    yield* traceGoSched('T', p, 'GoSched');
    yield* emit('flush');
    yield* store(trace.enabled, false);
    yield* store(trace.shutdown, true);
    yield* started(p);
    // shutdownSema: T waits until the reader has everything. The others run meanwhile.
    const now = yield* goschedImpl('T', p, 'GoSched');
    yield* lock(trace.lock);
    yield* emit('all buffers empty');
    yield* store(trace.shutdown, false);
    yield* unlock(trace.lock);
    return now;
  });

  return { StartTrace, StopTrace };
}

/** traceEvent with m.startingtrace set: nothing to look at again, and T has a P. */
function* snapshotEvent(p: number, event: TraceEvent) {
  yield* emit('traceEvent', { buffer: bufferOf(p), ...event });
}

/** Tracing is on. */
function* enable() {
  yield* store(trace.enabled, true);
}
