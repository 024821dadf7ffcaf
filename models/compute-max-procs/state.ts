/** Shared state of the protocol. src/runtime/proc.go and debug.go at Go commit e481a08e. */
import { bool, int, mutex, record } from 'heddle';
import { atomicstatus } from '../runtime/park.ts';
import { after as lockPartialOrder } from '../runtime/ranks/compute-max-procs-e481a08e.ts';

/** Two processor counts are enough: the one that is set now, and another. */
const counts = { from: 1, to: 2 } as const;

/** What the outside allows: cgroup limit and affinity mask, as one number. */
export const limit = int('limit', counts);

export const gomaxprocs = int('gomaxprocs', counts);

/** Only written with the world stopped; 0: no change asked for. */
export const newprocs = int('newprocs', { from: 0, to: 2 });

/** Whether newprocs is the user's choice. Only before Go e481a08e. */
export const newprocsCustom = bool('newprocsCustom');

export const sched = record('sched', {
  lock: mutex({ rank: 'sched' }),
  /** Set by the user: GOMAXPROCS or the environment variable. Automatic updates are off. */
  customGOMAXPROCS: bool(),
  /** Held by sysmon while it works. */
  sysmonlock: mutex({ rank: 'sysmon' }),
});

/** Held by sysmon while it computes the default; taken by GOMAXPROCS to wait for that. */
export const computeMaxProcsLock = mutex('computeMaxProcsLock', { rank: 'computeMaxProcs' });

export const updateMaxProcsG = record('updateMaxProcsG', {
  lock: mutex({ rank: 'updateMaxProcsG' }),
  /** The goroutine's status: it parks when idle, and sysmon readies it. */
  g: atomicstatus(),
  /** The goroutine is parked or about to: `procs` may be written. */
  idle: bool(),
  procs: int(counts),
});

/** The rows of lockPartialOrder (src/runtime/lockrank.go, Go e481a08e) for the ranks used here. */
export const ranks = lockPartialOrder.only('sysmon', 'computeMaxProcs', 'updateMaxProcsG', 'sched');
