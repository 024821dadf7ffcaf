import { HeddleError } from '../model/error.ts';
import { watch, Step, type Control, type Operation } from '../model/operation.ts';
import { areEqual, describe, keyOf } from '../model/plain-data.ts';
import { rerun, siteOfError, type Site } from '../model/site.ts';
import { Histories } from './history.ts';
import type { Frame } from './local-state.ts';

/** How far a body got with the results of its frame. */
export type Outcome =
  | { readonly kind: 'asks'; readonly request: Operation | Control }
  | { readonly kind: 'returns'; readonly value: unknown }
  | { readonly kind: 'throws'; readonly message: string; readonly site: Site | undefined }
  | { readonly kind: 'errs'; readonly error: HeddleError };

/**
 * Runs frames' bodies from their start with the results they have received. A body must always answer the same
 * (`differs-on-replay`), which is what makes it sound to keep a frame instead of a running generator: it is run twice when
 * its arguments and results are new, and once more when another history first leads to the same ones. Then its answer is
 * known, for all threads and call sites that share these replays.
 */
export class Replays {
  readonly histories = new Histories();
  /** How often a body has been run. */
  runs = 0;

  outcome(frame: Frame): Outcome {
    const { history } = frame;
    const known = history.outcome;
    if (known !== undefined && history.confirmed) return known;
    const before = (history.outcome ??= this.#run(frame));
    const again = this.#run(frame);
    if (!agrees(before, again)) return differs(frame, before, again);
    history.confirmed = known !== undefined;
    return before;
  }

  #run(frame: Frame): Outcome {
    this.runs++;
    return run(frame);
  }
}

function differs(frame: Frame, before: Outcome, again: Outcome): Outcome {
  return {
    kind: 'errs',
    error: new HeddleError(
      'differs-on-replay',
      `${frame.routine.routineName} answered ${shown(before)} and then, for the same history, ${shown(again)}`,
      { site: frame.routine.site },
    ),
  };
}

function run(frame: Frame): Outcome {
  try {
    const { outcome, forgotten } = watch.body(() => advance(frame));
    if (forgotten !== undefined)
      return {
        kind: 'errs',
        error: new HeddleError('operation-not-yielded', `${nameOf(forgotten.request)} is made and not yielded`, {
          site: forgotten.request.site,
        }),
      };
    return outcome;
  } catch (error) {
    return thrown(error, frame);
  }
}

function nameOf(request: Operation | Control): string {
  if ('routine' in request) return `a call of ${request.routine.routineName}`;
  const handle =
    'handle' in request ? request.handle : 'mutex' in request ? request.mutex : 'semaphore' in request ? request.semaphore : undefined;
  return `${request.kind}(${handle?.name ?? '…'})`;
}

function advance(frame: Frame): Outcome {
  const running = frame.routine.body(...frame.parameters);
  const { results } = frame;
  const last = results.length - 1;
  // Only the operation after the last result is asked for; those before it were when their frames were replayed.
  if (last >= 0)
    rerun(() => {
      running.next();
      for (let k = 0; k < last; k++) running.next(results[k]);
    });
  const answer = last < 0 ? running.next() : running.next(results[last]);
  if (answer.done === true) {
    keyOf(answer.value, frame.routine.site);
    return { kind: 'returns', value: answer.value };
  }
  if (!(answer.value instanceof Step))
    return {
      kind: 'errs',
      error: new HeddleError('yielded-something-else', `${frame.routine.routineName} yielded ${describe(answer.value)}`, {
        site: frame.routine.site,
      }),
    };
  return { kind: 'asks', request: answer.value.request };
}

/** A plain Error is the runtime's own throw; programming errors and Heddle's are the model's fault. */
function thrown(error: unknown, frame: Frame): Outcome {
  if (error instanceof HeddleError) return { kind: 'errs', error };
  if (error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError || error instanceof SyntaxError)
    return {
      kind: 'errs',
      error: new HeddleError('body-threw', `${frame.routine.routineName} failed: ${error.message}`, {
        site: siteOfError(error) ?? frame.routine.site,
        cause: error,
      }),
    };
  if (error instanceof Error) return { kind: 'throws', message: error.message, site: siteOfError(error) ?? frame.routine.site };
  return { kind: 'throws', message: String(error), site: frame.routine.site };
}

function agrees(a: Outcome, b: Outcome): boolean {
  switch (a.kind) {
    case 'asks':
      return b.kind === 'asks' && asksTheSame(a.request, b.request);
    case 'returns':
      return b.kind === 'returns' && areEqual(a.value, b.value);
    case 'throws':
      return b.kind === 'throws' && a.message === b.message;
    case 'errs':
      return b.kind === 'errs' && a.error.message === b.error.message;
  }
}

/** Whether two requests can't be told apart: kind, place, and every plain value and handle in them; guards count by their place. */
export function asksTheSame(a: Operation | Control, b: Operation | Control): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind || a.site !== b.site) return false;
  // Requests of one kind have the same fields.
  const ones = a as unknown as Readonly<Record<string, unknown>>;
  const others = b as unknown as Readonly<Record<string, unknown>>;
  for (const name in ones)
    if (name !== 'ghosts' && name !== 'site' && !isGuard(ones[name]) && !areEqual(ones[name], others[name])) return false;
  return true;
}

function isGuard(value: unknown): boolean {
  return typeof value === 'function' && !('heddleRoutine' in value);
}

function shown(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'asks':
      return outcome.request.kind;
    case 'returns':
      return `a return of ${describe(outcome.value)}`;
    case 'throws':
    case 'errs':
      return 'an error';
  }
}
