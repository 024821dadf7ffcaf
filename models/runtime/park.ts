/**
 * Parking and readying one goroutine. Every protocol with a parked goroutine imports this.
 * src/runtime/proc.go goparkunlock, park_m, injectglist, casgstatus, Go 1.25.
 */
import { atomically, lock, mayWaitForever, oneOf, routine, store, unlock, waitUntil, type Mutex, type Variable } from 'heddle';

/** g.atomicstatus, as far as parking needs it. */
export type Status = '_Grunning' | '_Gwaiting' | '_Grunnable';

export function atomicstatus(name?: string): Variable<Status> {
  const values = ['_Grunning', '_Gwaiting', '_Grunnable'] as const;
  return name === undefined ? oneOf(values) : oneOf(name, values);
}

/** casgstatus: waits until the status is `from`, and throws if a goroutine that it takes to be waiting is runnable already. */
export function* casgstatus(status: Variable<Status>, from: Status, to: Status) {
  yield* atomically([status], (now) => {
    if (now === from) return { to: [to] };
    return from === '_Gwaiting' && now === '_Grunnable' ? { fault: 'casgstatus: waiting for Gwaiting but is Grunnable' } : 'blocked';
  });
}

/**
 * goparkunlock: the status first, then the lock (park_m's order), so whoever takes the lock next finds a parked goroutine.
 * Returns when it has been readied and runs again.
 */
export const goparkunlock = routine('goparkunlock', function* (status: Variable<Status>, held: Mutex) {
  yield* store(status, '_Gwaiting');
  yield* unlock(held);
  yield* mayWaitForever(waitUntil([status], (now) => now === '_Grunnable'));
  yield* store(status, '_Grunning');
});

/** injectglist with one goroutine, by a thread without a P: the status, then the global run queue under sched.lock. */
export const injectglist = routine('injectglist', function* (status: Variable<Status>, schedLock: Mutex) {
  yield* casgstatus(status, '_Gwaiting', '_Grunnable');
  yield* lock(schedLock);
  yield* unlock(schedLock);
});
