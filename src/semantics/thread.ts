import { match } from 'ts-pattern';
import type { Body, Control, Operation, Step } from '../model/operation.ts';
import { keyOf } from '../model/plain-data.ts';
import type { Thread } from '../model/protocol.ts';
import type { Again, Done, Routine } from '../model/routine.ts';

/** What a thread asks for next. A step that has a request has two phases: request, then complete. */
export type Asks =
  | { readonly kind: 'operation'; readonly operation: Operation; readonly phase: 'whole' | 'request' | 'complete' }
  | { readonly kind: 'enters'; readonly routine: string; readonly parameters: readonly unknown[] }
  | { readonly kind: 'returns'; readonly routine: string; readonly parameters: readonly unknown[]; readonly value: unknown }
  /** The runtime throws on the way to its next operation. */
  | { readonly kind: 'fault'; readonly says: string }
  | { readonly kind: 'done' };

/** A failed `ensure`: the runtime's own throw. */
class Throw extends Error {}

/**
 * A thread's program, run straight: calls, loops and tail calls are nested generators, nothing is summarised or kept.
 * It yields what the thread asks for, and receives the result of that step.
 *
 * A body that never asks for anything is not noticed here: the reference is given models that the learner accepts.
 */
class Straight {
  readonly #thread: Thread;
  readonly #index: number;
  readonly #observed: ReadonlySet<string>;

  constructor(thread: Thread, index: number, observed: ReadonlySet<string>) {
    this.#thread = thread;
    this.#index = index;
    this.#observed = observed;
  }

  /** The whole thread. */
  run(): Generator<Asks, unknown, unknown> {
    const { root } = this.#thread;
    return root.kind === 'become' ? this.#call(root.routine, root.parameters) : this.#perform(root);
  }

  /** One routine, from entering it to returning from it, or from whatever it has become. */
  *#call(called: Routine, given: readonly unknown[]): Generator<Asks, unknown, unknown> {
    let routine = called;
    let parameters = given;
    for (;;) {
      const observed = this.#observed.has(routine.routineName);
      if (observed) yield { kind: 'enters', routine: routine.routineName, parameters };
      const body = routine.body(...parameters) as Body<unknown>;
      let answer = body.next();
      let successor: { readonly routine: Routine; readonly parameters: readonly unknown[] } | undefined;
      while (answer.done !== true) {
        const { request } = answer.value as Step<unknown>;
        if (request.kind === 'become') {
          successor = request;
          break;
        }
        answer = body.next(yield* this.#perform(request));
      }
      if (successor === undefined) {
        if (observed) yield { kind: 'returns', routine: routine.routineName, parameters, value: answer.value };
        return answer.value;
      }
      // A tail call: its caller is gone, and does not return.
      ({ routine, parameters } = successor);
    }
  }

  #perform(request: Operation | Exclude<Control, { kind: 'become' }>): Generator<Asks, unknown, unknown> {
    return match(request)
      .with({ kind: 'call' }, ({ routine, parameters }) => this.#call(routine, parameters))
      .with({ kind: 'loop' }, ({ routine, parameters }) => this.#loop(routine, parameters))
      .with({ kind: 'forever' }, ({ routine, parameters }) => this.#forever(routine, parameters))
      .with({ kind: 'self' }, () => silently(() => this.#index))
      .with({ kind: 'ensure' }, ({ condition, message }) =>
        silently(() => {
          if (!condition) throw new Throw(message);
        }),
      )
      .otherwise((operation) => this.#ask(operation));
  }

  *#loop(routine: Routine, parameters: readonly unknown[]): Generator<Asks, unknown, unknown> {
    for (let carried = parameters; ;) {
      // The body of a loop returns again(…) or done(…); its type says so.
      const answer = (yield* this.#call(routine, carried)) as Again<unknown> | Done<unknown>;
      if (answer.kind === 'done') return answer.value;
      carried = [answer.carried];
    }
  }

  *#forever(routine: Routine, parameters: readonly unknown[]): Generator<Asks, never, unknown> {
    for (;;) yield* this.#call(routine, parameters);
  }

  /** `lock` of a gated thread, and `stop`, are two steps; all else is one. */
  *#ask(operation: Operation): Generator<Asks, unknown, unknown> {
    const twice = operation.kind === 'stop' || (operation.kind === 'lock' && this.#thread.gate !== undefined);
    if (twice) yield { kind: 'operation', operation, phase: 'request' };
    return yield { kind: 'operation', operation, phase: twice ? 'complete' : 'whole' };
  }
}

// oxlint-disable-next-line require-yield -- what takes no step yields nothing.
function* silently(compute: () => unknown): Generator<never, unknown, unknown> {
  return compute();
}

/**
 * What a thread asks for after these results of its steps, the first one first: its program is run anew from its root.
 * @param index the thread's place in its scenario: the result of `self`
 * @param observed names of the routines whose calls and returns are steps of their own
 */
export function replayed(thread: Thread, index: number, observed: ReadonlySet<string>, history: readonly unknown[]): Asks {
  const program = new Straight(thread, index, observed).run();
  try {
    let answer = program.next();
    for (const result of history) answer = program.next(result);
    return answer.done === true ? { kind: 'done' } : answer.value;
  } catch (error) {
    if (!(error instanceof Error) || isMistake(error)) throw error;
    return { kind: 'fault', says: error.message };
  }
}

/** A mistake in the model, rather than the runtime's own throw. */
function isMistake(error: Error): boolean {
  return (
    error.name === 'HeddleError' ||
    error instanceof TypeError ||
    error instanceof ReferenceError ||
    error instanceof RangeError ||
    error instanceof SyntaxError
  );
}

/** What a thread asks for as a string: equal for the same question from the same place. */
export function keyOfAsks(asks: Asks): string {
  return match(asks)
    .with({ kind: 'operation' }, ({ operation, phase }) => {
      const { site, ghosts: _ghosts, ...operands } = operation;
      const plain = Object.entries(operands).filter(([, operand]) => typeof operand !== 'function');
      return `${phase} ${site.line}:${site.column} ${keyOf(Object.fromEntries(plain))}`;
    })
    .with({ kind: 'enters' }, ({ routine, parameters }) => `enters ${routine} ${keyOf(parameters)}`)
    .with({ kind: 'returns' }, ({ routine, parameters, value }) => `returns ${routine} ${keyOf(parameters)} ${keyOf(value)}`)
    .with({ kind: 'fault' }, ({ says }) => `fault ${says}`)
    .with({ kind: 'done' }, () => 'done')
    .exhaustive();
}
