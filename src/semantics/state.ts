import { match } from 'ts-pattern';
import type { Handle } from '../model/handle.ts';
import { describe, keyOf } from '../model/plain-data.ts';
import type { LockRanks, Scenario } from '../model/protocol.ts';
import { monitorOf, type Guarantee, type Violated } from '../property/property.ts';
import { keyOfAsks, replayed, type Asks } from './thread.ts';

/** What the reference explores: a protocol's handles and ranks, one scenario, and all of the protocol's guarantees. */
export interface Subject {
  readonly handles: readonly Handle[];
  readonly ranks: LockRanks | undefined;
  readonly scenario: Scenario;
  readonly guarantees: readonly Guarantee[];
}

/** What a gate is doing, and for which thread. */
export type GateState =
  | { readonly kind: 'open' }
  | { readonly kind: 'closing'; readonly by: number }
  | { readonly kind: 'stopped'; readonly by: number };

/** A thread: everything that its steps ever answered, and what it asks for after that. */
export interface ThreadState {
  readonly history: readonly unknown[];
  readonly asks: Asks;
  /** `m.locks`: why it can't be stopped now. Stays 0 for a thread without a gate. */
  readonly locks: number;
  /** Whether it has stopped for its gate. */
  readonly stopped: boolean;
}

/** One valuation of everything. States are never changed, only replaced. */
export interface State {
  /** Variables and ghosts hold their value, mutexes their holder or undefined, semaphores their count, gates a GateState. */
  readonly shared: ReadonlyMap<Handle, unknown>;
  readonly threads: readonly ThreadState[];
  /** By guarantee: what its monitor remembers, or how it was violated; undefined for other properties. */
  readonly monitors: readonly (unknown | Violated)[];
}

/** Names of the routines whose calls and returns are steps of this thread: those that some property of the protocol observes in it. */
export function observedIn(thread: string, guarantees: readonly Guarantee[]): ReadonlySet<string> {
  const patterns = guarantees.flatMap(({ property }) => monitorOf(property)?.reactions ?? []).map(({ pattern }) => pattern);
  const ofThread = patterns.filter(
    ({ kind, by }) => (kind === 'enters' || kind === 'returns') && (by === undefined || by.includes(thread)),
  );
  return new Set(ofThread.map(({ subject }) => subject));
}

/** The initial states: one for every combination of the scenario's initial values. */
export function initialStates({ handles, scenario, guarantees }: Subject): readonly State[] {
  const first: State = {
    shared: new Map(handles.map((handle) => [handle, initialOf(handle)])),
    threads: scenario.threads.map((thread, index) => ({
      history: [],
      asks: replayed(thread, index, observedIn(thread.name, guarantees), []),
      locks: 0,
      stopped: false,
    })),
    monitors: [],
  };
  const states = scenario.initial.reduce<readonly State[]>(
    (some, { handle, values }) => some.flatMap((state) => values.map((value) => assigning(state, handle, value))),
    [first],
  );
  return states.map((state) => ({
    ...state,
    monitors: guarantees.map(({ property }) => {
      const { start, initial } = monitorOf(property) ?? {};
      return start === undefined ? initial : start.state(...start.handles.map((handle) => state.shared.get(handle)));
    }),
  }));
}

function initialOf(handle: Handle): unknown {
  return match(handle)
    .with({ kind: 'variable' }, { kind: 'ghost' }, { kind: 'semaphore' }, ({ initial }) => initial)
    .with({ kind: 'mutex' }, () => undefined)
    .with({ kind: 'gate' }, (): GateState => ({ kind: 'open' }))
    .exhaustive();
}

/** The state with another value for one handle. */
export function assigning(state: State, handle: Handle, value: unknown): State {
  return { ...state, shared: new Map([...state.shared, [handle, value]]) };
}

/** The state with something else about one thread. */
export function changing(state: State, thread: number, change: Partial<ThreadState>): State {
  return { ...state, threads: state.threads.map((each, index) => (index === thread ? { ...each, ...change } : each)) };
}

/** Which thread holds a mutex. */
export function holderOf(state: State, mutex: Handle): number | undefined {
  return state.shared.get(mutex) as number | undefined;
}

export function gateOf(state: State, gate: Handle): GateState {
  return state.shared.get(gate) as GateState;
}

/** A string that is equal for equal states, whole histories included. */
export function keyOfState(state: State): string {
  const threads = state.threads.map(({ history, asks, locks, stopped }) => [
    asks.kind === 'done',
    asks.kind === 'done' ? [] : history,
    locks,
    stopped,
  ]);
  return keyOf([[...state.shared.values()], threads, state.monitors]);
}

/** What two engines must agree on, whatever their local states are: shared values, and what each thread is about to do. */
export function projectionOf(state: State): string {
  const shared = [...state.shared].map(([handle, value]) => `${handle.name}=${describe(value)}`);
  const threads = state.threads.map(({ asks, locks, stopped }) => `${keyOfAsks(asks)} locks=${locks}${stopped ? ' stopped' : ''}`);
  return [...shared, ...threads].join('\n');
}
