/** The renamings of a search over orbits as the inner loop reads them (src/loop/orbits.ts). */
import type { Layout } from '../../kernel/layout.ts';
import { fieldWords } from '../../kernel/loop-fields.ts';
import type { Loop } from '../../kernel/loop.ts';
import type { Places } from './least.ts';
import type { Images } from './images.ts';

/** What is added to the address of a table that grows. */
const grows = 1;

/** Images of numbers of one kind that there is room for at first. */
const fewest = 64;

/** What is taken for each other. */
export interface Alike {
  /** By element: where each thread goes. */
  readonly threads: readonly Int32Array[];
  /** The sets of threads that change places with each other, as sets of bits. */
  readonly sets: readonly number[];
  readonly places: Places;
}

/**
 * Writes the tables to the loop's memory; from then on images that are found are told there too. Returns their address.
 * Throws `OutOfMemory` if the loop's budget does not hold them.
 */
export function placeOrbits(loop: Loop, layout: Layout, { threads, sets, places: { fields, growing, byElement } }: Alike): number {
  const told = new Map(
    growing.flatMap((images) => (images === undefined ? [] : [[images, new ToldImages(loop, images, byElement.length)] as const])),
  );
  return loop.place([
    byElement.length - 1,
    loop.place(threads.slice(1).flatMap((to) => [...to])),
    sets.length,
    loop.place(sets),
    fields.length,
    ...fields.flatMap((field) => fieldWords(layout, field)),
    // The first element changes nothing.
    ...byElement.slice(1).flatMap((places, k) =>
      places.flatMap(({ source, map }): readonly number[] => {
        const images = growing[source];
        const from = fieldWords(layout, fields[source]!);
        if (images !== undefined) return [...from, told.get(images)!.addressOf(k + 1) + grows];
        return [...from, map === undefined ? 0 : loop.place(map)];
      }),
    ),
  ]);
}

/** What renamings make of numbers, in the loop's memory: by element the address of how many are told, and of each; −1: not known. */
class ToldImages {
  readonly #loop: Loop;
  /** By element: the word that holds the address. */
  readonly #words: readonly number[];

  constructor(loop: Loop, source: Images, elements: number) {
    this.#loop = loop;
    this.#words = Array.from({ length: elements }, (_, element) =>
      element === 0 ? 0 : loop.place([this.#tabled(source.images[element]!)]) >>> 2,
    );
    source.onAssigned = (element, number, image) => this.#tell(source, element, number, image);
  }

  addressOf(element: number): number {
    return this.#words[element]! << 2;
  }

  #tell(source: Images, element: number, number: number, image: number): void {
    const word = this.#words[element]!;
    if (word === 0) return;
    const at = this.#loop.words[word]! >>> 2;
    if (number < this.#loop.words[at]!) this.#loop.words[at + 1 + number] = image;
    else this.#loop.publish(word, this.#tabled(source.images[element]!));
  }

  #tabled(images: Int32Array): number {
    const room = Math.max(fewest, images.length);
    const words = new Int32Array(1 + room).fill(-1);
    words[0] = room;
    words.set(images, 1);
    return this.#loop.place(words);
  }
}
