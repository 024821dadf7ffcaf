/**
 * All linearizations of a history at once, by a subset construction: Wing and Gong, "Testing and verifying concurrent
 * objects" (JPDC 1993) try the orders of a finished history one after the other; Lowe, "Testing for linearizability"
 * (Concurrency and Computation: Practice and Experience 29(4), 2017) searches over *configurations* (the object's state,
 * and for each pending call whether it took effect and with what result), and drops those that a return contradicts.
 *
 * Where we differ: we keep the whole set while the history grows, closed under everything that may happen unobserved, so
 * that equal sets mean equal futures and the set can be the state of a monitor. Lowe's just-in-time order (linearize only
 * when a return asks for it) visits fewer configurations of one history; a closed set merges more histories.
 */
import { HeddleError } from '../model/error.ts';
import { describe, keyOf } from '../model/plain-data.ts';

/** One way in which a call may take effect: what it returns, and the abstract state after it. */
export interface Effect<S> {
  readonly state: S;
  /** Compared by structure with what the routine returns; absent: it returns nothing. */
  readonly result?: unknown;
}

/** What may happen to an abstract state, in one step, besides what is observed. */
export interface Sequential<S> {
  /** By the routine's name: what a call may do at its moment; empty: it can't take effect in this state. */
  readonly calls: ReadonlyMap<string, (state: S, parameters: readonly unknown[]) => readonly Effect<S>[]>;
  readonly internal: readonly ((state: S) => readonly S[])[];
}

/** A call that has begun and not returned. */
export interface PendingCall {
  readonly thread: string;
  readonly routine: string;
  readonly parameters: readonly unknown[];
}

/** One order of what happened so far. */
export interface Configuration<S> {
  readonly state: S;
  /** By thread: what its pending call will return, if it took effect already. */
  readonly results: Readonly<Record<string, unknown>>;
}

/** Everything that the past still means for the future. Plain data in canonical order: equal histories are structurally equal. */
export interface History<S> {
  /** By name of their threads. */
  readonly calls: readonly PendingCall[];
  /** All that explain what was observed, sorted by key; none: it has no linearization. */
  readonly configurations: readonly Configuration<S>[];
}

/** More configurations than this are taken for internal actions that never come to an end. */
const limit = 20_000;

export class Linearizations<S> {
  readonly #sequential: Sequential<S>;

  constructor(sequential: Sequential<S>) {
    this.#sequential = sequential;
  }

  /** Nothing has happened yet, but for internal actions. */
  started(state: S): History<S> {
    return this.#history([], [{ state, results: {} }]);
  }

  /** Throws `bad-declaration` if the thread is inside another call: then its calls have no order among themselves. */
  entered(history: History<S>, call: PendingCall): History<S> {
    const outer = history.calls.find(({ thread }) => thread === call.thread);
    if (outer !== undefined)
      throw new HeddleError('bad-declaration', `${call.thread} enters ${call.routine} while its ${outer.routine} has not returned`, {
        cure: 'Specify the outer call only. A routine that is left by become(…) does not return: call it instead.',
      });
    const calls = [...history.calls, call].sort((a, b) => (a.thread < b.thread ? -1 : 1));
    return this.#history(calls, history.configurations);
  }

  /** Keeps the configurations in which the thread's call took effect with this result. */
  returned(history: History<S>, thread: string, value: unknown): History<S> {
    const left = history.configurations
      .filter(({ results }) => thread in results && this.matches(results[thread], value))
      .map(({ state, results }) => ({ state, results: without(results, thread) }));
    return this.#history(
      history.calls.filter((call) => call.thread !== thread),
      left,
    );
  }

  /** What happens to the abstract state at this moment, whatever came before; no state: it can't. */
  happened(history: History<S>, effect: (state: S) => readonly S[]): History<S> {
    const after = history.configurations.flatMap(({ state, results }) => effect(state).map((next) => ({ state: next, results })));
    return this.#history(history.calls, after);
  }

  /** Keeps the configurations in which the abstract state is this one. */
  settled(history: History<S>, state: S): History<S> {
    const key = keyOf(state);
    return this.#history(
      history.calls,
      history.configurations.filter((configuration) => keyOf(configuration.state) === key),
    );
  }

  /** What the thread's pending call may return in some order. */
  possible(history: History<S>, thread: string): readonly string[] {
    return [...new Set(history.configurations.flatMap(({ results }) => (thread in results ? [describe(results[thread])] : [])))].sort();
  }

  #history(calls: readonly PendingCall[], configurations: readonly Configuration<S>[]): History<S> {
    return { calls, configurations: this.closed(calls, configurations) };
  }

  /** All configurations that unobserved happenings lead to. A hook for tests that break it on purpose. */
  protected closed(calls: readonly PendingCall[], configurations: readonly Configuration<S>[]): readonly Configuration<S>[] {
    const known = new Map<string, Configuration<S>>();
    const open: Configuration<S>[] = [];
    const add = (configuration: Configuration<S>): void => {
      const key = keyOf(configuration);
      if (known.has(key)) return;
      if (known.size === limit)
        throw new HeddleError('endless-local-history', `calls and internal actions lead to more than ${limit} configurations`, {
          cure: 'Bound the abstract states that internal actions can reach.',
        });
      known.set(key, configuration);
      open.push(configuration);
    };
    configurations.forEach(add);
    for (let next = open.pop(); next !== undefined; next = open.pop()) this.successors(calls, next).forEach(add);
    return [...known].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, configuration]) => configuration);
  }

  /** What one unobserved happening makes of a configuration. A hook for tests that break it on purpose. */
  protected successors(calls: readonly PendingCall[], { state, results }: Configuration<S>): readonly Configuration<S>[] {
    const internally = this.#sequential.internal.flatMap((action) => action(state).map((next) => ({ state: next, results })));
    const byCalls = calls
      .filter(({ thread }) => !(thread in results))
      .flatMap(({ thread, routine, parameters }) =>
        this.#sequential.calls.get(routine)!(state, parameters).map((effect) => ({
          state: effect.state,
          results: { ...results, [thread]: effect.result },
        })),
      );
    return [...internally, ...byCalls];
  }

  /** Whether a call may return what it returned. A hook for tests that break it on purpose. */
  protected matches(specified: unknown, returned: unknown): boolean {
    return keyOf(specified) === keyOf(returned);
  }
}

function without(results: Configuration<unknown>['results'], thread: string): Configuration<unknown>['results'] {
  return Object.fromEntries(Object.entries(results).filter(([name]) => name !== thread));
}
