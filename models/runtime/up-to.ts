/** Parts of the descriptions of scenarios. */
import * as fc from 'fast-check';

/** One element or more. An array with a `minLength` is shrunk by fast-check from its front only; this one loses any element. */
export function upTo<T>(maxLength: number, element: fc.Arbitrary<T>): fc.Arbitrary<readonly T[]> {
  return fc.array(element, { maxLength, size: 'max' }).filter(({ length }) => length > 0);
}

/** One of these, listed from what is simplest: it shrinks towards the first, also where it was not drawn but given. */
export function simplestFirst<T extends string>(values: readonly T[]): fc.Arbitrary<T> {
  return fc.nat(values.length - 1).map(
    (number) => values[number]!,
    (value) => {
      const number = values.findIndex((each) => each === value);
      if (number < 0) throw new Error('not one of them');
      return number;
    },
  );
}
