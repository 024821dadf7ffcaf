import { withRoom } from '../../kernel/growing.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Images } from './images.ts';
import { Asymmetry } from './monitor-images.ts';
import type { Group } from './renaming.ts';
import { differing, Walk } from './same-tables.ts';

/** What renamings make of the local states of a thread that is learned as the search reaches them. */
export class NodeImages implements Images {
  readonly images: Int32Array<ArrayBuffer>[];
  onAssigned: Images['onAssigned'];

  constructor(images: readonly Int32Array[]) {
    this.images = images.map((known) => Int32Array.from(known));
  }

  imageOf(element: number, node: number): number {
    const image = this.images[element]![node] ?? -1;
    if (image < 0) throw new Error(`the local state ${node} was learned beside the search`);
    return image;
  }

  /** Takes an image down. False if another is known. */
  assign(element: number, node: number, image: number): boolean {
    const images = (this.images[element] = withRoom(this.images[element]!, node + 1));
    if (images[node]! >= 0) return images[node] === image;
    images[node] = image;
    this.onAssigned?.(element, node, image);
    return true;
  }
}

/**
 * Threads that are taken for each other while they are still learned: what one of them learns the others learn at once, each under its
 * own names, and it is checked there and then that it is the same. So whatever the search has reached has an image by every renaming,
 * and where threads turn out to differ an `Asymmetry` is thrown on the step that first shows it.
 */
export class GrowingNodes {
  readonly byThread: readonly NodeImages[];
  /** Told of each image that is found. */
  onMapped: ((element: number, thread: number, node: number, image: number) => void) | undefined;
  readonly #kernel: Kernel;
  readonly #group: Group;
  /** By element. */
  readonly #walks: readonly Walk[];
  /** By element and thread, then local state: which result of its image each result stands for, once that was asked. */
  readonly #results: readonly (readonly (readonly number[])[][])[];
  #isLearning = false;

  /** @param group whose renamings map all that is known of the threads (`renamingOf`) */
  constructor(kernel: Kernel, group: Group) {
    this.#kernel = kernel;
    this.#group = group;
    const { learners } = kernel.system;
    this.byThread = learners.map((_, thread) => new NodeImages(group.elements.map(({ nodes }) => nodes[thread]!)));
    this.#walks = group.elements.map(({ values, fields }) => new Walk(kernel, values, fields));
    this.#results = group.elements.map(() => learners.map(() => []));
    learners.forEach((learner, thread) => {
      learner.onLearned = (node, code, successor) => this.#learned(thread, node, code, successor);
    });
  }

  #learned(thread: number, node: number, code: number, successor: number): void {
    // The others, learning the same.
    if (this.#isLearning) return;
    this.#isLearning = true;
    try {
      const { elements, product } = this.#group;
      const { learners } = this.#kernel.system;
      const images = elements.map(({ threads }, element) => {
        if (element === 0) return successor;
        const image = this.byThread[thread]!.imageOf(element, node);
        return learners[threads[thread]!]!.next(image, this.#resultsAt(element, thread, node, image)[code]!);
      });
      const { images: known } = this.byThread[thread]!;
      if (elements.every((_, element) => known[element]![successor] === images[element])) return;
      this.#walks[0]!.extend();
      elements.forEach((_, element) => {
        if (element > 0 && (known[element]![successor] ?? -1) < 0) this.#resultsAt(element, thread, successor, images[element]!);
      });
      elements.forEach(({ threads }, second) =>
        elements.forEach((__, first) => this.#assign(first, threads[thread]!, images[second]!, images[product[first]![second]!]!)),
      );
    } finally {
      this.#isLearning = false;
    }
  }

  /** Which result of the image of a local state each of its own stands for. */
  #resultsAt(element: number, thread: number, node: number, image: number): readonly number[] {
    return (this.#results[element]![thread]![node] ??= this.#compared(element, thread, node, image));
  }

  #compared(element: number, thread: number, node: number, image: number): readonly number[] {
    const other = this.#group.elements[element]!.threads[thread]!;
    const results = this.#walks[element]!.results(thread, node, other, image);
    if (results === undefined) this.refuse(thread, node, other, image);
    return results ?? [];
  }

  #assign(element: number, thread: number, node: number, image: number): void {
    const isNew = (this.byThread[thread]!.images[element]![node] ?? -1) < 0;
    if (!this.byThread[thread]!.assign(element, node, image))
      this.refuse(thread, node, this.#group.elements[element]!.threads[thread]!, image);
    if (isNew) this.onMapped?.(element, thread, node, image);
  }

  /** The threads differ. A hook for tests that do without. */
  protected refuse(thread: number, node: number, other: number, image: number): void {
    const { system } = this.#kernel;
    throw new Asymmetry(differing(system, thread, system.learners[thread]!.states[node]!, other, system.learners[other]!.states[image]!));
  }
}
