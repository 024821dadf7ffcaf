import { HeddleError } from './error.ts';
import { isHandle } from './handle.ts';
import type { Site } from './site.ts';

/** Values that may cross the border of a routine: compared by structure, never by identity. */
export type PlainData = unknown;

const identities = new WeakMap<object, number>();
let nextIdentity = 0;

/** A number for a handle or routine, stable while the process lives; caches are keyed by it, never by a name. */
export function identityOf(object: object): number {
  let identity = identities.get(object);
  if (identity === undefined) {
    identity = nextIdentity++;
    identities.set(object, identity);
  }
  return identity;
}

/**
 * A string that is equal for two values exactly when they are structurally equal.
 * Handles and routines count by identity. Throws `not-plain-data` for anything else that is not plain.
 */
export function keyOf(value: PlainData, site?: Site): string {
  switch (typeof value) {
    case 'undefined':
      return 'u';
    case 'boolean':
      return value ? 't' : 'f';
    case 'number':
      return Object.is(value, -0) ? '0' : String(value);
    case 'string':
      return JSON.stringify(value);
    case 'bigint':
      return `${value}n`;
    case 'function':
      if ('heddleRoutine' in value) return `#${identityOf(value)}`;
      break;
    case 'object':
      if (value === null) return 'null';
      if (isHandle(value)) return `@${identityOf(value)}`;
      if (isStructure(value)) return keyOfStructure(value, site, keyOf);
      if ('heddleHandles' in value) return `@${identityOf(value)}`;
      break;
    default:
  }
  throw new HeddleError('not-plain-data', `${describe(value)} is not plain data`, { site });
}

/** Whether a value counts by what it holds, and may be plain data. */
export function isStructure(value: PlainData): value is object {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The key of an array, or of an object by its names, made of the keys of its parts. */
export function keyOfStructure(value: object, site: Site | undefined, keyOfPart: (part: PlainData, site?: Site) => string): string {
  // Joined at once: a string that is made by adding to it keeps all that was added, an object each, for as long as it is kept.
  if (Array.isArray(value)) return `[${Array.from(value, (part: PlainData) => keyOfPart(part, site)).join()}]`;
  const names = inOrder(Object.keys(value));
  return `{${names.map((name) => `${quoted(name)}:${keyOfPart((value as Readonly<Record<string, unknown>>)[name], site)}`).join()}}`;
}

/** Names of properties in quotes: there are few, and each is asked for again and again. */
const quotedNames = new Map<string, string>();
function quoted(name: string): string {
  let text = quotedNames.get(name);
  if (text === undefined) quotedNames.set(name, (text = JSON.stringify(name)));
  return text;
}

/** Names of properties as some objects have them, and in order. */
interface Order {
  readonly given: readonly string[];
  readonly sorted: readonly string[];
}

/** By the first name as given. Objects are made in few places, and each has its names in one order, which is looked for again and again. */
const orders = new Map<string, Order[]>();
/** What is longer, or one of more that begin with one name, is sorted each time: such objects are used as tables. */
const mostNames = 16;
const mostOrders = 16;

function inOrder(given: string[]): readonly string[] {
  const [first] = given;
  if (first === undefined || given.length > mostNames) return given.sort();
  let known = orders.get(first);
  if (known === undefined) orders.set(first, (known = []));
  for (const order of known) if (isSame(order.given, given)) return order.sorted;
  if (known.length === mostOrders) return given.sort();
  const sorted = given.toSorted();
  known.push({ given, sorted });
  return sorted;
}

function isSame(names: readonly string[], others: readonly string[]): boolean {
  if (names.length !== others.length) return false;
  for (let k = 0; k < names.length; k++) if (names[k] !== others[k]) return false;
  return true;
}

/** Whether `keyOf` would give two values one key; without making it. */
export function areEqual(a: PlainData, b: PlainData): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Number.isNaN(a) && Number.isNaN(b);
  if (isByIdentity(a) || isByIdentity(b)) return false;
  if (Array.isArray(a) || Array.isArray(b))
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((element, k) => areEqual(element, b[k]));
  const entries = Object.entries(a);
  return (
    entries.length === Object.keys(b).length &&
    entries.every(([name, value]) => Object.hasOwn(b, name) && areEqual(value, (b as Readonly<Record<string, unknown>>)[name]))
  );
}

function isByIdentity(value: object): boolean {
  return isHandle(value) || 'heddleHandles' in value;
}

/** Deep-freezes plain data, so that no body can change what another history still needs. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !isByIdentity(value)) {
    Object.freeze(value);
    for (const entry of Object.values(value)) if (typeof entry === 'object') frozen(entry);
  }
  return value;
}

/** A value as a trace shows it: `2`, `true`, `'idle'`, `{procs: 2}`. */
export function describe(value: PlainData): string {
  switch (typeof value) {
    case 'string':
      return `'${value}'`;
    case 'function':
      return 'heddleRoutine' in value ? (value as unknown as { routineName: string }).routineName : `function ${value.name}`;
    case 'object':
      if (value === null) return 'null';
      if (isHandle(value)) return value.name;
      if (Array.isArray(value)) return `[${value.map(describe).join(', ')}]`;
      if (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null)
        return `{${Object.entries(value)
          .map(([key, entry]) => `${key}: ${describe(entry)}`)
          .join(', ')}}`;
      return value.constructor?.name ?? 'object';
    default:
      return String(value);
  }
}
