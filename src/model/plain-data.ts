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
      if (Array.isArray(value)) return `[${value.map((element) => keyOf(element, site)).join(',')}]`;
      if (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null) {
        const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
        return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${keyOf(entry, site)}`).join(',')}}`;
      }
      if ('heddleHandles' in value) return `@${identityOf(value)}`;
      break;
    default:
  }
  throw new HeddleError('not-plain-data', `${describe(value)} is not plain data`, { site });
}

/** Deep-freezes plain data, so that no body can change what another history still needs. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !isHandle(value) && !('heddleHandles' in value)) {
    Object.freeze(value);
    for (const entry of Object.values(value)) frozen(entry);
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
