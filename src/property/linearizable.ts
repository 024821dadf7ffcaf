import { HeddleError } from '../model/error.ts';
import { describe } from '../model/plain-data.ts';
import type { Routine } from '../model/routine.ts';
import { captureSite } from '../model/site.ts';
import { changes, enters, returns, type Event, type EventPattern } from './event.ts';
import { Linearizations, type Effect, type History, type Sequential } from './linearizations.ts';
import {
  monitor,
  on,
  violated,
  type Monitor,
  type Reaction,
  type ValuesOf,
  type Violated,
  type Watchable,
  type Watched,
} from './property.ts';

/** What one routine does if it runs alone. */
export interface AtOnce<S> {
  readonly routine: string;
  readonly effect: (state: S, parameters: readonly unknown[]) => readonly Effect<S>[];
}

/** What an event does to the abstract state at the moment when it happens. */
export interface Whenever<S> {
  readonly pattern: EventPattern;
  readonly effect: (state: S, event: never) => readonly S[];
}

/** The abstract state that shared values stand for; undefined where they stand for none, in the middle of something. */
export interface Abstraction<S> {
  readonly handles: readonly Watched[];
  readonly state: (...values: readonly unknown[]) => S | undefined;
}

/** A sequential object, and what happens to it besides calls. */
export interface Specification<S> {
  /** The abstract state at the start; without it, what the abstraction makes of the initial values. */
  readonly initial?: S;
  readonly calls: readonly AtOnce<S>[];
  /** What others may do to the state at any moment, unobserved: all states that one action may lead to, none if it can't happen. */
  readonly internal?: readonly ((state: S) => readonly S[])[];
  readonly events?: readonly Whenever<S>[];
  readonly abstraction?: Abstraction<S>;
}

