import type { RandomStream } from '../random/random-stream.ts';
import type { Moves, Strategy } from './strategy.ts';

/**
 * The naive walk: uniform over all that can happen next. A thread at a `choose` of five ways counts five times, as it does
 * when a state is expanded.
 */
export class Walk implements Strategy {
  #random!: RandomStream;

  begin(random: RandomStream): void {
    this.#random = random;
  }

  pick({ ways, halts }: Moves): number {
    let total = 0;
    for (let thread = 0; thread < ways.length; thread++) total += ways[thread]! + halts[thread]!;
    let left = this.#random.below(total);
    let thread = 0;
    while (left >= ways[thread]! + halts[thread]!) left -= ways[thread]! + halts[thread++]!;
    return thread;
  }

  moved(): void {
    // The next draw depends on nothing but the state.
  }
}
