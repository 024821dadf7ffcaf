/**
 * Goroutines are run by Ms: each processor has a baton. The thread that stands for the processor's M hands it to the
 * thread of the goroutine that it executes, and gets it back when that parks, yields, ends or enters a system call.
 * src/runtime/proc.go execute, schedule, mcall: m.curg.
 *
 * The M's side is `handOver`, after which it waits until the baton is `free` (as a guard of its own, which may ask for more
 * than the baton). The goroutine's side is `awaitTurn` and then, after its last step there, `handBack`.
 */
import { atomically, oneOf, store, type Variable } from 'heddle';

/** m.curg: the goroutine that has the processor, or undefined while the M itself runs there or nobody does. */
export type Baton<G extends string> = Variable<G | undefined>;

/** A baton for some of these goroutines, by name; without a name inside a `record`. */
export function baton<const G extends string>(goroutines: readonly G[]): Baton<G> {
  return oneOf<G | undefined>([undefined, ...goroutines]);
}

/** execute, its last step: the goroutine goes on where it left off. */
export function* handOver<G extends string>(curg: Baton<G>, goroutine: NoInfer<G>) {
  yield* store(curg, goroutine as NoInfer<G | undefined>);
}

/** mcall: the M goes on. */
export function* handBack<G extends string>(curg: Baton<G>) {
  yield* store(curg, undefined);
}

/** The goroutine waits until an M executes it on one of the processors; evaluates to the index of that. */
export function* awaitTurn<G extends string>(processors: readonly { readonly curg: Baton<G> }[], goroutine: NoInfer<G>) {
  return yield* atomically(
    processors.map(({ curg }) => curg),
    (...running) => {
      const processor = running.indexOf(goroutine);
      return processor < 0 ? ('blocked' as const) : { result: processor };
    },
  );
}
