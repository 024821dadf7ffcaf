import type { Layout } from '../../kernel/layout.ts';
import type { Images } from './images.ts';

/** Where the number in one field of a renamed state comes from, and what it becomes. */
export interface Place {
  /** Index among the places. */
  readonly source: number;
  /** By the number in the source; undefined: it stays, or is of those that grow. */
  readonly map: Int32Array | undefined;
}

/** Fields that some renaming changes, in the order in which states are compared. */
export interface Places {
  readonly fields: readonly number[];
  /** By place: what becomes of the numbers in it, where more of them are found while the search goes on. */
  readonly growing: readonly (Images | undefined)[];
  /** By element, then place. */
  readonly byElement: readonly (readonly Place[])[];
}

/**
 * A function that puts the least of what the elements make of a packed state in its place, and answers the element that made
 * it. It is generated, with every word, shift, mask and table as a constant, for the reason of `Layout.unpacker`: it runs
 * for every step, and most states differ in the first field compared.
 *
 * The inner loop does the same by tables (src/loop/orbits.ts) and asks this where they do not tell.
 *
 * @param overflow told the place whose value its field can't hold; throws
 */
export function leastOf(layout: Layout, places: Places, overflow: (place: number) => void): (state: Int32Array, from: number) => number {
  const { fields, growing, byElement } = places;
  const read = (place: number): string => {
    const field = fields[place]!;
    return `((w${layout.word[field]} >>> ${layout.shift[field]}) & ${layout.mask[field]})`;
  };
  const image = (element: number, place: number): string => {
    const { source, map } = byElement[element]![place]!;
    if (growing[source] !== undefined) return `image(${element}, ${source}, ${read(source)})`;
    return map === undefined ? read(source) : `maps[${element}][${place}][${read(source)}]`;
  };
  const each = (line: (place: number) => string): string => fields.map((_, place) => line(place)).join('\n');
  // With two elements the best so far is the state as it is.
  const kept = byElement.length > 2;
  const best = (place: number): string => (kept ? `b${place}` : read(place));
  const attempt = (element: number): string => `
    attempt: {
      compare: {
        ${each((place) => `o = ${image(element, place)}; a = ${best(place)}; if (o > a) break attempt; if (o < a) break compare;`)}
        break attempt;
      }
      best = ${element};
      ${kept ? each((place) => `b${place} = ${image(element, place)};`) : ''}
    }`;
  const result = (place: number): string => (kept ? `b${place}` : image(1, place));
  const write = (place: number): string => {
    const field = fields[place]!;
    const word = layout.word[field]!;
    const shift = layout.shift[field]!;
    const mask = layout.mask[field]!;
    return `o = ${result(place)}; if (o > ${mask}) overflow(${place}); n${word} = (n${word} & ${~(mask << shift)}) | (o << ${shift});`;
  };
  const words = Array.from({ length: layout.words }, (_, word) => word);
  const body = `
    ${words.map((word) => `const w${word} = state[from + ${word}];`).join('\n')}
    let best = 0, o = 0, a = 0;
    ${kept ? each((place) => `let b${place} = ${read(place)};`) : ''}
    ${byElement.map((_, element) => (element === 0 ? '' : attempt(element))).join('\n')}
    if (best === 0) return 0;
    ${words.map((word) => `let n${word} = w${word};`).join('\n')}
    ${each(write)}
    ${words.map((word) => `state[from + ${word}] = n${word};`).join('\n')}
    return best;`;
  const imageIn = (element: number, source: number, number: number): number => {
    const known = growing[source]!.images[element]![number] ?? -1;
    return known >= 0 ? known : growing[source]!.imageOf(element, number);
  };
  const maps = byElement.map((row) => row.map(({ map }) => map));
  // The text is made of this layout's and these places' own numbers, nothing else.
  const make = new Function('maps', 'image', 'overflow', `return function (state, from) {${body}};`) as (
    tables: typeof maps,
    image: typeof imageIn,
    fails: typeof overflow,
  ) => (state: Int32Array, from: number) => number;
  return make(maps, imageIn, overflow);
}
