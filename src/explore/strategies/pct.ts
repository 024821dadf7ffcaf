/**
 * Probabilistic concurrency testing: Burckhardt, Kothari, Musuvathi, Nagarakatte, "A randomized scheduler with
 * probabilistic guarantees of finding bugs", ASPLOS 2010, section 2.
 *
 * Threads have distinct random priorities and the highest enabled one runs. d − 1 change points are drawn from the first k
 * steps, independently; the thread that takes the i-th one's step falls below all priorities that threads begin with, to
 * one that belongs to i. A bug of depth d is found with probability at least 1/(n k^(d−1)) (the paper's main theorem).
 *
 * Where we differ: a daemon that never blocks would run alone for ever. So each round of a `forever` is a thread of its
 * own, begun where the round before has ended: it draws a new priority. The paper allows threads that are created by
 * others, and its theorem holds with n counting those rounds too (`pctThreads`).
 */
import { stops, type Kernel } from '../../kernel/kernel.ts';
import { RoundStarts } from '../../schedule/round-starts.ts';
import type { RandomStream } from '../random/random-stream.ts';
import type { Moves, Strategy, StrategySettings } from './strategy.ts';

export class Pct implements Strategy {
  readonly #kernel: Kernel;
  readonly #within: number;
  readonly #roundStarts: RoundStarts;
  /** By thread: 32 random bits; those of demoted threads are negative, −i for change point i. */
  readonly #priorities: Float64Array;
  /** The steps after which priorities change, by number of the change point. */
  readonly #changes: Int32Array;
  #random!: RandomStream;
  #steps = 0;

  constructor(kernel: Kernel, { depth, changeWithin }: StrategySettings) {
    this.#kernel = kernel;
    this.#within = changeWithin;
    this.#roundStarts = new RoundStarts(kernel.system);
    this.#priorities = new Float64Array(kernel.threads);
    this.#changes = new Int32Array(depth - 1);
  }

  begin(random: RandomStream): void {
    this.#random = random;
    this.#steps = 0;
    for (let thread = 0; thread < this.#priorities.length; thread++) this.#priorities[thread] = random.word();
    for (let change = 0; change < this.#changes.length; change++) this.#changes[change] = 1 + random.below(this.#within);
  }

  pick({ ways, halts }: Moves): number {
    const priorities = this.#priorities;
    let best = -1;
    let highest = -Infinity;
    for (let thread = 0; thread < ways.length; thread++)
      if (ways[thread]! + halts[thread]! > 0 && priorities[thread]! > highest) {
        best = thread;
        highest = priorities[thread]!;
      }
    return best;
  }

  moved(thread: number, _from: number, way: number): void {
    if (way !== stops && this.#roundStarts.includes(thread, this.#kernel.nodeOf(thread))) this.#priorities[thread] = this.#random.word();
    this.#steps++;
    const changes = this.#changes;
    for (let change = 0; change < changes.length; change++) if (changes[change] === this.#steps) this.#priorities[thread] = -1 - change;
  }
}
