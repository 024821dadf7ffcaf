/**
 * sysmon: src/runtime/proc.go, Go c847589a. One round does all that there is to do: netpoll, the scavenger, retake, the
 * forced collection. It begins whenever there is something to do; rounds that find nothing are left out.
 */
import { atomically, compareAndSwap, load, lock, mayWaitForever, routine, unlock, waitUntil } from 'heddle';
import { ticked, type Events } from './events.ts';
import { casgstatus, globrunqput, type Processors } from './processors.ts';
import { allp, forcegc, gs, scavenge, sched, trace, type WaitsFor } from './state.ts';
import type { Version } from './version.ts';

const waiters = ['X', 'Y'] as const;
type Waiter = (typeof waiters)[number];

export function sysmonOf(version: Version, { traceGoUnpark, tracePTaken }: Events, { ids, handoffp }: Processors) {
  /** injectglist, by a thread without a P. */
  const injectglist = routine('injectglist', function* (glist: readonly Waiter[]) {
    if (glist.length === 0) return;
    if (yield* load(trace.enabled)) for (const g of glist) yield* traceGoUnpark(g, 'global');
    for (const g of glist) yield* casgstatus(g, '_Gwaiting', '_Grunnable');
    yield* lock(sched.lock);
    for (const g of glist) yield* globrunqput(g);
    yield* unlock(sched.lock);
  });

  const retake = routine('retake', function* () {
    for (const p of ids) {
      const { status } = allp.at(p);
      if (!(yield* compareAndSwap(status, '_Psyscall', 'retaken'))) continue;
      if (version.tick === 'before the events') yield* ticked(p);
      const tracing = yield* load(trace.enabled);
      if (tracing) yield* tracePTaken(p);
      if (version.tick === 'after the events' || (version.tick === 'only if tracing' && tracing)) yield* ticked(p);
      yield* handoffp(p);
    }
  });

  function* holding(around: Version['sysmonlock'], what: 'lock' | 'unlock') {
    if (version.sysmonlock === around) yield* (what === 'lock' ? lock : unlock)(sched.sysmonlock);
  }

  return routine('sysmon', function* () {
    yield* mayWaitForever(
      waitUntil(
        [gs.X.waitsFor, gs.Y.waitsFor, ...ids.map((p) => allp.at(p).status)],
        (x, y, ...statuses) => x !== 'nothing' || y !== 'nothing' || statuses.includes('_Psyscall'),
      ),
    );
    yield* holding('around the body', 'lock');
    // Only sysmon takes a goroutine from where it waits, so one look serves the whole round.
    const waits = yield* atomically([gs.X.waitsFor, gs.Y.waitsFor], (X, Y) => ({
      to: ['nothing', 'nothing'],
      result: { X, Y },
    }));
    const waiting = (where: WaitsFor): readonly Waiter[] => waiters.filter((g) => waits[g] === where);
    yield* injectglist(waiting('netpoll'));
    if (waiting('scavenge').length > 0) {
      yield* lock(scavenge.lock);
      yield* injectglist(waiting('scavenge'));
      yield* unlock(scavenge.lock);
    }
    yield* holding('around retake', 'lock');
    yield* retake();
    yield* holding('around retake', 'unlock');
    if (waiting('forcegc').length > 0) {
      yield* lock(forcegc.lock);
      if (version.forcegcInjects === 'after it') yield* unlock(forcegc.lock);
      yield* injectglist(waiting('forcegc'));
      if (version.forcegcInjects === 'under forcegc.lock') yield* unlock(forcegc.lock);
    }
    yield* holding('around the body', 'unlock');
  });
}
