import { match, P } from 'ts-pattern';
import type { Handle, Mutex } from '../model/handle.ts';
import type { Event } from '../property/event.ts';
import { monitorOf, type Guarantee, type Inside, type Reaction, type Violated } from '../property/property.ts';
import { gateOf, holderOf, type State, type Subject } from './state.ts';

/** Numbers of the guarantees that the answer picks. */
function numbersOf(guarantees: readonly Guarantee[], broken: (guarantee: Guarantee, number: number) => boolean): readonly number[] {
  return guarantees.flatMap((guarantee, number) => (broken(guarantee, number) ? [number] : []));
}

/** Shows events to the monitors, in order. A violated monitor stays so, and is reported on the step that violated it only. */
export function notified(
  { guarantees }: Subject,
  state: State,
  events: readonly Event[],
): { readonly state: State; readonly violated: readonly number[] } {
  const monitors = guarantees.map(({ property }, number) =>
    events.reduce((remembered, event) => reacted(monitorOf(property)?.reactions ?? [], remembered, event), state.monitors[number]),
  );
  return {
    state: { ...state, monitors },
    violated: numbersOf(guarantees, (_, number) => isViolated(monitors[number]) && !isViolated(state.monitors[number])),
  };
}

/** The values that monitors on states look at once a step is complete. */
export function settlements({ guarantees }: Subject, state: State, thread: string): readonly Event[] {
  const patterns = guarantees.flatMap(({ property }) => monitorOf(property)?.reactions ?? []).map(({ pattern }) => pattern);
  const handles = new Map(patterns.flatMap(({ kind, subject, handles: named }) => (kind === 'settles' ? [[subject, named ?? []]] : [])));
  return [...handles].map(([handle, named]) => ({
    kind: 'settles',
    thread,
    handle,
    values: named.map((each) => state.shared.get(each as Handle)),
  }));
}

/** What a monitor remembers after an event: all reactions that accept it, in the order given. */
function reacted(reactions: readonly Reaction[], remembered: unknown, event: Event): unknown {
  const subject = match(event)
    .with({ kind: 'enters' }, { kind: 'returns' }, ({ routine }) => routine)
    .with({ kind: 'emits' }, ({ event: name }) => name)
    .with({ kind: 'writes' }, { kind: 'changes' }, { kind: 'settles' }, ({ handle }) => handle)
    .exhaustive();
  return reactions
    .filter(({ pattern }) => pattern.kind === event.kind && pattern.subject === subject && pattern.accepts(event))
    .reduce((state, { react }) => (isViolated(state) ? state : react(state, event as never)), remembered);
}

function isViolated(answer: unknown): answer is Violated {
  return typeof answer === 'object' && answer !== null && 'kind' in answer && answer.kind === 'violated' && 'says' in answer;
}

/** Step properties that the step between two states breaks. */
export function stepsViolated({ guarantees }: Subject, before: State, after: State): readonly number[] {
  return numbersOf(
    guarantees,
    ({ property }) =>
      property.kind === 'stepProperty' &&
      !property.holds(
        property.handles.map((handle) => before.shared.get(handle)),
        property.handles.map((handle) => after.shared.get(handle)),
      ),
  );
}

/** The lock order, if the thread may not take this mutex while it holds what it holds. An unranked mutex is a leaf. */
export function rankViolated({ guarantees, handles, ranks }: Subject, state: State, thread: number, taken: Mutex): readonly number[] {
  const held = handles.filter(
    (handle): handle is Mutex => handle.kind === 'mutex' && handle !== taken && holderOf(state, handle) === thread,
  );
  const mayHold = ({ rank }: Mutex): boolean =>
    ranks === undefined || (rank !== undefined && (taken.rank === undefined || (ranks[taken.rank]?.includes(rank) ?? false)));
  return held.every(mayHold) ? [] : numbersOf(guarantees, ({ property }) => property.kind === 'lockOrder');
}

/** Guarantees that a state itself breaks: invariants, and deadlocks. `terminal`: no transition is enabled in it. */
export function stateViolated(subject: Subject, state: State, terminal: boolean): readonly number[] {
  return numbersOf(subject.guarantees, ({ property }, number) =>
    match(property)
      .with({ kind: 'invariant' }, ({ handles, holds }) => !holds(...handles.map((handle) => state.shared.get(handle))))
      .with({ kind: 'neverDelayedBy' }, () => isDelayed(subject, state, state.monitors[number] as Inside))
      .with({ kind: 'dataRaceFreedom' }, () => races(state))
      .with({ kind: 'notStuck' }, () => waitsInCircle(subject, state) || (terminal && isDeadlock(subject, state)))
      .otherwise(() => {
        const { atEnd } = monitorOf(property) ?? {};
        return terminal && !isViolated(state.monitors[number]) && atEnd?.(state.monitors[number]) !== undefined;
      }),
  );
}

