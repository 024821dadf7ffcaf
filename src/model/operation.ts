import { HeddleError } from './error.ts';
import type { Gate, Ghost, Mutex, Semaphore, Variable } from './handle.ts';
import type { Routine } from './routine.ts';
import { nowhere, type Site } from './site.ts';

/** A write to ghosts that happens on the step of the operation that it is attached to. */
export interface GhostWrite {
  readonly target: Ghost<unknown>;
  /** Values before the step that `compute` gets after the target's own. */
  readonly reads: readonly (Variable<unknown> | Ghost<unknown>)[];
  /** The target's new value from its old one, the values read, and the operation's result. */
  readonly compute: (...values: readonly unknown[]) => unknown;
}

/** What `atomically` answers for one row of its table. */
export type Outcome<Values extends readonly unknown[], R> =
  | 'blocked'
  | { readonly fault: string }
  | { readonly to?: { readonly [I in keyof Values]: Values[I] }; readonly result?: R };

interface OperationBase {
  readonly site: Site;
  readonly ghosts: readonly GhostWrite[];
  /** A thread may wait here for ever without being stuck. */
  readonly mayWaitForever: boolean;
}

/** What a thread asks for next: plain immutable data. One of these is one atomic step (see docs/semantics.md for `lock` and `stop`). */
export type Operation = OperationBase &
  (
    | { readonly kind: 'load'; readonly handle: Variable<unknown> }
    | { readonly kind: 'store'; readonly handle: Variable<unknown>; readonly value: unknown }
    | { readonly kind: 'swap'; readonly handle: Variable<unknown>; readonly value: unknown }
    | { readonly kind: 'compareAndSwap'; readonly handle: Variable<unknown>; readonly from: unknown; readonly to: unknown }
    | { readonly kind: 'fetchAdd'; readonly handle: Variable<unknown>; readonly delta: number }
    | { readonly kind: 'lock'; readonly mutex: Mutex }
    | { readonly kind: 'unlock'; readonly mutex: Mutex }
    | { readonly kind: 'tryLock'; readonly mutex: Mutex }
    | { readonly kind: 'acquirem' }
    | { readonly kind: 'releasem' }
    | { readonly kind: 'acquire'; readonly semaphore: Semaphore }
    | { readonly kind: 'release'; readonly semaphore: Semaphore }
    | { readonly kind: 'stop'; readonly gate: Gate }
    | { readonly kind: 'start'; readonly gate: Gate }
    | {
        readonly kind: 'waitUntil';
        readonly handles: readonly Variable<unknown>[];
        readonly guard: (...values: readonly unknown[]) => boolean;
      }
    | {
        readonly kind: 'atomically';
        readonly handles: readonly Variable<unknown>[];
        readonly compute: (...values: readonly unknown[]) => Outcome<readonly unknown[], unknown>;
      }
    | { readonly kind: 'choose'; readonly values: readonly unknown[] }
    | { readonly kind: 'emit'; readonly event: string; readonly data: unknown }
  );

/** What the learner and the reference resolve without a step: calls and loops, `self`, `ensure`. */
export type Control =
  | { readonly kind: 'call'; readonly routine: Routine; readonly parameters: readonly unknown[]; readonly site: Site }
  | { readonly kind: 'loop'; readonly routine: Routine; readonly parameters: readonly unknown[]; readonly site: Site }
  | { readonly kind: 'forever'; readonly routine: Routine; readonly parameters: readonly unknown[]; readonly site: Site }
  | { readonly kind: 'become'; readonly routine: Routine; readonly parameters: readonly unknown[]; readonly site: Site }
  | { readonly kind: 'self'; readonly site: Site }
  | { readonly kind: 'ensure'; readonly condition: boolean; readonly message: string; readonly site: Site };

/** A thread of a protocol: yields what it asks for, receives the results. */
export type Body<R> = Generator<Step<unknown>, R, unknown>;

/**
 * What an author writes after `yield*`: one operation or call that is about to be asked for.
 * Its type parameter is the type of the result.
 */
export class Step<R> {
  readonly request: Operation | Control;
  constructor(request: Operation | Control) {
    this.request = Object.freeze(request);
    watch.made(this);
  }
  /** Asks for the step; evaluates to its result. */
  *[Symbol.iterator](): Generator<Step<unknown>, R, unknown> {
    watch.yielded(this);
    // The engine answers a step with a value of its own result type: the handle's domain, or the routine's return type.
    return (yield this) as R;
  }
}

/** Watches what a running body makes, to tell a forgotten `yield*` and operations inside guards. */
class Watch {
  /** Steps made by the running body and not yielded yet; undefined while no body runs. */
  #pending: Set<Step<unknown>> | undefined;
  #guard: Site | undefined;

  get running(): boolean {
    return this.#pending !== undefined;
  }
  made(step: Step<unknown>): void {
    if (this.#guard !== undefined)
      throw new HeddleError('operation-in-guard', `${step.request.kind} was made inside a guard or compound step`, { site: this.#guard });
    this.#pending?.add(step);
  }
  yielded(step: Step<unknown>): void {
    this.#pending?.delete(step);
  }
  /** Runs a piece of a body and returns a step that it made and did not yield, if there is one. */
  body<T>(run: () => T): { readonly outcome: T; readonly forgotten: Step<unknown> | undefined } {
    const before = this.#pending;
    this.#pending = new Set();
    try {
      const outcome = run();
      const [forgotten] = this.#pending.size === 0 ? [] : this.#pending;
      return { outcome, forgotten };
    } finally {
      this.#pending = before;
    }
  }
  /** Runs a guard: making an operation in it throws `operation-in-guard`. */
  guard<T>(site: Site, run: () => T): T {
    const before = this.#guard;
    this.#guard = site;
    try {
      return run();
    } finally {
      this.#guard = before;
    }
  }
}

export const watch = new Watch();

/**
 * Stands for anything asked for in a part of a body that is run once more (`rerun`), where each segment has been run and checked
 * before and nobody looks at what it asks.
 */
export const thrownAway: Step<never> = new Step({ kind: 'acquirem', site: nowhere, ghosts: [], mayWaitForever: false });
