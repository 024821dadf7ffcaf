import type { Kernel } from '../../kernel/kernel.ts';
import type { RandomStream } from '../random/random-stream.ts';

/** What threads may do in the present state of a run, as far as it is known. */
export interface Moves {
  /** By thread: how many ways its pending operation may go, 0 once it is known to be disabled. */
  readonly ways: Int32Array;
  /** By thread: 1 if it can stop at its safe point now. */
  readonly halts: Int32Array;
}

/**
 * Decides which thread goes next; a strategy is one file with one of these. Which way a `choose` goes, whether a thread
 * stops at a safe point where it may, and which of the initial states a run starts in is not the strategy's business: all
 * are drawn uniformly, so a strategy schedules one program for each outcome of those draws.
 */
export interface Strategy {
  /** A schedule begins; the kernel holds its initial state. All randomness of the schedule comes from this stream. */
  begin(random: RandomStream): void;
  /**
   * A thread with `ways` or `halts`. Enabledness is found by trying: where the answer turns out to be disabled, its `ways`
   * become 0 and the question is asked again, so an answer must depend on disabled threads only through the tables.
   */
  pick(moves: Moves): number;
  /** The thread went this way (`stops`: at its safe point) from one of its local states; the kernel holds the state after it. */
  moved(thread: number, from: number, way: number): void;
}

/** What a strategy is made for. */
export interface StrategySettings {
  /** PCT's bug depth d: one more than its priority change points. */
  readonly depth: number;
  /** PCT's k: the steps among which change points are drawn. */
  readonly changeWithin: number;
  /** Steps of a run at most. */
  readonly maxSteps: number;
}

/** Makes a strategy for the runs of a kernel. */
export type MakeStrategy = (kernel: Kernel, settings: StrategySettings) => Strategy;
