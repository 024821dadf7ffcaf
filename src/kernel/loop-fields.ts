import type { Layout } from './layout.ts';

/** A field as the inner loop reads it: the byte offset of its word in a state, its shift, its mask. */
export type FieldWords = readonly [number, number, number];

/** Fields whose values stand for a row of a table. */
export interface RadixFields {
  readonly fields: Int32Array;
  readonly radices: Int32Array;
}

export function fieldWords(layout: Layout, field: number): FieldWords {
  return [layout.word[field]! * 4, layout.shift[field]!, layout.mask[field]!];
}

/** How many fields, then each with its radix. */
export function radixFields(layout: Layout, { fields, radices }: RadixFields): readonly number[] {
  return [fields.length, ...Array.from(fields, (field, k) => [...fieldWords(layout, field), radices[k]!]).flat()];
}
