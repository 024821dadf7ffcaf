/** GOMAXPROCS against sysmon: automatic updates, and the lock that waits for them to end (Go commit e481a08e). */
import { protocol, variant } from 'heddle';
import { gcsema, world, worldsema } from '../runtime/world.ts';
import * as before from './before-e481a08e.ts';
import * as e481a08e from './go1.25-e481a08e.ts';
import * as mended from './repaired.ts';
import { generated } from './scenarios.ts';
import { full, gate, tiny, type Routines } from './scopes.ts';
import { computeMaxProcsLock, gomaxprocs, limit, newprocs, newprocsCustom, ranks, sched, updateMaxProcsG } from './state.ts';
import * as weakened from './weakened.ts';

const seed: Routines = e481a08e;
const repaired: Routines = { ...seed, GOMAXPROCS: mended.GOMAXPROCS, updateMaxProcsGoroutine: mended.updateMaxProcsGoroutine };

/** A weakening of the repaired version: only what is expected to break is judged. */
function weakening(name: string, about: string, breaks: readonly string[], change: Partial<Routines>) {
  const expects = Object.fromEntries(breaks.map((guarantee) => [guarantee, 'violated' as const]));
  return variant<Routines>(name, { about, routines: { ...repaired, ...change }, expects, otherwise: 'unspecified' });
}

export default protocol<Routines>('compute-max-procs', {
  about: 'GOMAXPROCS, SetDefaultGOMAXPROCS and automatic updates by sysmon',
  source: 'golang/go e481a08e, src/runtime/debug.go and src/runtime/proc.go',
  shared: [gomaxprocs, newprocs, newprocsCustom, limit, sched, computeMaxProcsLock, updateMaxProcsG, gcsema, worldsema, world],
  ranks,
  scopes: [tiny, gate, full],
  scenarios: generated,
  variants: [
    variant('go1.25-e481a08e', {
      about: 'the commit: computeMaxProcsLock, and the flag set before the world stops',
      routines: seed,
      // A call with the current value leaves updates on (the plain rows), and SetDefaultGOMAXPROCS can reset the flag between
      // its being set and the stop (the rows after a change). What GOMAXPROCS returns was read before the stop.
      expects: {
        'g1-no-automatic-update': 'finding',
        'g1-after-a-change': 'finding',
        'g2-no-update-syscalls': 'finding',
        'g2-after-a-change': 'finding',
        'g3-flag-follows-value': 'finding',
        'g3-one-at-a-time': 'finding',
        'g5-updates-can-resume': 'finding',
        'g5-updates-resume': 'finding',
      },
    }),
    variant('before-e481a08e', {
      about: 'the version before: no computeMaxProcsLock, the flag changes in lockstep',
      routines: before,
      // What the commit is for; a call with the current value left updates on, two calls could return one previous setting,
      // and the goroutine ended, already before it.
      expects: {
        'g1-no-automatic-update': 'finding',
        'g2-no-update-syscalls': 'violated',
        'g2-after-a-change': 'violated',
        'g3-one-at-a-time': 'finding',
        'g5-updates-can-resume': 'finding',
        'g5-updates-resume': 'finding',
      },
    }),
    variant('repaired', {
      about:
        'the smallest repair: flag set and result read with the world stopped, the flag also for the current value; sysmon waited for last; the goroutine never ends',
      routines: repaired,
    }),
    variant('sysmon-skips-lock', {
      about: 'sysmon does not take updateMaxProcsG.lock: redundant in scope, because casgstatus waits until the goroutine is parked',
      routines: { ...repaired, sysmonUpdateGOMAXPROCS: weakened.sysmonSkipsLock },
    }),
    weakening(
      'sysmon-reads-before-lock',
      'sysmon looks at the flag before it takes computeMaxProcsLock',
      ['g2-no-update-syscalls', 'g2-after-a-change'],
      {
        sysmonUpdateGOMAXPROCS: weakened.sysmonReadsBeforeLock,
      },
    ),
    weakening('waits-before-flag', 'GOMAXPROCS waits for sysmon before it sets the flag', ['g2-no-update-syscalls', 'g2-after-a-change'], {
      GOMAXPROCS: weakened.waitsBeforeTheFlag,
    }),
    weakening('no-recheck', 'the update goroutine does not look at the flag again', ['g1-no-automatic-update'], {
      updateMaxProcsGoroutine: weakened.updatesWithoutRecheck,
    }),
    weakening('recheck-before-stop', 'the update goroutine looks at the flag before the world stops', ['g1-no-automatic-update'], {
      updateMaxProcsGoroutine: weakened.rechecksBeforeTheStop,
    }),
    weakening(
      'holds-lock-across-stop',
      'GOMAXPROCS holds computeMaxProcsLock while the world is stopped',
      ['g6-lock-discipline', 'g6-no-deadlock'],
      {
        GOMAXPROCS: weakened.holdsAcrossTheStop,
      },
    ),
    weakening('waits-under-sched-lock', 'GOMAXPROCS waits for sysmon while it holds sched.lock', ['g6-no-deadlock', 'g6-lock-order'], {
      GOMAXPROCS: weakened.waitsUnderSchedLock,
    }),
    weakening('sysmon-takes-worldsema', 'sysmon takes worldsema instead of computeMaxProcsLock', ['g4-no-throw'], {
      sysmonUpdateGOMAXPROCS: weakened.sysmonTakesWorldsema,
    }),
    weakening(
      'sysmon-ignores-idle',
      'sysmon does not ask whether the update goroutine is idle',
      ['g4-procs-not-shared', 'g4-no-throw', 'g6-no-deadlock'],
      {
        sysmonUpdateGOMAXPROCS: weakened.sysmonIgnoresIdle,
      },
    ),
    weakening('sysmon-keeps-lock', 'sysmon keeps computeMaxProcsLock while it takes updateMaxProcsG.lock', ['g6-lock-order'], {
      sysmonUpdateGOMAXPROCS: weakened.sysmonKeepsLock,
    }),
  ],
});
