import { booleans, listed, optional, range, tagging, threadIds, type Domain, type Tagged } from './domain.ts';
import { HeddleError } from './error.ts';
import { captureSite, type Site } from './site.ts';

/**
 * The handles: names for shared state. A handle is a constant; its value lives in the states of an exploration.
 * Each constructor takes a name first, or none inside `record`, which names its fields.
 */
abstract class BaseHandle {
  readonly site: Site;
  #name: string;
  constructor(name: string, site: Site) {
    this.#name = name;
    this.site = site;
  }
  get name(): string {
    if (this.#name === '')
      throw new HeddleError('bad-declaration', 'a handle has no name', {
        site: this.site,
        cure: "Give it one, e.g. int('gomaxprocs', …), or put it into a record.",
      });
    return this.#name;
  }
  /** Called by `record` and `array` on the handles they were given: prefixes or sets the name, once. */
  static named(handle: BaseHandle, name: string): void {
    if (handle.#name !== '')
      throw new HeddleError('bad-declaration', `the handle ${handle.#name} is named twice`, {
        site: handle.site,
        cure: 'Handles inside a record or array take no name of their own.',
      });
    handle.#name = name;
  }
  toString(): string {
    return this.name;
  }
}

/** A shared variable with a finite domain; reads and writes are operations such as `load(x)`. */
export class Variable<T> extends BaseHandle {
  readonly kind = 'variable';
  readonly domain: Domain<T>;
  readonly initial: T;
  /** Whether `load` and `store` of it are ordinary memory accesses, which may race. */
  readonly isPlain: boolean;
  constructor(name: string, domain: Domain<T>, initial: T, site: Site, isPlain = false) {
    super(name, site);
    if (domain.size < 1 || domain.size > 1 << 24)
      throw new HeddleError('bad-declaration', `the domain ${domain.label} has ${domain.size} values`, {
        site,
        cure: 'A domain has 1 to 16,777,216 values.',
      });
    if (domain.encode(initial) < 0)
      throw new HeddleError('value-outside-domain', `the initial value ${String(initial)} is not in ${domain.label}`, { site });
    this.domain = domain;
    this.initial = initial;
    this.isPlain = isPlain;
  }
}

/** A variable that only properties read; written beside operations with `set` and `update`. */
export class Ghost<T> extends BaseHandle {
  readonly kind = 'ghost';
  readonly domain: Domain<T>;
  readonly initial: T;
  constructor(name: string, inner: Variable<T>, site: Site) {
    super(name, site);
    this.domain = inner.domain;
    this.initial = inner.initial;
  }
}

/** A runtime mutex. `rank` is its name in the protocol's lock ranks; without one it is a leaf. */
export class Mutex extends BaseHandle {
  readonly kind = 'mutex';
  readonly rank: string | undefined;
  constructor(name: string, rank: string | undefined, site: Site) {
    super(name, site);
    this.rank = rank;
  }
}

/** A counting semaphore whose waiters wake in any order. */
export class Semaphore extends BaseHandle {
  readonly kind = 'semaphore';
  readonly initial: number;
  readonly limit: number;
  readonly onlyBehind: Gate | undefined;
  constructor(name: string, initial: number, limit: number, onlyBehind: Gate | undefined, site: Site) {
    super(name, site);
    this.initial = initial;
    this.limit = limit;
    this.onlyBehind = onlyBehind;
  }
}

/** What gated threads run behind, and what `stop` and `start` close and open: the world. */
export class Gate extends BaseHandle {
  readonly kind = 'gate';
}

export type Handle = Variable<unknown> | Ghost<unknown> | Mutex | Semaphore | Gate;

/** A fixed number of handles, reached by index. */
export class ArrayHandle<H extends Shared> {
  /** Marks it as comparable by identity in arguments. */
  readonly heddleHandles = true;
  readonly elements: readonly H[];
  readonly #name: string;
  constructor(name: string, elements: readonly H[]) {
    this.#name = name;
    this.elements = elements;
  }
  get length(): number {
    return this.elements.length;
  }
  /** The handle at `index`, a plain number that the body computed. Throws `value-outside-domain` beyond the ends. */
  at(index: number): H {
    const element = this.elements[index];
    if (element === undefined)
      throw new HeddleError('value-outside-domain', `${this.#name}.at(${index}) is outside 0..${this.elements.length - 1}`, {
        site: captureSite(this.at),
      });
    return element;
  }
}

/** What `shared` of a protocol may list: handles, and records and arrays of them. */
// oxlint-disable-next-line typescript/no-explicit-any -- Variable<T> is invariant in T; a list of handles of many types needs it.
export type Shared = Variable<any> | Ghost<any> | Mutex | Semaphore | Gate | ArrayHandle<any> | { readonly [field: string]: Shared };

/** Every handle below the given ones, in the order of declaration. */
export function handlesOf(shared: readonly Shared[]): Handle[] {
  return shared.flatMap((entry): Handle[] => {
    if (entry instanceof BaseHandle) return [entry as Handle];
    if (entry instanceof ArrayHandle) return handlesOf(entry.elements as Shared[]);
    return handlesOf(Object.values(entry));
  });
}

export function isHandle(value: unknown): value is Handle {
  return value instanceof BaseHandle;
}

/** A shared boolean, false at first unless said otherwise. */
export function bool(name?: string, initial?: boolean): Variable<boolean>;
export function bool(initial?: boolean): Variable<boolean>;
export function bool(first: string | boolean = '', second = false): Variable<boolean> {
  const site = captureSite(bool);
  return typeof first === 'string' ? new Variable(first, booleans, second, site) : new Variable('', booleans, first, site);
}

interface IntOptions {
  /** Smallest value. */
  readonly from?: number;
  /** Largest value. */
  readonly to: number;
  /** Value at the start unless the scenario says otherwise; `from` by default. */
  readonly initial?: number;
}

/** A shared whole number between two bounds, both included. Writing outside is an error of the model. */
export function int(name: string, options: IntOptions): Variable<number>;
export function int(options: IntOptions): Variable<number>;
export function int(first: string | IntOptions, second?: IntOptions): Variable<number> {
  const site = captureSite(int);
  const name = typeof first === 'string' ? first : '';
  const options = typeof first === 'string' ? second : first;
  if (options === undefined || !Number.isInteger(options.to) || !Number.isInteger(options.from ?? 0))
    throw new HeddleError('bad-declaration', `int ${name} needs whole bounds`, { site, cure: "Write int('name', { from: 0, to: 3 })." });
  const from = options.from ?? 0;
  return new Variable(name, range(from, options.to), options.initial ?? from, site);
}

/** A shared variable that holds one of the listed values; the first is its initial value. */
export function oneOf<const T extends string | number | boolean | undefined | null>(
  name: string,
  values: readonly [T, ...T[]],
): Variable<T>;
export function oneOf<const T extends string | number | boolean | undefined | null>(values: readonly [T, ...T[]]): Variable<T>;
export function oneOf<const T extends string | number | boolean | undefined | null>(
  first: string | readonly [T, ...T[]],
  second?: readonly [T, ...T[]],
): Variable<T> {
  const values = typeof first === 'string' ? second : first;
  const site = captureSite(oneOf);
  if (values === undefined || values.length === 0)
    throw new HeddleError('bad-declaration', 'oneOf needs its values', { site, cure: "Write oneOf('status', ['idle', 'running'])." });
  return new Variable(typeof first === 'string' ? first : '', listed(values), values[0], site);
}

/** A shared thread, by its index in the scenario (the result of `self`), of at most `count` threads. Renaming threads renames its values. */
export function threadId(name: string, count: number): Variable<number> {
  return new Variable(name, threadIds(count), 0, captureSite(threadId));
}

/** The same variable, or `undefined`, which is its initial value. */
export function option<T>(inner: Variable<T>): Variable<T | undefined>;
export function option<T>(name: string, inner: Variable<T>): Variable<T | undefined>;
export function option<T>(first: string | Variable<T>, second?: Variable<T>): Variable<T | undefined> {
  const site = captureSite(option);
  const inner = typeof first === 'string' ? second : first;
  if (inner === undefined)
    throw new HeddleError('bad-declaration', 'option needs the variable it makes optional', {
      site,
      cure: "Write option('owner', int({ to: 2 })).",
    });
  return new Variable(typeof first === 'string' ? first : '', optional(inner.domain), undefined, site);
}

/**
 * The variable's values, each with a whole number from 0 to `to` beside it, both in one word: `{ value, tag }`, as in a pointer that
 * carries a count (src/runtime/tagptr.go). At first the variable's initial value with tag 0.
 */
export function tagged<T>(inner: Variable<T>, options: { readonly to: number }): Variable<Tagged<T>>;
export function tagged<T>(name: string, inner: Variable<T>, options: { readonly to: number }): Variable<Tagged<T>>;
export function tagged<T>(
  first: string | Variable<T>,
  second: Variable<T> | { readonly to: number },
  third?: { readonly to: number },
): Variable<Tagged<T>> {
  const site = captureSite(tagged);
  const name = typeof first === 'string' ? first : '';
  const inner = typeof first === 'string' ? second : first;
  const options = typeof first === 'string' ? third : second;
  if (!(inner instanceof Variable) || options === undefined || !('to' in options) || !Number.isInteger(options.to) || options.to < 0)
    throw new HeddleError('bad-declaration', `tagged ${name} needs a variable and the largest tag`, {
      site,
      cure: "Write tagged('head', option(threadId('', 3)), { to: 7 }).",
    });
  return new Variable(name, tagging(inner.domain, options.to), Object.freeze({ value: inner.initial, tag: 0 }), site);
}

/** A runtime mutex. `rank` is its name in the protocol's lock ranks; an unranked mutex is a leaf. */
export function mutex(name: string, options?: { readonly rank?: string }): Mutex;
export function mutex(options?: { readonly rank?: string }): Mutex;
export function mutex(first: string | { readonly rank?: string } = {}, second: { readonly rank?: string } = {}): Mutex {
  const options = typeof first === 'string' ? second : first;
  return new Mutex(typeof first === 'string' ? first : '', options.rank, captureSite(mutex));
}

/** A counting semaphore; any waiter may be the one that wakes. `onlyBehind`: only threads behind that gate may wait on it. */
export function semaphore(
  name: string,
  options: { readonly initial: number; readonly limit?: number; readonly onlyBehind?: Gate },
): Semaphore {
  const site = captureSite(semaphore);
  const limit = options.limit ?? Math.max(1, options.initial);
  if (!Number.isInteger(options.initial) || options.initial < 0 || options.initial > limit)
    throw new HeddleError('bad-declaration', `semaphore ${name} starts at ${options.initial} of ${limit}`, {
      site,
      cure: 'initial is a whole number from 0 to limit.',
    });
  return new Semaphore(name, options.initial, limit, options.onlyBehind, site);
}

/** What gated threads run behind: `stop(gate)` waits until each other one has stopped at a safe point. */
export function gate(name: string): Gate {
  return new Gate(name, captureSite(gate));
}

/** The same variable as ordinary memory: `load` and `store` of it race unless something orders them (`dataRaceFreedom`). Other variables are atomic. */
export function plain<T>(inner: Variable<T>): Variable<T>;
export function plain<T>(name: string, inner: Variable<T>): Variable<T>;
export function plain<T>(first: string | Variable<T>, second?: Variable<T>): Variable<T> {
  const site = captureSite(plain);
  const inner = typeof first === 'string' ? second : first;
  if (inner === undefined)
    throw new HeddleError('bad-declaration', 'plain needs the variable that it makes plain', {
      site,
      cure: "Write plain('count', int({ to: 3 })).",
    });
  return new Variable(typeof first === 'string' ? first : '', inner.domain, inner.initial, site, true);
}

/** A variable for properties only: written beside operations, never read by the protocol. */
export function ghost<T>(name: string, inner: Variable<T>): Ghost<T>;
export function ghost<T>(inner: Variable<T>): Ghost<T>;
export function ghost<T>(first: string | Variable<T>, second?: Variable<T>): Ghost<T> {
  const site = captureSite(ghost);
  const inner = typeof first === 'string' ? second : first;
  if (inner === undefined)
    throw new HeddleError('bad-declaration', 'ghost needs the variable that it is', { site, cure: "Write ghost('seen', bool())." });
  return new Ghost(typeof first === 'string' ? first : '', inner, site);
}

/** A struct: gives each field the name `name.field` and returns the fields, so `sched.lock` reads as in the source. */
export function record<F extends Record<string, Shared>>(name: string, fields: F): F {
  for (const [field, entry] of Object.entries(fields)) if (entry instanceof BaseHandle) BaseHandle.named(entry, `${name}.${field}`);
  return Object.freeze(fields);
}

/** `length` handles made by `element`, which is given each one's name, e.g. `array('future', 3, (name) => mutex(name))`. */
export function array<H extends Shared>(name: string, length: number, element: (name: string, index: number) => H): ArrayHandle<H> {
  return new ArrayHandle(
    name,
    Array.from({ length }, (_, index) => element(`${name}[${index}]`, index)),
  );
}
