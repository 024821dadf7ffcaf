/**
 * Sequential consistency: each operation reads and writes the one shared memory, atomically. This file is the table
 * "Blocking" of docs/semantics.md and what stands around it, and nothing else.
 */
import { match, P } from 'ts-pattern';
import { HeddleError } from '../model/error.ts';
import type { Handle, Mutex, Variable } from '../model/handle.ts';
import type { Operation, Outcome } from '../model/operation.ts';
import { describe } from '../model/plain-data.ts';
import { assigning, changing, gateOf, holderOf, type State, type Subject } from './state.ts';

/** One way that an operation can go. */
export type Effect =
  | {
      readonly kind: 'step';
      /** After the operation; the thread itself has not gone on yet. */
      readonly state: State;
      readonly result: unknown;
      /** Variables that it assigned, be it the same value, in the operation's order. */
      readonly assigned: readonly Variable<unknown>[];
      /** The mutex that it asked for or took: where lock ranks are judged. */
      readonly takes?: Mutex;
    }
  | { readonly kind: 'fault'; readonly category: 'lock' | 'throw'; readonly says: string };

/** All ways that a thread's operation can go in a state; none if it blocks. */
export function effects(
  { scenario }: Subject,
  state: State,
  thread: number,
  operation: Operation,
  phase: 'whole' | 'request' | 'complete',
): readonly Effect[] {
  const gate = scenario.threads[thread]!.gate;
  const value = (handle: Handle): unknown => state.shared.get(handle);
  const { locks } = state.threads[thread]!;
  /** The state with `m.locks` changed; threads without a gate have none. */
  const pinned = (by: number, from: State = state): State => (gate === undefined ? from : changing(from, thread, { locks: locks + by }));

  return match(operation)
    .returnType<readonly Effect[]>()
    .with({ kind: 'load' }, ({ handle }) => [step(state, value(handle))])
    .with({ kind: 'store' }, ({ handle, value: to }) => [wrote(state, [handle], [to], undefined)])
    .with({ kind: 'swap' }, ({ handle, value: to }) => [wrote(state, [handle], [to], value(handle))])
    .with({ kind: 'compareAndSwap' }, ({ handle, from, to }) =>
      value(handle) === from ? [wrote(state, [handle], [to], true)] : [step(state, false)],
    )
    .with({ kind: 'fetchAdd' }, ({ handle, delta }) => [wrote(state, [handle], [(value(handle) as number) + delta], value(handle))])
    .with({ kind: 'waitUntil' }, ({ handles, guard }) => (guard(...handles.map(value)) ? [step(state)] : []))
    .with({ kind: 'atomically' }, ({ handles, compute }) => compound(state, handles, compute(...handles.map(value))))
    .with({ kind: 'choose' }, ({ values }) => values.map((each) => step(state, each)))
    .with({ kind: 'emit' }, () => [step(state)])

    .with({ kind: 'lock' }, ({ mutex }) => {
      if (phase === 'request') return [{ ...step(pinned(1)), takes: mutex }];
      const holder = holderOf(state, mutex);
      if (holder === thread) return [fault('lock', `locks ${mutex.name}, which it holds already`)];
      if (holder !== undefined) return [];
      const taken = step(assigning(state, mutex, thread));
      // The rank was judged when it was requested.
      return phase === 'complete' ? [taken] : [{ ...taken, takes: mutex }];
    })
    .with({ kind: 'tryLock' }, ({ mutex }) =>
      holderOf(state, mutex) === undefined ? [{ ...step(assigning(pinned(1), mutex, thread), true), takes: mutex }] : [step(state, false)],
    )
    .with({ kind: 'unlock' }, ({ mutex }) => {
      if (holderOf(state, mutex) !== thread) return [fault('lock', `unlocks ${mutex.name}, which it does not hold`)];
      if (gate !== undefined && locks === 0) return [fault('lock', 'releases an m that it has not acquired')];
      return [step(assigning(pinned(-1), mutex, undefined))];
    })
    .with({ kind: 'acquirem' }, () => [step(pinned(1))])
    .with({ kind: 'releasem' }, () =>
      gate !== undefined && locks === 0 ? [fault('lock', 'releases an m that it has not acquired')] : [step(pinned(-1))],
    )

    .with({ kind: 'acquire' }, ({ semaphore }) => {
      if (semaphore.onlyBehind !== undefined && semaphore.onlyBehind !== gate)
        return [fault('throw', `waits on ${semaphore.name} without a goroutine to park`)];
      const count = value(semaphore) as number;
      return count > 0 ? [step(assigning(state, semaphore, count - 1))] : [];
    })
    .with({ kind: 'release' }, ({ semaphore }) => {
      const count = value(semaphore) as number;
      if (count === semaphore.limit) return [fault('throw', `releases ${semaphore.name} above its limit`)];
      return [step(assigning(state, semaphore, count + 1))];
    })

    .with({ kind: 'stop' }, ({ gate: stopped }) => {
      if (phase === 'request') {
        if (locks > 0) return [fault('lock', `stops ${stopped.name} while m.locks is ${locks}`)];
        if ([...state.shared].some(([handle, holder]) => handle.kind === 'mutex' && holder === thread))
          return [fault('lock', `stops ${stopped.name} while holding a mutex`)];
        if (gateOf(state, stopped).kind !== 'open') return [];
        return [step(assigning(state, stopped, { kind: 'closing', by: thread }))];
      }
      const behind = state.threads.filter((_, other) => other !== thread && scenario.threads[other]!.gate === stopped);
      if (behind.some((other) => !other.stopped && other.asks.kind !== 'done')) return [];
      return [step(assigning(state, stopped, { kind: 'stopped', by: thread }))];
    })
    .with({ kind: 'start' }, ({ gate: started }) => {
      const now = gateOf(state, started);
      if (now.kind !== 'stopped' || now.by !== thread) return [fault('throw', `starts ${started.name}, which it did not stop`)];
      const threads = state.threads.map((each, other) => (scenario.threads[other]!.gate === started ? { ...each, stopped: false } : each));
      return [step(assigning({ ...state, threads }, started, { kind: 'open' }))];
    })
    .exhaustive();
}

function step(state: State, result?: unknown): Extract<Effect, { kind: 'step' }> {
  return { kind: 'step', state, result, assigned: [] };
}

function fault(category: 'lock' | 'throw', says: string): Effect {
  return { kind: 'fault', category, says };
}

/** The step that assigns these variables. */
function wrote(state: State, handles: readonly Variable<unknown>[], values: readonly unknown[], result: unknown): Effect {
  handles.forEach((handle, index) => {
    if (handle.domain.encode(values[index]) < 0)
      throw new HeddleError('value-outside-domain', `${handle.name} can't hold ${describe(values[index])}`);
  });
  const after = handles.reduce((before, handle, index) => assigning(before, handle, values[index]), state);
  return { ...step(after, result), assigned: handles };
}

function compound(state: State, handles: readonly Variable<unknown>[], outcome: Outcome<readonly unknown[], unknown>): readonly Effect[] {
  return match(outcome)
    .returnType<readonly Effect[]>()
    .with('blocked', () => [])
    .with({ fault: P.string }, ({ fault: says }) => [fault('throw', says)])
    .otherwise(({ to, result }) => [to === undefined ? step(state, result) : wrote(state, handles, to, result)]);
}
