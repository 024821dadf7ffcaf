/**
 * Partial order sampling: Yuan, Yang, Gu, "Partial order aware concurrency sampling", CAV 2018, algorithm 2 (POS).
 *
 * Every pending event has a random priority and the highest enabled one happens. Where it races with other pending events
 * (it touches what they touch, and one of them writes) those draw again; the events that it does not race with keep theirs.
 * So orders of independent events do not count, and every order of two racing ones is about as likely.
 */
import type { Kernel } from '../../kernel/kernel.ts';
import type { RandomStream } from '../random/random-stream.ts';
import { Footprints } from './footprints.ts';
import type { Moves, Strategy } from './strategy.ts';

export class Pos implements Strategy {
  readonly #kernel: Kernel;
  readonly #footprints: Footprints;
  /** By thread: the priority of its pending event. */
  readonly #priorities: Float64Array;
  #random!: RandomStream;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.#footprints = new Footprints(kernel);
    this.#priorities = new Float64Array(kernel.threads);
  }

  begin(random: RandomStream): void {
    this.#random = random;
    for (let thread = 0; thread < this.#priorities.length; thread++) this.#priorities[thread] = random.word();
  }

  pick({ ways, halts }: Moves): number {
    const priorities = this.#priorities;
    let best = -1;
    let highest = -1;
    for (let thread = 0; thread < ways.length; thread++)
      if (ways[thread]! + halts[thread]! > 0 && priorities[thread]! > highest) {
        best = thread;
        highest = priorities[thread]!;
      }
    return best;
  }

  moved(thread: number, from: number): void {
    const kernel = this.#kernel;
    const footprints = this.#footprints;
    this.#priorities[thread] = this.#random.word();
    const taken = footprints.of(thread, from);
    if (taken === undefined) return;
    for (let other = 0; other < this.#priorities.length; other++)
      if (other !== thread && footprints.race(taken, footprints.of(other, kernel.nodeOf(other))))
        this.#priorities[other] = this.#random.word();
  }
}
