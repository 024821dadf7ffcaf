import type { Routine } from '../model/routine.ts';

/** What a monitor sees. `thread` is the name that the scenario gave it. */
export type Event =
  | { readonly kind: 'enters'; readonly thread: string; readonly routine: string; readonly parameters: readonly unknown[] }
  | {
      readonly kind: 'returns';
      readonly thread: string;
      readonly routine: string;
      readonly parameters: readonly unknown[];
      readonly value: unknown;
    }
  | { readonly kind: 'emits'; readonly thread: string; readonly event: string; readonly data: unknown }
  | { readonly kind: 'writes'; readonly thread: string; readonly handle: string; readonly from: unknown; readonly to: unknown }
  | { readonly kind: 'changes'; readonly thread: string; readonly handle: string; readonly from: unknown; readonly to: unknown }
  /** A step is complete, and these are the values of the handles named, in their order; `handle` is their names together. */
  | { readonly kind: 'settles'; readonly thread: string; readonly handle: string; readonly values: readonly unknown[] };

/** Which events: of one kind and one subject, perhaps of some threads only, perhaps only with some data. */
export interface EventPattern<E extends Event = Event> {
  readonly kind: Event['kind'];
  /** The routine's name, the emitted name, or the handle's name. */
  readonly subject: string;
  /** The handle that `writes` and `changes` speak of. */
  readonly handle?: object;
  /** The handles that `settles` speaks of. */
  readonly handles?: readonly { readonly name: string }[];
  /** The threads whose events count, by name; undefined: all. */
  readonly by: readonly string[] | undefined;
  readonly label: string;
  readonly accepts: (event: E) => boolean;
}

interface Filter<E extends Event> {
  /** Only events of these threads, by name. */
  readonly by?: string | readonly string[];
  /** How messages name the event, e.g. `idle becomes false`. */
  readonly as?: string;
  /** Only events of which this is true; a pure function. */
  readonly when?: (event: E) => boolean;
}

type Of<K extends Event['kind']> = Extract<Event, { kind: K }>;

function pattern<K extends Event['kind']>(kind: K, subject: string, filter: Filter<Of<K>>): EventPattern<Of<K>> {
  const by = filter.by === undefined ? undefined : [filter.by].flat();
  return Object.freeze({
    kind,
    subject,
    by,
    label: filter.as ?? `${kind}(${subject})${by === undefined ? '' : ` by ${by.join(' or ')}`}`,
    accepts: (event: Of<K>) => (by === undefined || by.includes(event.thread)) && (filter.when === undefined || filter.when(event)),
  });
}

/** A thread is about to run the routine's first operation. Routines match by name, so the pattern fits all variants. */
export function enters(routine: Routine | string, filter: Filter<Of<'enters'>> = {}): EventPattern<Of<'enters'>> {
  return pattern('enters', typeof routine === 'string' ? routine : routine.routineName, filter);
}

/** A thread has run the routine's last operation and gives its value to the caller. */
export function returns(routine: Routine | string, filter: Filter<Of<'returns'>> = {}): EventPattern<Of<'returns'>> {
  return pattern('returns', typeof routine === 'string' ? routine : routine.routineName, filter);
}

/** A thread emits an event of this name. */
export function emits(event: string, filter: Filter<Of<'emits'>> = {}): EventPattern<Of<'emits'>> {
  return pattern('emits', event, filter);
}

/** A step gives the variable another value. */
export function changes(handle: { readonly name: string }, filter: Filter<Of<'changes'>> = {}): EventPattern<Of<'changes'>> {
  return { ...pattern('changes', handle.name, filter), handle };
}

/** A step assigns the variable, be it the same value. */
export function writes(handle: { readonly name: string }, filter: Filter<Of<'writes'>> = {}): EventPattern<Of<'writes'>> {
  return { ...pattern('writes', handle.name, filter), handle };
}
