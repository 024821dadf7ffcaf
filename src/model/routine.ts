import { checkCaptures } from './captures.ts';
import { HeddleError } from './error.ts';
import { Step, thrownAway, watch, type Body } from './operation.ts';
import { frozen, keyOf } from './plain-data.ts';
import { captureSite, isRerunning, type Site } from './site.ts';

/**
 * A piece of a thread: calling it gives the step that runs it, so a call reads `yield* sysmonUpdateGOMAXPROCS()`.
 * It speaks to the world only through its arguments, the results of its yields and its return value.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- a routine of any parameters and result; each use knows its own.
export interface Routine<P extends readonly any[] = any, R = any> {
  (...parameters: P): Step<R>;
  readonly heddleRoutine: true;
  readonly routineName: string;
  readonly body: (...parameters: P) => Body<R>;
  readonly site: Site;
}

/** Go round a loop once more, with this carried value. */
export interface Again<C> {
  readonly kind: 'again';
  readonly carried: C;
}

/** Leave a loop with this value. */
export interface Done<R> {
  readonly kind: 'done';
  readonly value: R;
}

/**
 * Declares a routine. The name is the runtime's symbol; properties and traces use it.
 * Throws `captured-local` if the body assigns something that it does not declare, `routine-inside-routine` while a body runs.
 */
export function routine<P extends readonly unknown[], R>(name: string, body: (...parameters: P) => Body<R>): Routine<P, R> {
  const site = captureSite(routine);
  if (watch.running) throw new HeddleError('routine-inside-routine', `the routine ${name} is declared inside a running body`, { site });
  checkCaptures(body, `the body of ${name}`, site);
  const call = (...parameters: P): Step<R> => control<R>('call', declared, parameters, captureSite(call));
  const declared: Routine<P, R> = Object.assign(call, { heddleRoutine: true as const, routineName: name, body, site });
  return declared;
}

function control<R>(kind: 'call' | 'loop' | 'forever' | 'become', called: Routine, parameters: readonly unknown[], site: Site): Step<R> {
  if (isRerunning()) return thrownAway;
  for (const parameter of parameters) keyOf(parameter, site);
  return new Step<R>({ kind, routine: called, parameters: frozen([...parameters]), site });
}

/** Runs the body with `carried`, then with whatever `again(…)` it answers, until it answers `done(value)`. Nothing else survives an iteration. */
export function loop<C, R>(body: Routine<readonly [C], Again<C> | Done<R>> | Routine<[C], Again<C> | Done<R>>, carried: C): Step<R> {
  return control<R>('loop', body as Routine, [carried], captureSite(loop));
}

/** Runs the body again and again and never returns: a daemon such as sysmon. */
export function forever<P extends readonly unknown[]>(body: Routine<P>, ...parameters: P): Step<never> {
  return control<never>('forever', body as Routine, parameters, captureSite(forever));
}

/** A tail call: the caller's locals are forgotten and its result is that of the routine. Write `return yield* become(…)`. */
export function become<P extends readonly unknown[], R>(body: Routine<P, R>, ...parameters: P): Step<R> {
  return control<R>('become', body as Routine, parameters, captureSite(become));
}

/** The answer of a loop's body that goes round again. */
export function again<C>(carried: C): Again<C> {
  return frozen({ kind: 'again', carried });
}

/** The answer of a loop's body that leaves the loop. */
export function done(): Done<void>;
export function done<R>(value: R): Done<R>;
export function done<R>(value?: R): Done<R | undefined> {
  return frozen({ kind: 'done', value });
}