/** What the monitor remembers: the linearizations, and the values that the abstraction reads. */
interface Remembered<S> extends History<S> {
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * `atOnce(pop, (stack) => ({ state: stack.slice(1), result: stack[0] }))`: what a call does at its one moment. It answers
 * an effect, several of which any may happen, or none (`[]`): it can't take effect in this state. Pure; routines match by name.
 */
export function atOnce<S, P extends readonly unknown[], R>(
  routine: Routine<P, R> | string,
  effect: (state: S, ...parameters: P) => Effect<NoInfer<S>> | readonly Effect<NoInfer<S>>[],
): AtOnce<S> {
  return {
    routine: typeof routine === 'string' ? routine : routine.routineName,
    // The event carries what the routine was called with, which is its P.
    effect: (state, parameters) => [effect(state, ...(parameters as P))].flat() as readonly Effect<S>[],
  };
}

/** `whenever(changes(limit), (state, { to }) => [{ ...state, limit: to as number }])`: what an event means to the abstract state, at once. No state: it must not happen. */
export function whenever<S, E extends Event>(pattern: EventPattern<E>, effect: (state: S, event: E) => readonly NoInfer<S>[]): Whenever<S> {
  return { pattern: pattern as unknown as EventPattern, effect: effect as Whenever<S>['effect'] };
}

/** `abstraction([head, size], (head, size) => …)`: the abstract state that shared values stand for, or undefined while they stand for none. */
export function abstraction<S, const H extends readonly Watchable[]>(
  handles: H,
  state: (...values: ValuesOf<H>) => S | undefined,
): Abstraction<S> {
  return { handles, state: state as Abstraction<S>['state'] };
}

/**
 * Linearizability (Herlihy and Wing, TOPLAS 1990): every call takes effect at one moment between its start and its
 * return, so that the results are those of a sequential object. `calls` says what that object does; calls that a thread
 * has not returned from may have taken effect or not.
 *
 * - `internal`: what daemons and the environment do to the abstract state at moments that nobody observes. They make the
 *   property weaker: whatever they explain is allowed.
 * - `events`: the same, tied to a step that is observed, which is stronger.
 * - `abstraction`: whenever no call is under way, the shared values must stand for the state that some order of the
 *   calls leads to. Compared where the last call returns and where the first begins, not after the last call of a run.
 *
 * Runs as a monitor whose state is the set of all linearizations (Lowe 2017, as a subset construction), so a violation
 * is shown by a shortest run, at the first return that no order explains. Vacuous if no call ever returns.
 *
 * The abstract states that are reachable must be finitely many and few: the set of them is part of every explored state.
 * Not checked: that every call returns, and that routines are called one at a time by each thread (`bad-declaration`
 * when a specified routine is entered inside another).
 *
 * @example
 * linearizable<number>({
 *   initial: 0,
 *   calls: [
 *     atOnce(increment, (count) => ({ state: count + 1, result: count })),
 *     atOnce(read, (count) => ({ state: count, result: count })),
 *   ],
 * });
 */
export function linearizable<S>(specification: Specification<S>): Monitor {
  return linearizableBy(specification, Linearizations<S>);
}

/** `linearizable` with another set of linearizations: for tests that break it on purpose. */
export function linearizableBy<S>(
  specification: Specification<S>,
  Construction: new (sequential: Sequential<S>) => Linearizations<S>,
): Monitor {
  const site = captureSite(linearizable);
  const { calls, events = [], abstraction: abstract } = specification;
  const effects = new Map(calls.map(({ routine, effect }) => [routine, effect]));
  if (effects.size !== calls.length || effects.size === 0)
    throw new HeddleError('bad-declaration', effects.size === 0 ? 'no call is specified' : 'a routine is specified twice', {
      site,
      cure: 'Give each routine one atOnce(routine, effect).',
    });
  const linearizations = new Construction({ calls: effects, internal: specification.internal ?? [] });
  const remembered = (history: History<S>, values: Remembered<S>['values']): Remembered<S> => ({ ...history, values });
  const valuesNow = ({ values }: Remembered<S>): readonly unknown[] => (abstract?.handles ?? []).map(({ name }) => values[name]);

  /** While nobody is inside a call, shared values and abstract state must fit. */
  const settled = (state: Remembered<S>): Remembered<S> | Violated => {
    const concrete = state.calls.length === 0 ? abstract?.state(...valuesNow(state)) : undefined;
    if (concrete === undefined) return state;
    const fitting = linearizations.settled(state, concrete);
    if (fitting.configurations.length > 0) return remembered(fitting, state.values);
    const possible = [...new Set(state.configurations.map((configuration) => describe(configuration.state)))].sort();
    return violated(
      `no call is under way and the state is ${describe(concrete)}, where the calls in any order lead to ${possible.join(' or ')}`,
    );
  };

  const reactions: Reaction<Remembered<S>>[] = [...effects.keys()].flatMap((routine) => [
    on(enters(routine), (state: Remembered<S>, { thread, parameters }) => {
      const before = settled(state);
      return 'kind' in before ? before : remembered(linearizations.entered(before, { thread, routine, parameters }), state.values);
    }),
    {
      ...on(returns(routine), (state: Remembered<S>, { thread, parameters, value }) => {
        const history = linearizations.returned(state, thread, value);
        if (history.configurations.length > 0) return settled(remembered(history, state.values));
        const others = linearizations.possible(state, thread);
        return violated(
          `${routine}(${parameters.map(describe).join(', ')}) returns ${describe(value)} to ${thread}, ${
            others.length === 0
              ? 'and in no order of the calls it takes effect'
              : `where any order of the calls leads to ${others.join(' or ')}`
          }`,
        );
      }),
      triggers: true,
    },
  ]);
  const tied = events.map(({ pattern, effect }) =>
    on(pattern, (state: Remembered<S>, event: Event) => {
      const history = linearizations.happened(state, (abstractly) => effect(abstractly, event as never));
      if (history.configurations.length > 0) return remembered(history, state.values);
      return violated(`${pattern.label} happens, which it must not after the calls in any order`);
    }),
  );
  const tracked = (abstract?.handles ?? []).map((handle) =>
    on(changes(handle), (state: Remembered<S>, { to }): Remembered<S> => ({ ...state, values: { ...state.values, [handle.name]: to } })),
  );

  const start = (values: readonly unknown[]): Remembered<S> => {
    const handles = abstract?.handles ?? [];
    const state = 'initial' in specification ? specification.initial : abstract?.state(...values);
    if (state === undefined)
      throw new HeddleError('bad-declaration', 'linearizable has no initial state', {
        site,
        cure: 'Give `initial`, or an abstraction that is defined for the initial values.',
      });
    return remembered(linearizations.started(state), Object.fromEntries(handles.map(({ name }, k) => [name, values[k]])));
  };
  return monitor<Remembered<S>>({
    start: { handles: abstract?.handles ?? [], state: (...values) => start(values) },
    reactions: [...reactions, ...tied, ...tracked],
    triggered: () => false,
  });
}
