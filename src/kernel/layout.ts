import { HeddleError } from '../model/error.ts';

/** Where one small number lives in a packed state: a word, a shift and a mask of `bits` ones. */
export interface Field {
  readonly name: string;
  /** How many values it must hold. */
  readonly size: number;
}

/**
 * Packs fields by domain size into 32-bit words. A field never straddles two words, so reading one is a shift and a mask.
 * Indexed by field number, in the order given.
 */
export class Layout {
  readonly fields: readonly Field[];
  readonly words: number;
  readonly word: Int32Array;
  readonly shift: Int32Array;
  readonly mask: Int32Array;

  constructor(fields: readonly Field[]) {
    this.fields = fields;
    this.word = new Int32Array(fields.length);
    this.shift = new Int32Array(fields.length);
    this.mask = new Int32Array(fields.length);
    let word = 0;
    let used = 0;
    fields.forEach(({ name, size }, index) => {
      const bits = bitsFor(size);
      if (bits > 24) throw new HeddleError('state-too-wide', `${name} needs ${bits} bits`);
      if (used + bits > 32) {
        word++;
        used = 0;
      }
      this.word[index] = word;
      this.shift[index] = used;
      this.mask[index] = bits === 0 ? 0 : (1 << bits) - 1;
      used += bits;
    });
    this.words = word + 1;
  }

  /** The number that a field holds in the state that starts at `offset`. */
  read(state: Int32Array, field: number, offset = 0): number {
    return (state[offset + this.word[field]!]! >>> this.shift[field]!) & this.mask[field]!;
  }

  /**
   * A function that reads all fields of a state at once. It is generated, with every word, shift and mask as a constant:
   * a loop over the arrays above takes three times as long, for every state.
   */
  unpacker(): (state: Int32Array, fields: Int32Array) => void {
    const words = Array.from({ length: this.words }, (_, k) => `const w${k} = state[${k}];`);
    const reads = this.fields.map(
      (_, field) => `fields[${field}] = (w${this.word[field]} >>> ${this.shift[field]}) & ${this.mask[field]};`,
    );
    // The text is made of this layout's own numbers, nothing else.
    return new Function('state', 'fields', [...words, ...reads].join('\n')) as (state: Int32Array, fields: Int32Array) => void;
  }

  /** A function that takes a step by a slot's masks (see Program); generated for the same reason. */
  applier(): Applier {
    const lines = Array.from(
      { length: this.words },
      (_, k) => `next[${k}] = ((current[${k}] & keep[offset + ${k}]) | set[offset + ${k}]) + add[offset + ${k}];`,
    );
    return new Function('current', 'next', 'keep', 'set', 'add', 'offset', lines.join('\n')) as Applier;
  }

  /** A function that packs a state of this layout anew in another one of the same fields; wider ones, so that every value fits. */
  packer(other: Layout): (state: Int32Array, into: Int32Array) => void {
    const words = this.fields.reduce((parts, _, field) => {
      const read = `((from[${this.word[field]}] >>> ${this.shift[field]}) & ${this.mask[field]})`;
      parts[other.word[field]!] = [...(parts[other.word[field]!] ?? []), `(${read} << ${other.shift[field]})`];
      return parts;
    }, [] as string[][]);
    return new Function('from', 'into', words.map((parts, word) => `into[${word}] = ${parts.join(' | ')};`).join('\n')) as (
      state: Int32Array,
      into: Int32Array,
    ) => void;
  }

  write(state: Int32Array, field: number, value: number, offset = 0): void {
    const word = offset + this.word[field]!;
    state[word] = (state[word]! & ~(this.mask[field]! << this.shift[field]!)) | (value << this.shift[field]!);
  }
}

/** next = ((current & keep) | set) + add, for the masks from `offset` on. */
export type Applier = (current: Int32Array, next: Int32Array, keep: Int32Array, set: Int32Array, add: Int32Array, offset: number) => void;

/** How many bits hold the numbers 0 … size − 1. */
export function bitsFor(size: number): number {
  return size <= 1 ? 0 : 32 - Math.clz32(size - 1);
}
