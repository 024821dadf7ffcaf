import type { LocalState, Pending } from '../automaton/local-state.ts';
import { resultOf } from '../automaton/result.ts';
import type { Operation } from '../model/operation.ts';
import { describe, keyOf } from '../model/plain-data.ts';
import { locate, type Place } from '../model/site.ts';

/**
 * What a step does, without its result: `lock sched.lock`, `store gomaxprocs = 2`, `enters GOMAXPROCS(2)`.
 * Counterexample files know a step by this, its thread and its routine.
 */
export function labelOf(pending: Pending): string {
  switch (pending.kind) {
    case 'enters':
      return `enters ${pending.routine}(${pending.parameters.map(describe).join(', ')})`;
    case 'returns':
      return `returns from ${pending.routine}`;
    case 'operation':
      return pending.phase === 'request' ? `requests ${labelOfOperation(pending.operation)}` : labelOfOperation(pending.operation);
    case 'fault':
      return `throws ${pending.message}`;
    case 'error':
      return pending.error.what;
    case 'done':
      return 'done';
  }
}

function labelOfOperation(operation: Operation): string {
  switch (operation.kind) {
    case 'load':
      return `load ${operation.handle.name}`;
    case 'store':
      return `store ${operation.handle.name} = ${describe(operation.value)}`;
    case 'swap':
      return `swap ${operation.handle.name} = ${describe(operation.value)}`;
    case 'compareAndSwap':
      return `compareAndSwap ${operation.handle.name} ${describe(operation.from)} → ${describe(operation.to)}`;
    case 'fetchAdd':
      return `fetchAdd ${operation.handle.name} ${operation.delta}`;
    case 'lock':
    case 'unlock':
    case 'tryLock':
      return `${operation.kind} ${operation.mutex.name}`;
    case 'acquire':
    case 'release':
      return `${operation.kind} ${operation.semaphore.name}`;
    case 'stop':
    case 'start':
      return `${operation.kind} ${operation.gate.name}`;
    case 'waitUntil':
    case 'atomically':
      return `${operation.kind} ${operation.handles.map(({ name }) => name).join(', ')}`;
    case 'choose':
      return 'choose';
    case 'emit':
      return operation.data === undefined ? `emit ${operation.event}` : `emit ${operation.event} ${describe(operation.data)}`;
    case 'acquirem':
    case 'releasem':
      return operation.kind;
  }
}

/** What the step answered, as the trace shows it after an arrow; undefined if there is nothing to tell. */
export function answerOf(pending: Pending, code: number): string | undefined {
  if (pending.kind === 'returns') return pending.value === undefined ? undefined : describe(pending.value);
  if (pending.kind !== 'operation' || pending.phase === 'request') return undefined;
  const result = resultOf(pending.operation, code);
  return result === undefined && pending.operation.kind !== 'load' ? undefined : describe(result);
}

/** What a `choose` may pick, as files and traces name it: the values, numbered where two look the same. */
export function picksOf(pending: Pending): readonly string[] {
  if (pending.kind !== 'operation' || pending.operation.kind !== 'choose') return [];
  const names = pending.operation.values.map(describe);
  return names.map((name, index) => (names.indexOf(name) === index ? name : `${name} (${index + 1})`));
}

/** Where a local state stands; undefined if it asks for nothing. */
export function placeOf(pending: Pending): Place | undefined {
  if (pending.kind === 'operation') return locate(pending.operation.site);
  if (pending.kind === 'enters' || pending.kind === 'returns') return locate(pending.site);
  return undefined;
}

/** The routines around a local state with what they were called with, outermost first: `GOMAXPROCS(2)`. */
export function callsOf(state: LocalState): readonly string[] {
  const calls = state.frames.map(({ routine, parameters }) => callOf(routine.routineName, parameters));
  return state.pending.kind === 'returns' ? [...calls, callOf(state.pending.routine, state.pending.parameters)] : calls;
}

function callOf(name: string, parameters: readonly unknown[]): string {
  const said = parameters.every((parameter) => parameter === undefined) ? [] : parameters.map(describe);
  return `${name}(${said.join(', ')})`;
}

/**
 * How many of the outermost calls around a local state have gone on since an earlier one of the same thread; the others
 * were entered in between. A loop whose body starts with a call and carries nothing new is taken to go on.
 */
export function ongoingCalls(before: LocalState, state: LocalState): number {
  // The frame that returns is gone already, but it was there before.
  if (state.pending.kind === 'returns') return state.frames.length + 1;
  const common = Math.min(before.frames.length, state.frames.length);
  for (let depth = 0; depth < common; depth++) {
    const was = before.frames[depth]!;
    const is = state.frames[depth]!;
    if (was.routine !== is.routine || was.site !== is.site || keyOf(was.parameters) !== keyOf(is.parameters)) return depth;
    if (is.results.length < was.results.length) return depth;
    const innermost = depth === before.frames.length - 1;
    // A whole operation of this frame adds a result to it, unless the frame began anew.
    if (innermost && is.results.length === was.results.length && answers(before.pending)) return depth;
    if (is.results.length > was.results.length) return depth + 1;
  }
  return common;
}

function answers(pending: Pending): boolean {
  return pending.kind === 'operation' && pending.phase !== 'request';
}

/** The routines around a local state, outermost first. */
export function nestingOf(state: LocalState): readonly string[] {
  const names = state.frames.map(({ routine }) => routine.routineName);
  // A return is a step of the routine that returns, whose frame is gone; an enter is one of the caller's.
  if (state.pending.kind === 'returns') return [...names, state.pending.routine];
  return names;
}
