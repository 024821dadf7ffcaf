/**
 * Uniform over interleavings: the next thread is drawn with odds in proportion to the steps that it still has to take.
 * Of the (a + b + …)!/(a! b! …) interleavings of threads with a, b, … steps left, that many shares begin with each, so where
 * the counts are exact and nobody ever blocks, every interleaving is equally likely (the weights of URW in Zhao, Wolff,
 * Mathur, Roychoudhury, "Selectively uniform concurrency testing", ASPLOS 2025).
 *
 * Counts come from the automata: exact where all ways to the end are equally long, means where they are not (see
 * `RemainingSteps`). Blocking and stopping at safe points are not foreseen: they skew the odds, they exclude nothing.
 */
import type { Kernel } from '../../kernel/kernel.ts';
import type { RandomStream } from '../random/random-stream.ts';
import { RemainingSteps } from './remaining-steps.ts';
import type { Moves, Strategy, StrategySettings } from './strategy.ts';

export class Uniform implements Strategy {
  readonly #kernel: Kernel;
  readonly #remaining: RemainingSteps;
  /** By thread: the steps that it still has to take. */
  readonly #weights: Float64Array;
  #random!: RandomStream;

  constructor(kernel: Kernel, { maxSteps }: StrategySettings) {
    this.#kernel = kernel;
    this.#remaining = new RemainingSteps(kernel.system, maxSteps);
    this.#weights = new Float64Array(kernel.threads);
  }

  begin(random: RandomStream): void {
    this.#random = random;
    for (let thread = 0; thread < this.#weights.length; thread++) this.#weigh(thread);
  }

  pick({ ways, halts }: Moves): number {
    const weights = this.#weights;
    let total = 0;
    let last = -1;
    for (let thread = 0; thread < ways.length; thread++)
      if (ways[thread]! + halts[thread]! > 0) {
        total += weights[thread]!;
        last = thread;
      }
    let left = this.#random.fraction() * total;
    for (let thread = 0; thread < last; thread++)
      if (ways[thread]! + halts[thread]! > 0) {
        if (left < weights[thread]!) return thread;
        left -= weights[thread]!;
      }
    return last;
  }

  moved(thread: number): void {
    this.#weigh(thread);
  }

  #weigh(thread: number): void {
    // A thread that fails before its first operation still has that step to take.
    this.#weights[thread] = Math.max(1, this.#remaining.of(thread, this.#kernel.nodeOf(thread)));
  }
}
