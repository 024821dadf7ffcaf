/**
 * sysmon: src/runtime/proc.go, Go c847589a. One round does all that there is to do: netpoll, the scavenger, retake, the
 * forced collection. It begins whenever there is something to do; rounds that find nothing are left out.
 */
import { atomically, compareAndSwap, load, lock, mayWaitForever, routine, unlock, waitUntil } from 'heddle';
import { ticked, type Events } from './events.ts';
import { casgstatus, globrunqput, type Processors } from './processors.ts';
import { allp, forcegc, gs, scavenge, sched, trace } from './state.ts';
import type { Version } from './version.ts';

export function sysmonOf(version: Version, { traceGoUnpark, tracePTaken }: Events, { ids, handoffp }: Processors) {
  /** injectglist of the goroutine that waits, by a thread without a P. */
  const injectglist = routine('injectglist', function* () {
    if (yield* load(trace.enabled)) yield* traceGoUnpark('X', 'global');
    yield* casgstatus('X', '_Gwaiting', '_Grunnable');
    yield* lock(sched.lock);
    yield* globrunqput('X');
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
        [gs.X.waitsFor, ...ids.map((p) => allp.at(p).status)],
        (waitsFor, ...statuses) => waitsFor !== 'nothing' || statuses.includes('_Psyscall'),
      ),
    );
    yield* holding('around the body', 'lock');
    // Only sysmon takes the goroutine from where it waits, so one look serves the whole round.
    const waits = yield* atomically([gs.X.waitsFor], (waitsFor) => ({
      to: ['nothing'],
      result: waitsFor,
    }));
    if (waits === 'netpoll') yield* injectglist();
    if (waits === 'scavenge') {
      yield* lock(scavenge.lock);
      yield* injectglist();
      yield* unlock(scavenge.lock);
    }
    yield* holding('around retake', 'lock');
    yield* retake();
    yield* holding('around retake', 'unlock');
    if (waits === 'forcegc') {
      yield* lock(forcegc.lock);
      if (version.forcegcInjects === 'after it') yield* unlock(forcegc.lock);
      yield* injectglist();
      if (version.forcegcInjects === 'under forcegc.lock') yield* unlock(forcegc.lock);
    }
    yield* holding('around the body', 'unlock');
  });
}
