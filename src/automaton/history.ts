import { keyOf } from '../model/plain-data.ts';
import type { Routine } from '../model/routine.ts';
import type { Site } from '../model/site.ts';
import type { Outcome } from './replay.ts';

/**
 * What a body was called with and what its yields have answered so far. Histories that are equal are one object, among
 * those that began at one `Histories`: so none is ever spelled out to be looked up.
 */
export class History {
  /** Different for different histories of one `Histories`. */
  readonly number: number;
  readonly routine: Routine;
  /** The one without results. */
  readonly start: History;
  /** What the body answered to it, once it was run, and whether another history that leads to the same frame has confirmed it. */
  outcome: Outcome | undefined;
  confirmed = false;
  readonly #count: () => number;
  /** By result: those that are equal exactly if they are one value, and the keys of others. */
  #byValue: Map<unknown, History> | undefined;
  #byKey: Map<string, History> | undefined;

  constructor(count: () => number, routine: Routine, start?: History) {
    this.#count = count;
    this.number = count();
    this.routine = routine;
    this.start = start ?? this;
  }

  /** The history with one result more. Throws `not-plain-data` if the result is none. */
  after(result: unknown): History {
    if (isOneValue(result)) return this.#in((this.#byValue ??= new Map()), result);
    return this.#in((this.#byKey ??= new Map()), keyOf(result, this.routine.site));
  }

  #in<K>(map: Map<K, History>, key: K): History {
    let next = map.get(key);
    if (next === undefined) map.set(key, (next = new History(this.#count, this.routine, this.start)));
    return next;
  }
}

/** Whether `keyOf` gives the value the key of another exactly if a Map takes the two for one. */
function isOneValue(value: unknown): boolean {
  switch (typeof value) {
    case 'undefined':
    case 'boolean':
    case 'number':
    case 'string':
    case 'bigint':
      return true;
    default:
      return value === null;
  }
}

/** The histories of a routine that have no results yet: by the only argument, or by the key of all of them. */
interface Starts {
  readonly byValue: Map<unknown, History>;
  readonly byKey: Map<string, History>;
}

/** Where histories begin: by routine, which counts by its identity, and arguments. */
export class Histories {
  readonly #starts = new Map<Routine, Starts>();
  #size = 0;
  readonly #count = (): number => this.#size++;

  /** Throws `not-plain-data` if an argument is none. */
  start(routine: Routine, parameters: readonly unknown[], site: Site): History {
    let starts = this.#starts.get(routine);
    if (starts === undefined) this.#starts.set(routine, (starts = { byValue: new Map(), byKey: new Map() }));
    // Most bodies are called with one plain value.
    const [only] = parameters;
    if (parameters.length === 1 && isOneValue(only)) return this.#in(starts.byValue, only, routine);
    return this.#in(starts.byKey, keyOf(parameters, site), routine);
  }

  #in<K>(map: Map<K, History>, key: K, routine: Routine): History {
    let start = map.get(key);
    if (start === undefined) map.set(key, (start = new History(this.#count, routine)));
    return start;
  }
}
