/**
 * The execution tracer's events: src/runtime/trace.go traceEvent, traceAcquireBuffer and the functions that write one event
 * each, Go c847589a. An event is emitted with the buffer that it goes to; its time stamp is the moment of the emission.
 *
 * acquirem is not a step here: who has a P can't be stopped, because the world only stops when all Ps have (see processors.ts).
 */
import { atomically, emit, load, lock, routine, store, unlock } from 'heddle';
import { allp, gs, trace, type G, type PName } from './state.ts';
import type { Version } from './version.ts';

/** The buffer of a P, or the global one, under bufLock. */
export type Buffer = 'P0' | 'P1' | 'global';

/** An event as it is in a buffer. `ts` of GoSysExit: the time that exitsyscall recorded, or none. */
export interface TraceEvent {
  readonly type: string;
  readonly g?: G;
  readonly seq?: number;
  readonly ts?: 'recorded' | 'none';
}

export function bufferOf(p: number): 'P0' | 'P1' {
  return p === 0 ? 'P0' : 'P1';
}

export type Events = ReturnType<typeof eventsOf>;

export function eventsOf({ recheck }: Version) {
  /** traceEvent: the caller has seen trace.enabled; it is looked at again, because it may have been turned off since. */
  const traceEvent = routine('traceEvent', function* (buffer: Buffer, event: TraceEvent) {
    if (buffer === 'global') yield* lock(trace.bufLock);
    if (!recheck || (yield* load(trace.enabled))) yield* emit('traceEvent', { buffer, ...event });
    if (buffer === 'global') yield* unlock(trace.bufLock);
  });

  const traceGoUnpark = routine('traceGoUnpark', function* (g: G, buffer: Buffer) {
    const { seq, local } = yield* numbered(g, buffer === 'global' ? 'nil' : buffer);
    yield* traceEvent(buffer, local ? { type: 'GoUnblockLocal', g } : { type: 'GoUnblock', g, seq });
  });

  const traceGoStart = routine('traceGoStart', function* (g: G, p: number) {
    const buffer = bufferOf(p);
    const { seq, local } = yield* numbered(g, buffer);
    yield* traceEvent(buffer, local ? { type: 'GoStartLocal', g } : { type: 'GoStart', g, seq });
  });

  /** The recorded time counts only if it is of this trace: at or after ticksStart. */
  const traceGoSysExit = routine('traceGoSysExit', function* (g: G, p: number, withTicks: boolean) {
    const ts = withTicks && (yield* load(gs[g].sysexitticks)) === 'after' ? 'recorded' : 'none';
    const { seq } = yield* numbered(g, bufferOf(p));
    yield* traceEvent(bufferOf(p), { type: 'GoSysExit', g, seq, ts });
  });

  const traceGoSched = routine('traceGoSched', function* (g: G, p: number, type: 'GoSched' | 'GoPreempt') {
    yield* store(gs[g].tracelastp, bufferOf(p));
    yield* traceEvent(bufferOf(p), { type });
  });

  /** A P that was in a system call is taken from it. The event goes to that P's buffer, whoever writes it. */
  const tracePTaken = routine('tracePTaken', function* (p: number) {
    yield* traceEvent(bufferOf(p), { type: 'GoSysBlock' });
    yield* traceEvent(bufferOf(p), { type: 'ProcStop' });
  });

  return { traceEvent, traceGoUnpark, traceGoStart, traceGoSysExit, traceGoSched, tracePTaken };
}

/** p.syscalltick++. */
export function* ticked(p: number) {
  yield* atomically([allp.at(p).syscalltick], (tick) => ({ to: [(tick + 1) % 4] }));
}

/** traceseq goes up, tracelastp is what the event's P is: one step, for nobody else has the goroutine now. */
function* numbered(g: G, p: PName) {
  return yield* atomically([gs[g].traceseq, gs[g].tracelastp], (seq, last) => ({
    to: [seq + 1, p],
    result: { seq: seq + 1, local: last === p },
  }));
}
