/** Lists in the descriptions of scenarios. */
import * as fc from 'fast-check';

/** One element or more. An array with a `minLength` is shrunk by fast-check from its front only; this one loses any element. */
export function upTo<T>(maxLength: number, element: fc.Arbitrary<T>): fc.Arbitrary<readonly T[]> {
  return fc.array(element, { maxLength, size: 'max' }).filter(({ length }) => length > 0);
}
