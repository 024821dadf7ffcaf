import { match } from 'ts-pattern';
import { HeddleError } from '../model/error.ts';
import type { Gate, Mutex, Variable } from '../model/handle.ts';
import type { GhostWrite, Operation } from '../model/operation.ts';
import { describe } from '../model/plain-data.ts';
import { effects, type Effect } from './sequential-consistency.ts';
import { assigning, changing, gateOf, holderOf, observedIn, type State, type Subject } from './state.ts';
import { replayed, type Asks } from './thread.ts';
import { notified, rankViolated, settlements, stepsViolated } from './judgement.ts';
import type { Event } from '../property/event.ts';

/** One way on from a state. A fault ends the run: its step happens, and no state comes after it. */
export type Transition =
  /** `violated`: numbers of the guarantees that break on this step. */
  | { readonly kind: 'step'; readonly thread: number; readonly state: State; readonly violated: readonly number[] }
  | { readonly kind: 'fault'; readonly thread: number; readonly category: 'lock' | 'throw'; readonly says: string };

/** Every way on from a state. */
export function transitions(subject: Subject, state: State): readonly Transition[] {
  return state.threads.flatMap((_, thread) => [...ownSteps(subject, state, thread), ...stopAtSafePoint(subject, state, thread)]);
}

/** What a gated thread may do while another closes its gate: stop, if it is at a safe point. */
function stopAtSafePoint(subject: Subject, state: State, thread: number): readonly Transition[] {
  const { gate } = subject.scenario.threads[thread]!;
  const { asks, locks, stopped } = state.threads[thread]!;
  if (gate === undefined || stopped || locks > 0 || asks.kind === 'done') return [];
  const closing = gateOf(state, gate);
  if (closing.kind !== 'closing' || closing.by === thread) return [];
  const after = changing(state, thread, { stopped: true });
  return [{ kind: 'step', thread, state: after, violated: stepsViolated(subject, state, after) }];
}

/** What the thread asks for, in all the ways that it can go. */
function ownSteps(subject: Subject, state: State, thread: number): readonly Transition[] {
  const { name } = subject.scenario.threads[thread]!;
  const { asks, stopped } = state.threads[thread]!;
  if (stopped) return [];
  return match(asks)
    .returnType<readonly Transition[]>()
    .with({ kind: 'done' }, () => [])
    .with({ kind: 'fault' }, ({ says }) => [{ kind: 'fault', thread, category: 'throw', says }])
    .with({ kind: 'enters' }, { kind: 'returns' }, (event) => [
      taken(subject, state, thread, { kind: 'step', state, result: undefined, assigned: [] }, [], [{ ...event, thread: name }]),
    ])
    .with({ kind: 'operation' }, ({ operation, phase }) => {
      // What is written beside an operation is written when it is done, not when it is requested.
      const ghosts = phase === 'request' ? [] : operation.ghosts;
      const emitted: readonly Event[] =
        operation.kind === 'emit' ? [{ kind: 'emits', thread: name, event: operation.event, data: operation.data }] : [];
      return effects(subject, state, thread, operation, phase).map((effect) => taken(subject, state, thread, effect, ghosts, emitted));
    })
    .exhaustive();
}

/** Completes a step: the thread goes on with the result, ghosts are written, properties judge. */
function taken(
  subject: Subject,
  before: State,
  thread: number,
  effect: Effect,
  ghosts: Operation['ghosts'],
  happened: readonly Event[],
): Transition {
  if (effect.kind === 'fault') return { ...effect, thread };
  const history = [...before.threads[thread]!.history, effect.result];
  const asks = replayed(
    subject.scenario.threads[thread]!,
    thread,
    observedIn(subject.scenario.threads[thread]!.name, subject.guarantees),
    history,
  );
  const moved = changing(effect.state, thread, asks.kind === 'done' ? { asks, history: [] } : { asks, history });
  const wrong = faultOnArrival(subject, moved, thread, asks);
  if (wrong !== undefined) return { ...wrong, thread };

  const written = ghosts.reduce((state, ghost) => assigning(state, ghost.target, ghostValue(ghost, before, effect.result)), moved);
  const assigned = [...effect.assigned, ...ghosts.map(({ target }) => target)] as readonly Variable<unknown>[];
  const name = subject.scenario.threads[thread]!.name;
  const assignments = assigned.flatMap((handle): readonly Event[] => {
    const assignment = { thread: name, handle: handle.name, from: before.shared.get(handle), to: written.shared.get(handle) };
    const write: Event = { kind: 'writes', ...assignment };
    return assignment.from === assignment.to ? [write] : [write, { kind: 'changes', ...assignment }];
  });
  const { state, violated } = notified(subject, written, [...happened, ...assignments, ...settlements(subject, written, name)]);
  const ranks = effect.takes === undefined ? [] : rankViolated(subject, before, thread, effect.takes);
  return { kind: 'step', thread, state, violated: [...violated, ...ranks, ...stepsViolated(subject, before, state)] };
}

function ghostValue({ target, reads, compute }: GhostWrite, before: State, result: unknown): unknown {
  const value = compute(before.shared.get(target), ...reads.map((handle) => before.shared.get(handle)), result);
  if (target.domain.encode(value) < 0)
    throw new HeddleError('value-outside-domain', `the ghost ${target.name} can't hold ${describe(value)}`);
  return value;
}

/** What the runtime throws as a thread gets where it is now: by its body, or by exiting with something in its hands. */
function faultOnArrival(
  { handles }: Subject,
  state: State,
  thread: number,
  asks: Asks,
): { readonly kind: 'fault'; readonly category: 'lock' | 'throw'; readonly says: string } | undefined {
  if (asks.kind === 'fault') return { kind: 'fault', category: 'throw', says: asks.says };
  if (asks.kind !== 'done') return undefined;
  const held = handles.find((handle): handle is Mutex => handle.kind === 'mutex' && holderOf(state, handle) === thread);
  if (held !== undefined) return { kind: 'fault', category: 'lock', says: `exits holding ${held.name}` };
  const { locks } = state.threads[thread]!;
  if (locks > 0) return { kind: 'fault', category: 'lock', says: `exits with m.locks at ${locks}` };
  const closed = handles.find((handle): handle is Gate => {
    if (handle.kind !== 'gate') return false;
    const gate = gateOf(state, handle);
    return gate.kind !== 'open' && gate.by === thread;
  });
  return closed && { kind: 'fault', category: 'throw', says: `exits with ${closed.name} stopped` };
}
