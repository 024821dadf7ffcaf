import { defaultMaxSteps } from '../../schedule/schedule.ts';
import type { StrategyName } from '../strategies/names.ts';

export interface RandomSearchOptions {
  /** The same seed, the same schedules. */
  readonly seed: number;
  /** How many schedules. */
  readonly schedules: number;
  /** `walk` unless told otherwise. */
  readonly strategy?: StrategyName | undefined;
  /** PCT's bug depth; 3 unless told otherwise. Other strategies have none. */
  readonly depth?: number | undefined;
  /** Steps of a schedule at most; 200 unless told otherwise. */
  readonly maxSteps?: number | undefined;
  /** Budget for the fingerprints of visited states, in bytes. A search that it ends depends on the number of workers. */
  readonly maxBytes?: number | undefined;
  /** End once all of these guarantees are violated; empty or absent: once all are. */
  readonly untilViolated?: readonly number[] | undefined;
}

/** The options with nothing left open; plain data. */
export interface RandomSettings {
  readonly seed: number;
  readonly schedules: number;
  readonly strategy: StrategyName;
  readonly depth: number;
  readonly maxSteps: number;
  readonly maxBytes: number;
  readonly untilViolated: readonly number[];
}

/** PCT's depth unless told otherwise: most bugs that were studied have 1 to 3 (Burckhardt et al. 2010, section 4). */
export const defaultDepth = 3;

export function settled(options: RandomSearchOptions): RandomSettings {
  return {
    seed: options.seed,
    schedules: options.schedules,
    strategy: options.strategy ?? 'walk',
    depth: options.depth ?? defaultDepth,
    maxSteps: options.maxSteps ?? defaultMaxSteps,
    maxBytes: options.maxBytes ?? Number.POSITIVE_INFINITY,
    untilViolated: options.untilViolated ?? [],
  };
}
