/**
 * The world: what stops it and what starts it again. Every protocol in which goroutines can be stopped imports this.
 * src/runtime/proc.go stopTheWorld, stopTheWorldGC, startTheWorld, startTheWorldGC, Go 1.25.
 */
import { acquire, gate, release, routine, semaphore, start, stop, thread, type Routine, type Step, type Thread } from 'heddle';

/** Goroutines run behind it; sysmon, threads in system calls and pollers do not. */
export const world = gate('world');

/** Held by whoever must not run beside a garbage collection. */
export const gcsema = semaphore('gcsema', { initial: 1, onlyBehind: world });

/** Held while the world is stopped or gomaxprocs must not change. */
export const worldsema = semaphore('worldsema', { initial: 1, onlyBehind: world });

/** A thread with a G: it can be stopped, and it can park on a semaphore. */
export function goroutine(name: string, body: Step<unknown>, options: { readonly daemon?: boolean } = {}): Thread {
  return thread(name, body, { ...options, gate: world });
}

/**
 * stopTheWorldGC: src/runtime/proc.go. stopTheWorldWithSema is `stop`: its critical section under sched.lock only sets
 * stopwait and gcwaiting, which the request of `stop` stands for.
 */
export const stopTheWorldGC = routine('stopTheWorldGC', function* () {
  yield* acquire(gcsema);
  yield* acquire(worldsema);
  yield* stop(world);
});

/** startTheWorldGC: src/runtime/proc.go. `startTheWorldWithSema` is the protocol's own, because procresize is in it. */
export function startTheWorldGCWith(startTheWorldWithSema: Routine<[], void>): Routine<[], void> {
  return routine('startTheWorldGC', function* () {
    yield* startTheWorldWithSema();
    yield* release(worldsema);
    yield* release(gcsema);
  });
}

/** The last step of startTheWorldWithSema: goroutines run again. */
export function* worldStarted(): Generator<Step<unknown>, void, unknown> {
  yield* start(world);
}