/** Whether a state without transitions is one that no protocol should end in. */
function isDeadlock(subject: Subject, state: State): boolean {
  return state.threads.some((_, thread) => !mayRest(subject, state, thread));
}

/** Whether a thread may stay for ever where it is in the state. */
export function mayRest({ scenario }: Subject, state: State, thread: number): boolean {
  const { asks } = state.threads[thread]!;
  if (asks.kind === 'done') return true;
  const operation = asks.kind === 'operation' ? asks.operation : undefined;
  const forMutexOrWorld =
    asks.kind === 'operation' && asks.phase !== 'request' && (operation?.kind === 'lock' || operation?.kind === 'stop');
  return (scenario.threads[thread]!.daemon || operation?.mayWaitForever === true) && !forMutexOrWorld;
}

/** Whether some thread waits for itself, along who waits for whom. */
function waitsInCircle(subject: Subject, state: State): boolean {
  return state.threads.some((_, first) => waitsForAll(subject, state, first).has(first));
}

/** The threads that a thread waits for, directly or through others. */
function waitsForAll(subject: Subject, state: State, first: number): ReadonlySet<number> {
  const reached = new Set<number>();
  const follow = (thread: number): void => {
    for (const other of waitsFor(subject, state, thread))
      if (!reached.has(other)) {
        reached.add(other);
        follow(other);
      }
  };
  follow(first);
  return reached;
}

/** Whether a thread inside the delayed routines waits for a mutex, and so for one inside the delaying ones. */
function isDelayed(subject: Subject, state: State, { delayed, delaying }: Inside): boolean {
  const nameOf = (thread: number): string => subject.scenario.threads[thread]!.name;
  return state.threads.some(({ asks, stopped }, thread) => {
    const atMutex = !stopped && asks.kind === 'operation' && asks.phase !== 'request' && asks.operation.kind === 'lock';
    if (!atMutex || !delayed.includes(nameOf(thread))) return false;
    return [...waitsForAll(subject, state, thread)].some((other) => delaying.includes(nameOf(other)));
  });
}

/** Whether two threads could both access a plain variable next, one writing and one not atomically. */
function races(state: State): boolean {
  const accesses = state.threads.flatMap(({ asks, stopped }, thread) => {
    if (stopped || asks.kind !== 'operation') return [];
    const { operation } = asks;
    const handles = match(operation)
      .with({ kind: P.union('load', 'store', 'swap', 'compareAndSwap', 'fetchAdd') }, ({ handle }) => [handle])
      .with({ kind: P.union('waitUntil', 'atomically') }, ({ handles }) => handles)
      .otherwise(() => []);
    const writes = operation.kind !== 'load' && operation.kind !== 'waitUntil';
    const bare = operation.kind === 'load' || operation.kind === 'store';
    return handles.filter(({ isPlain }) => isPlain).map((handle) => ({ thread, handle, writes, bare }));
  });
  return accesses.some((one) =>
    accesses.some(
      (other) => one.thread < other.thread && one.handle === other.handle && (one.writes || other.writes) && (one.bare || other.bare),
    ),
  );
}

/** The threads that must move before this one can. */
function waitsFor({ scenario }: Subject, state: State, thread: number): readonly number[] {
  const { asks, stopped } = state.threads[thread]!;
  const { gate } = scenario.threads[thread]!;
  if (stopped && gate !== undefined) {
    const closed = gateOf(state, gate);
    return closed.kind === 'open' ? [] : [closed.by];
  }
  if (asks.kind !== 'operation' || asks.phase === 'request') return [];
  const { operation } = asks;
  if (operation.kind === 'lock') {
    const holder = holderOf(state, operation.mutex);
    // A thread that locks what it holds does not wait: that is a fault.
    return holder === undefined || holder === thread ? [] : [holder];
  }
  if (operation.kind !== 'stop') return [];
  return state.threads.flatMap((other, index) =>
    index !== thread && scenario.threads[index]!.gate === operation.gate && !other.stopped && other.locks > 0 ? [index] : [],
  );
}
