import type { Kernel } from '../../kernel/kernel.ts';
import type { Choice, Schedule } from '../../schedule/schedule.ts';
import type { Alike } from './loop-orbits.ts';
import { symmetryOf, type Symmetry, type SymmetryParts, type SymmetryUse } from './symmetry.ts';

/** A step of a search over orbits: the choice taken in the least state of one, and the element that made the least state of the next. */
export interface OrbitStep {
  readonly choice: Choice;
  readonly element: number;
}

/** The steps of one edge of a search: threads change places behind the last of them. */
export function stepsOf(choices: readonly Choice[], element: number): readonly OrbitStep[] {
  return choices.map((choice, index) => ({ choice, element: index === choices.length - 1 ? element : 0 }));
}

/**
 * What a search over orbits needs beside its table of states. The table holds the least state of each orbit; a path in it
 * is no run yet, because threads may have changed places after each step. `run` undoes that.
 */
export class Orbits {
  readonly use: SymmetryUse;
  readonly #symmetry: Symmetry | undefined;
  /** By number of an initial state in the table: an initial state of the scenario, and the element that made the least of it. */
  readonly #starts: { readonly initial: number; readonly element: number }[] = [];

  /** A bit mask for each set of threads that are taken for each other. */
  readonly #alike: readonly number[];

  constructor(kernel: Kernel, parts: SymmetryParts = {}) {
    const symmetry = symmetryOf(kernel, parts);
    this.#symmetry = 'canonical' in symmetry ? symmetry : undefined;
    this.use = 'canonical' in symmetry ? symmetry.use : symmetry;
    const { threads } = kernel.system.scenario;
    this.#alike = this.use.threads.map((names) =>
      threads.reduce((mask, { name }, thread) => (names.includes(name) ? mask | (1 << thread) : mask), 0),
    );
  }

  /** What is taken for each other; undefined if nothing is. */
  get tables(): Alike | undefined {
    const symmetry = this.#symmetry;
    return (
      symmetry && { threads: symmetry.group.elements.map(({ threads }) => threads), sets: this.#alike, places: symmetry.canonical.places }
    );
  }

  /** Puts the least state of its orbit in the place of a packed state, which begins at `from`; answers the element that made it. */
  canonical(state: Int32Array, from = 0): number {
    return this.#symmetry?.canonical.canonical(state, from) ?? 0;
  }

  /** Where the threads go by an element. */
  threads(element: number): Int32Array | undefined {
    return this.#symmetry?.group.elements[element]!.threads;
  }

  /**
   * The safe steps that are safe whichever of the threads taken for each other takes them. Only then do they never make a circle: each
   * brings its thread nearer to a local state where none is safe, by as much whichever of the threads it is.
   */
  common(safe: readonly Uint8Array[]): readonly Uint8Array[] {
    const elements = this.#symmetry?.group.elements ?? [];
    return safe.map((own, thread) =>
      own.map((is, node) =>
        elements.every(({ threads, nodes }) => {
          const image = nodes[thread]![node]!;
          return image < 0 || safe[threads[thread]!]![image] === 1;
        })
          ? is
          : 0,
      ),
    );
  }

  /** The threads of a bit mask that are in it however those that are alike are renamed: how a search renamed them is not kept. */
  whateverTheNames(mask: number): number {
    let sure = mask;
    for (const alike of this.#alike) if ((mask & alike) !== alike) sure &= ~alike;
    return sure;
  }

  /** What an element makes of a packed state, in its place; what monitors remember is left as it is. */
  apply(element: number, state: Int32Array): void {
    this.#symmetry?.canonical.apply(element, state);
  }

  /** Takes down that the table's next initial state was made of this one of the scenario's. */
  starting(initial: number, element: number): void {
    this.#starts.push({ initial, element });
  }

  /** The run that a path from an initial state of the table stands for, and the element that makes its last state of the path's. */
  run(first: number, steps: readonly OrbitStep[]): { readonly schedule: Schedule; readonly element: number } {
    const { initial, element: start } = this.#starts[first] ?? { initial: first, element: 0 };
    let element = this.#inverse(start);
    const choices: Choice[] = [];
    for (const step of steps) {
      choices.push(this.renamed(step.choice, element));
      element = this.#product(element, this.#inverse(step.element));
    }
    return { schedule: { initial, choices }, element };
  }

  /** The choice of the thread that goes where an element puts the choice's own. */
  renamed({ thread, pick }: Choice, element: number): Choice {
    return { thread: this.threads(element)?.[thread] ?? thread, pick };
  }

  #inverse(element: number): number {
    return this.#symmetry?.group.inverse[element] ?? 0;
  }

  #product(first: number, second: number): number {
    return this.#symmetry?.group.product[first]![second] ?? 0;
  }
}
