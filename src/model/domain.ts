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
  /** Where values are words with a tag, or nothing: the domain of what is tagged. */
  readonly tagged?: Domain<unknown>;
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
    ...(inner.tagged !== undefined && { tagged: inner.tagged }),
    ...(inner.rename !== undefined && { rename: (code, threads) => renamedOptional(inner, code, threads) }),
  };
}

function renamedOptional<T>(inner: Domain<T>, code: number, threads: (thread: number) => number): number {
  if (code === 0) return 0;
  const renamed = inner.rename!(code - 1, threads);
  return renamed < 0 ? -1 : renamed + 1;
}

/** A value of the inner domain with a whole number from 0 to `most` beside it, in one word. */
export function tagging<T>(inner: Domain<T>, most: number): Domain<Tagged<T>> {
  const tags = most + 1;
  // One object for each code: whoever compares what was read finds it at once.
  const words = new Map<number, Tagged<T>>();
  const decode = (code: number): Tagged<T> => {
    let word = words.get(code);
    if (word === undefined) {
      word = Object.freeze({ value: inner.decode(Math.floor(code / tags)), tag: code % tags });
      words.set(code, word);
    }
    return word;
  };
  const tagDomain = range(0, most);
  return {
    size: inner.size * tags,
    label: `(${inner.label}) tagged ${tagDomain.label}`,
    encode: (word) => {
      if (typeof word !== 'object' || word === null || !('value' in word) || !('tag' in word)) return -1;
      const value = inner.encode(word.value);
      const tag = tagDomain.encode(word.tag);
      return value < 0 || tag < 0 ? -1 : value * tags + tag;
    },
    decode,
    tagged: inner,
    ...(inner.rename !== undefined && {
      rename: (code: number, threads: (thread: number) => number) => {
        const value = inner.rename!(Math.floor(code / tags), threads);
        return value < 0 ? -1 : value * tags + (code % tags);
      },
    }),
  };
}

/** What a word with a tag holds. */
export interface Tagged<T> {
  readonly value: T;
  readonly tag: number;
}
