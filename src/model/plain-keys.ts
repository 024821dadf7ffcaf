import { isStructure, keyOf, keyOfStructure, type PlainData } from './plain-data.ts';
import type { Site } from './site.ts';

/** Bytes that the heap takes for an object, for each of its parts, and for an entry of a table. */
const perObject = 40;
const perPart = 8;
const perEntry = 48;
/** What an array that was made by adding to another has room for: V8 leaves half as much again, and some. */
const roomIn = (array: readonly unknown[]): number => Math.floor(array.length * 1.5) + 16;

/**
 * Keys of plain data that grow and share most of what they hold, as the states of monitors do: what lies in a value is numbered,
 * and known by its identity once it is kept, so that a key is as long as the value has parts, whatever these hold.
 */
export class PlainKeys {
  /** By key: the number of what lies in values. */
  readonly #numbers = new Map<string, number>();
  /** Numbers of what lies in values that are kept: it can't change any more. */
  readonly #kept = new Map<object, number>();

  #bytes = 0;

  /** Bytes of the heap that all this and the kept values take, about. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Equal for two values exactly when they are structurally equal. Throws `not-plain-data` for what is not plain. */
  keyOf(value: PlainData, site?: Site): string {
    return isStructure(value) ? keyOfStructure(value, site, this.#keyOfPart) : keyOf(value, site);
  }

  /** Deep-freezes a value that has a key. */
  keep<T>(value: T): T {
    if (!isStructure(value)) return value;
    Object.freeze(value);
    const parts: readonly PlainData[] = Object.values(value);
    this.#bytes += perObject + (Array.isArray(value) ? roomIn(parts) : parts.length) * perPart;
    for (const part of parts)
      if (isStructure(part) && !this.#kept.has(part)) {
        this.keep(part);
        this.#kept.set(part, this.#numberOf(part));
        this.#bytes += perEntry;
      }
    return value;
  }

  // No other key begins with its first character.
  readonly #keyOfPart = (part: PlainData, site?: Site): string =>
    isStructure(part) ? `$${this.#kept.get(part) ?? this.#numberOf(part, site)}` : keyOf(part, site);

  #numberOf(part: object, site?: Site): number {
    const key = keyOfStructure(part, site, this.#keyOfPart);
    let number = this.#numbers.get(key);
    if (number === undefined) {
      this.#numbers.set(key, (number = this.#numbers.size));
      this.#bytes += key.length + perEntry;
    }
    return number;
  }
}
