import { HeddleError } from './error.ts';
import { Ghost, type Gate, type Mutex, type Semaphore, type Variable } from './handle.ts';
import { describe, frozen, keyOf } from './plain-data.ts';
import { Step, thrownAway, type GhostWrite, type Operation, type Outcome } from './operation.ts';
import { checkCaptures } from './captures.ts';
import { captureSite, isRerunning, type Site } from './site.ts';

/** Written beside an operation, on the same step. */
export interface Beside {
  /** Ghost writes: `set(seen, true)`, `update(count, (old) => old + 1)`, or a list of them. */
  readonly ghost?: GhostWrite | readonly GhostWrite[];
}

type ValuesOf<H extends readonly Variable<unknown>[]> = { readonly [I in keyof H]: H[I] extends Variable<infer T> ? T : never };
// oxlint-disable-next-line typescript/no-explicit-any -- Variable<T> is invariant in T; a tuple of variables of any types needs it.
type AnyVariable = Variable<any>;

function ghostsOf(beside: Beside | undefined): readonly GhostWrite[] {
  const ghost = beside?.ghost;
  if (ghost === undefined) return [];
  return Array.isArray(ghost) ? (ghost as readonly GhostWrite[]) : [ghost as GhostWrite];
}

// The union distributes badly over Omit; this keeps each alternative whole.
type Bare<O> = O extends unknown ? Omit<O, 'site' | 'ghosts' | 'mayWaitForever'> : never;

function step<R>(site: Site, operation: Bare<Operation>, beside?: Beside): Step<R> {
  if (isRerunning()) return thrownAway;
  return new Step<R>({ ...operation, site, ghosts: ghostsOf(beside), mayWaitForever: false } as Operation);
}

function ordinary(handle: { readonly kind: string; readonly name: string }, site: Site): void {
  if (handle instanceof Ghost)
    throw new HeddleError('ghost-decides', `the ghost ${handle.name} would be read or written as if the protocol knew it`, { site });
}

/** A list of handles names each once: two values for one variable would contradict each other. */
function once(handles: readonly { readonly name: string }[], site: Site): void {
  const twice = handles.find((handle, index) => handles.indexOf(handle) !== index);
  if (twice !== undefined)
    throw new HeddleError('bad-declaration', `${twice.name} is named twice`, {
      site,
      cure: 'Name each handle once; if an index may be equal to another, treat that case by itself.',
    });
}

function within(handle: Variable<unknown>, value: unknown, site: Site): void {
  if (handle.domain.encode(value) < 0)
    throw new HeddleError('value-outside-domain', `${handle.name} can't hold ${describe(value)}: its domain is ${handle.domain.label}`, {
      site,
    });
}

/** Reads a variable: one step. */
export function load<T>(handle: Variable<T>, beside?: Beside): Step<T> {
  const site = captureSite(load);
  ordinary(handle, site);
  return step<T>(site, { kind: 'load', handle: handle as AnyVariable }, beside);
}

/** Writes a variable: one step. A value outside the domain is an error of the model. */
export function store<T>(handle: Variable<T>, value: NoInfer<T>, beside?: Beside): Step<void> {
  const site = captureSite(store);
  ordinary(handle, site);
  within(handle as AnyVariable, value, site);
  return step<void>(site, { kind: 'store', handle: handle as AnyVariable, value }, beside);
}

/** Writes a variable and returns what it held: one step. */
export function swap<T>(handle: Variable<T>, value: NoInfer<T>, beside?: Beside): Step<T> {
  const site = captureSite(swap);
  ordinary(handle, site);
  within(handle as AnyVariable, value, site);
  return step<T>(site, { kind: 'swap', handle: handle as AnyVariable, value }, beside);
}

/** Writes `to` if the variable holds `from`; returns whether it did: one step. */
export function compareAndSwap<T>(handle: Variable<T>, from: NoInfer<T>, to: NoInfer<T>, beside?: Beside): Step<boolean> {
  const site = captureSite(compareAndSwap);
  ordinary(handle, site);
  within(handle as AnyVariable, from, site);
  within(handle as AnyVariable, to, site);
  return step<boolean>(site, { kind: 'compareAndSwap', handle: handle as AnyVariable, from, to }, beside);
}

/** Adds to a number and returns the old value: one step. Leaving the domain is an error of the model, never a wrap-around. */
export function fetchAdd(handle: Variable<number>, delta: number, beside?: Beside): Step<number> {
  const site = captureSite(fetchAdd);
  ordinary(handle, site);
  return step<number>(site, { kind: 'fetchAdd', handle: handle as AnyVariable, delta }, beside);
}

/** Takes a mutex; blocks while it is held. Two steps, request and acquire, for a gated thread. */
export function lock(mutex: Mutex, beside?: Beside): Step<void> {
  return step<void>(captureSite(lock), { kind: 'lock', mutex }, beside);
}

/** Gives a mutex back; a fault unless this thread holds it. */
export function unlock(mutex: Mutex, beside?: Beside): Step<void> {
  return step<void>(captureSite(unlock), { kind: 'unlock', mutex }, beside);
}

/** Takes a mutex if nobody holds it; returns whether it did. Never blocks. */
export function tryLock(mutex: Mutex, beside?: Beside): Step<boolean> {
  return step<boolean>(captureSite(tryLock), { kind: 'tryLock', mutex }, beside);
}

/** Pins a gated thread: it can't be stopped until the matching `releasem`. */
export function acquirem(beside?: Beside): Step<void> {
  return step<void>(captureSite(acquirem), { kind: 'acquirem' }, beside);
}

