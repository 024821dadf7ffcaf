/** The variables of ../compute-max-procs/model.ts. */
import { bool, int, mutex, record } from 'heddle';

export const gomaxprocs = int('gomaxprocs', { from: 1, to: 3 });

/** Only written with the world stopped; 0: no change asked for. */
export const newprocs = int('newprocs', { to: 3 });

/** What the outside allows. */
export const limit = int('limit', { from: 1, to: 3 });

export const sched = record('sched', {
  lock: mutex(),
  /** Set by the user: automatic updates are off. */
  customGOMAXPROCS: bool(),
});

/** Held by sysmon while it computes the default; taken by GOMAXPROCS to wait for that. */
export const computeMaxProcsLock = mutex('computeMaxProcsLock');

export const worldsema = mutex('worldsema');

/** What stopping the world is here: callers look at it before each call, and nobody is waited for. */
export const stopped = bool('stopped');

/** What sysmon hands to the update goroutine. */
export const update = record('update', { procs: int({ from: 1, to: 3 }), asked: bool() });
