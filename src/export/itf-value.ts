import type { Domain, Tagged } from '../model/domain.ts';

/** What the Informal Trace Format has words for, of what a handle may hold. */
export type ItfValue =
  | string
  | boolean
  | { readonly '#bigint': string }
  | { readonly '#tup': readonly ItfValue[] }
  | { readonly '#map': readonly (readonly [ItfValue, ItfValue])[] }
  | { readonly '#unserializable': string }
  | readonly ItfValue[]
  | { readonly [field: string]: ItfValue };

/**
 * How the values of a domain are written: different values differently. Where one of them is nothing, all are variants as
 * Quint and Apalache write them, so that a variable has one type: `None`, `Null` or `Some` of the value. A word with a tag is a record
 * whose fields have other names than those of such a variant.
 */
export function encoderOf({ encode, tagged }: Domain<unknown>): (value: unknown) => ItfValue {
  const optional = encode(undefined) >= 0 || encode(null) >= 0;
  const something = tagged === undefined ? scalar : wordOf(encoderOf(tagged));
  return (value) => (value === undefined ? none : value === null ? nothing('Null') : optional ? some(something(value)) : something(value));
}

function wordOf(encoded: (value: unknown) => ItfValue): (word: unknown) => ItfValue {
  return (word) => {
    const { value, tag } = word as Tagged<unknown>;
    return { tagged: encoded(value), count: integer(tag) };
  };
}

/** A variant without a value. */
export function nothing(tag: string): ItfValue {
  return { tag, value: { '#tup': [] } };
}

export const none = nothing('None');

export function some(value: ItfValue): ItfValue {
  return { tag: 'Some', value };
}

/** JSON integers are allowed too, but readers differ in what they make of them; all of them take this form. */
export function integer(value: number): ItfValue {
  return { '#bigint': String(value) };
}

function scalar(value: unknown): ItfValue {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  // Numbers that are no integers are all that is left; the format has no word for them.
  return Number.isSafeInteger(value) ? integer(Number(value)) : { '#unserializable': String(value) };
}