/** Undoes one `acquirem`. */
export function releasem(beside?: Beside): Step<void> {
  return step<void>(captureSite(releasem), { kind: 'releasem' }, beside);
}

/** Takes one from a semaphore; blocks at 0. */
export function acquire(semaphore: Semaphore, beside?: Beside): Step<void> {
  return step<void>(captureSite(acquire), { kind: 'acquire', semaphore }, beside);
}

/** Gives one to a semaphore; a fault above its limit. */
export function release(semaphore: Semaphore, beside?: Beside): Step<void> {
  return step<void>(captureSite(release), { kind: 'release', semaphore }, beside);
}

/** Stops every other thread behind the gate: two steps, request and complete. A fault with `m.locks` above 0. */
export function stop(gate: Gate, beside?: Beside): Step<void> {
  return step<void>(captureSite(stop), { kind: 'stop', gate }, beside);
}

/** Lets the threads behind a gate go on; a fault unless this thread stopped them. */
export function start(gate: Gate, beside?: Beside): Step<void> {
  return step<void>(captureSite(start), { kind: 'start', gate }, beside);
}

/** Blocks until the guard is true of the named variables' values, all read in one step. The guard is a table over their domains: it may depend on nothing else. */
export function waitUntil<const H extends readonly AnyVariable[]>(
  handles: H,
  guard: (...values: ValuesOf<H>) => boolean,
  beside?: Beside,
): Step<void> {
  if (isRerunning()) return thrownAway;
  const site = captureSite(waitUntil);
  for (const handle of handles) ordinary(handle, site);
  once(handles, site);
  checkCaptures(guard, 'a guard', site);
  return step<void>(site, { kind: 'waitUntil', handles, guard: guard as (...values: readonly unknown[]) => boolean }, beside);
}

/**
 * Reads and writes the named variables in one step: a compare-and-swap over several words, or a critical section nobody can look into.
 * `compute` gets their values and answers `{ to: [new values], result }` (each optional), `'blocked'`, or `{ fault: 'the runtime throws this' }`.
 */
export function atomically<const H extends readonly AnyVariable[], R = void>(
  handles: H,
  compute: (...values: ValuesOf<H>) => Outcome<ValuesOf<H>, R>,
  beside?: Beside,
): Step<R> {
  if (isRerunning()) return thrownAway;
  const site = captureSite(atomically);
  for (const handle of handles) ordinary(handle, site);
  once(handles, site);
  checkCaptures(compute, 'a compound step', site);
  return step<R>(
    site,
    { kind: 'atomically', handles, compute: compute as (...values: readonly unknown[]) => Outcome<readonly unknown[], unknown> },
    beside,
  );
}

/** One of the values, each of which is explored: a client's next call, an environment's change. */
export function choose<const T>(...values: readonly [T, ...T[]]): Step<T> {
  if (isRerunning()) return thrownAway;
  const site = captureSite(choose);
  for (const value of values) keyOf(value, site);
  return step<T>(site, { kind: 'choose', values: frozen(values) });
}

/** A step that only properties see: `emits('name')`. */
export function emit(event: string, data?: unknown, beside?: Beside): Step<void> {
  if (isRerunning()) return thrownAway;
  const site = captureSite(emit);
  keyOf(data, site);
  return step<void>(site, { kind: 'emit', event, data: frozen(data) }, beside);
}

/** The runtime's own assertion: nothing if the condition is true, otherwise a fault with this message. */
export function ensure(condition: boolean, message: string): Step<void> {
  if (isRerunning()) return thrownAway;
  return new Step<void>({ kind: 'ensure', condition, message, site: captureSite(ensure) });
}

/** The index of the thread in its scenario. Takes no step. */
export function self(): Step<number> {
  if (isRerunning()) return thrownAway;
  return new Step<number>({ kind: 'self', site: captureSite(self) });
}

/** Marks a blocking operation at which a thread may wait for ever without being stuck: an idle worker, a parked daemon. */
export function mayWaitForever<R>(blocking: Step<R>): Step<R> {
  const request = blocking.request;
  if (!('ghosts' in request))
    throw new HeddleError('bad-declaration', `mayWaitForever can't mark ${request.kind}`, {
      site: captureSite(mayWaitForever),
      cure: 'Mark the blocking operation itself: mayWaitForever(waitUntil(…)).',
    });
  const marked = new Step<R>({ ...request, mayWaitForever: true });
  // The inner step is used up: only the marked one is yielded.
  for (const _ of consumed(blocking));
  return marked;
}

/** Tells the watch that a step was taken over by another. */
function* consumed(blocking: Step<unknown>): Generator<never> {
  blocking[Symbol.iterator]().next();
}

/** Writes a ghost on the step of an operation. */
export function set<T>(target: Ghost<T>, value: NoInfer<T>): GhostWrite {
  return { target: target as Ghost<unknown>, reads: [], compute: () => value };
}

/** Computes a ghost's new value from its old one, the values of `reads` before the step, and the operation's result. */
export function update<T, const H extends readonly (AnyVariable | Ghost<unknown>)[]>(
  target: Ghost<T>,
  reads: H,
  compute: (old: T, ...values: readonly unknown[]) => T,
): GhostWrite;
export function update<T>(target: Ghost<T>, compute: (old: T, result: unknown) => T): GhostWrite;
export function update<T>(target: Ghost<T>, first: unknown, second?: unknown): GhostWrite {
  const site = captureSite(update);
  const compute = (second ?? first) as (...values: readonly unknown[]) => unknown;
  if (!isRerunning()) checkCaptures(compute, 'a ghost update', site);
  return { target: target as Ghost<unknown>, reads: second === undefined ? [] : (first as readonly Variable<unknown>[]), compute };
}
