import type { System } from '../../kernel/system.ts';
import { endAfter, wantedOf } from './conclusion.ts';
import type { RandomSettings } from './settings.ts';
import type { Share } from './share.ts';
import { blockSize } from './tally.ts';

/** No schedule has broken the guarantee yet. */
const none = 0x7fffffff;

/**
 * Hands out the blocks of one search to workers that share it, in order. Every block that is handed out is run to its end,
 * so what was run is always all schedules up to a number, and what was found is the same for any number of workers.
 */
export class HandOut {
  readonly shared: SharedArrayBuffer;
  /** The next block, whether to stop, and by guarantee the first schedule known to break it. */
  readonly #numbers: Int32Array;

  /** @param shared what another thread's `HandOut` of the same search has */
  constructor(shared: SharedArrayBuffer) {
    this.shared = shared;
    this.#numbers = new Int32Array(shared);
  }

  /** For a new search. */
  static begin(guarantees: number): HandOut {
    const handOut = new HandOut(new SharedArrayBuffer(4 * (2 + guarantees)));
    handOut.#numbers.fill(none, 2);
    return handOut;
  }

  /** Whether some worker has begun. */
  get begun(): boolean {
    return Atomics.load(this.#numbers, 0) > 0;
  }

  /** No further block is handed out. */
  stop(): void {
    Atomics.store(this.#numbers, 1, 1);
  }

  /** Runs blocks until there are none left for this worker. */
  work(system: System, settings: RandomSettings, share: Share, onBlock: () => void): void {
    const numbers = this.#numbers;
    while (Atomics.load(numbers, 1) === 0) {
      const first = Atomics.add(numbers, 0, 1) * blockSize;
      if (first >= settings.schedules) return;
      for (let number = first; number < Math.min(first + blockSize, settings.schedules); number++) share.run(number);
      for (const [guarantee, { number }] of share.tally.found) this.#found(guarantee, number);
      onBlock();
      const found = wantedOf(system, settings).map((guarantee) => Atomics.load(numbers, 2 + guarantee));
      // Blocks before that end have all been handed out already.
      if (!found.includes(none) && endAfter(found) <= Atomics.load(numbers, 0) * blockSize) return;
      if (share.tally.full) this.stop();
    }
  }

  #found(guarantee: number, number: number): void {
    const place = 2 + guarantee;
    for (let known = Atomics.load(this.#numbers, place); known > number; known = Atomics.load(this.#numbers, place))
      Atomics.compareExchange(this.#numbers, place, known, number);
  }
}
