/**
 * A finite set of values with a numbering: what a shared variable may hold.
 * `decode(encode(v))` is v for every v of the domain; codes are 0 … size − 1.
 */
export interface Domain<T> {
  readonly size: number;
  /** How errors and `heddle list` show it, e.g. `0..3`. */
  readonly label: string;
  /** The code of a value, or −1 if it is not in the domain. */
  encode(value: unknown): number;
  decode(code: number): T;
  /** Where values are threads: the code of the value after threads have changed places, or −1 if it is not in the domain. */
  rename?(code: number, threads: (thread: number) => number): number;
}

export const booleans: Domain<boolean> = {
  size: 2,
  label: 'bool',
  encode: (value) => (value === false ? 0 : value === true ? 1 : -1),
  decode: (code) => code === 1,
};

/** The whole numbers from `from` to `to`, both included. */
export function range(from: number, to: number): Domain<number> {
  return {
    size: to - from + 1,
    label: `${from}..${to}`,
    encode: (value) => (Number.isInteger(value) && (value as number) >= from && (value as number) <= to ? (value as number) - from : -1),
    decode: (code) => code + from,
  };
}

/** Threads by their index in the scenario, below `count`. */
export function threadIds(count: number): Domain<number> {
  return {
    ...range(0, count - 1),
    rename: (code, threads) => (threads(code) < count ? threads(code) : -1),
  };
}

/** The listed values, compared with `===`. */
export function listed<T extends string | number | boolean | undefined | null>(values: readonly T[]): Domain<T> {
  const copy = Object.freeze([...values]);
  return {
    size: copy.length,
    label: copy.map((value) => String(value)).join(' | '),
    encode: (value) => copy.indexOf(value as T),
    // The kernel only decodes codes that encode made, which are below size.
    decode: (code) => copy[code] as T,
  };
}

/** `undefined`, or a value of the inner domain. */
export function optional<T>(inner: Domain<T>): Domain<T | undefined> {
  return {
    size: inner.size + 1,
    label: `undefined | ${inner.label}`,
    encode: (value) => (value === undefined ? 0 : inner.encode(value) + (inner.encode(value) < 0 ? 0 : 1)),
    decode: (code) => (code === 0 ? undefined : inner.decode(code - 1)),
    ...(inner.rename !== undefined && { rename: (code, threads) => renamedOptional(inner, code, threads) }),
  };
}

function renamedOptional<T>(inner: Domain<T>, code: number, threads: (thread: number) => number): number {
  if (code === 0) return 0;
  const renamed = inner.rename!(code - 1, threads);
  return renamed < 0 ? -1 : renamed + 1;
}
