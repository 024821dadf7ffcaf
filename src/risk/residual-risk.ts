import type { StrategyName } from '../explore/strategies/names.ts';
import type { Chance } from './chance.ts';
import type { MissedBug } from './missed-bug.ts';

/** What is left to be found after a random run, for one scenario and one strategy: schedules are independent only there. */
export interface ResidualRisk {
  readonly strategy: StrategyName;
  /** Of each `atMost` of a chance by itself. */
  readonly confidence: number;
  /** That one more schedule reaches a state that none has reached. */
  readonly newState: Chance;
  /** That one more schedule ends in a way that none has ended in: by shared values and where threads stand, or by a throw. */
  readonly newEnd: Chance;
  /** PCT's bound; null for other strategies, which have none. */
  readonly missedBug: MissedBug | null;
  /** What all of this holds under, each a sentence. */
  readonly assumptions: readonly string[];
}
