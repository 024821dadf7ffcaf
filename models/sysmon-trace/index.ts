/** StartTrace and StopTrace against sysmon: sched.sysmonlock, so that traces are consistent (Go commit c847589a). */
import { protocol, variant } from 'heddle';
import { gcsema, world, worldsema } from '../runtime/world.ts';
import { generated } from './scenarios.ts';
import { full, gate, tiny, twoProcessors } from './scopes.ts';
import { allp, forcegc, gs, ranks, scavenge, sched, trace } from './state.ts';
import { before, repaired, seed, type Version } from './version.ts';

/** A weakening of the repaired version: only what is expected to break is judged. */
function weakening(name: string, about: string, breaks: readonly string[], change: Partial<Version>) {
  const expects = Object.fromEntries(breaks.map((guarantee) => [guarantee, 'violated' as const]));
  return variant<Version>(name, {
    about,
    routines: { ...repaired, ...change },
    expects,
    otherwise: 'unspecified',
  });
}

export default protocol<Version>('sysmon-trace', {
  about: 'StartTrace and StopTrace beside sysmon and system calls, which stopping the world does not stop',
  source: 'golang/go c847589a, src/runtime/proc.go and src/runtime/trace.go',
  shared: [allp, gs, sched, trace, scavenge, forcegc, gcsema, worldsema, world],
  ranks,
  scopes: [tiny, gate, full, twoProcessors],
  scenarios: generated,
  variants: [
    variant('go1.15-c847589a', {
      about: 'the commit: sysmonlock around all that sysmon does',
      routines: seed,
      // The forced-GC goroutine is injected under forcegc.lock, and injectglist traces under bufLock.
      expects: { 't5-lock-order': 'finding' },
    }),
    variant('before-c847589a', {
      about: 'the version before: no sysmonlock',
      routines: before,
      // What the commit is for. It takes bufLock under forcegc.lock too; with the rest unspecified its search ends early.
      expects: { 't1-accepted': 'violated', 't2-no-missing-event': 'violated' },
      otherwise: 'unspecified',
    }),
    variant('repaired', {
      about: 'the smallest repair: the forced-GC goroutine is injected after forcegc.lock is free',
      routines: repaired,
    }),
    variant('extra-m', {
      about: 'the commit, with a callback from C on an extra M',
      routines: { ...seed, cast: ['X', 'E'] },
      // Go issue 29707: the snapshot takes the goroutine of an extra M for dead and says nothing of it.
      expects: { 't1-accepted': 'finding', 't2-no-missing-event': 'finding' },
    }),
    variant('extra-m-repaired', {
      about: 'the snapshot says that the goroutine of an extra M is in a system call',
      routines: { ...seed, cast: ['X', 'E'], extraM: 'in a system call' },
    }),
    variant('enables-first', {
      about: 'StartTrace sets trace.enabled before the snapshot: redundant in scope, because nobody who could trace has a P or sysmonlock',
      routines: { ...repaired, enables: 'before the snapshot' },
    }),
    weakening('injects-outside-lock', 'sysmon holds sysmonlock around retake only', ['t1-accepted', 't2-no-missing-event'], {
      sysmonlock: 'around retake',
    }),
    weakening('locks-before-stop', 'StartTrace and StopTrace take sysmonlock before they stop the world', ['t4-lock-discipline'], {
      takesSysmonlock: 'before the stop',
    }),
    weakening('error-path-keeps-lock', 'StartTrace keeps sysmonlock when tracing is on already', ['t4-lock-discipline'], {
      errorPath: 'keeps sysmonlock',
    }),
    weakening('ticks-start-first', 'StartTrace takes ticksStart before the snapshot', ['t1-accepted', 't3-exit-after-block'], {
      ticksStart: 'before the snapshot',
    }),
    weakening(
      'enables-and-ticks-start-first',
      'StartTrace sets trace.enabled and takes ticksStart before the snapshot',
      ['t1-accepted', 't3-exit-after-block'],
      { enables: 'before the snapshot', ticksStart: 'before the snapshot' },
    ),
    weakening('keeps-sysblocktraced', 'StartTrace does not clear sysblocktraced', ['t1-accepted', 't3-exit-after-block'], {
      sysblocktraced: 'left alone',
    }),
    weakening('reads-status-twice', 'StartTrace reads the status again for sysblocktraced', ['t1-accepted', 't2-no-missing-event'], {
      statusReads: 'twice',
    }),
    weakening('ticks-before-events', 'retake raises syscalltick before it traces', ['t1-accepted', 't3-exit-after-block'], {
      tick: 'before the events',
    }),
    weakening('ticks-only-if-tracing', 'retake raises syscalltick only if it traces', ['t5-no-deadlock'], { tick: 'only if tracing' }),
    weakening('no-recheck', 'traceEvent trusts its caller about trace.enabled', ['t1-nothing-left'], { recheck: false }),
    weakening('before-no-recheck', 'the same in the version before', ['t1-accepted', 't1-nothing-left', 't2-no-missing-event'], {
      sysmonlock: 'not there',
      recheck: false,
    }),
  ],
});
