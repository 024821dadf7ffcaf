import type { Violation } from '../explore/verdict.ts';
import type { ResidualRisk } from '../risk/residual-risk.ts';

/** A scenario with no more states than this is searched completely. */
export const probe = 100_000;
/** Random schedules of one scenario; the budget decides how many scenarios are drawn. */
export const schedulesEach = 500;
/** Steps of a random schedule at most. */
export const maxSteps = 400;

/** What was spent on one generated scenario. */
export interface SpentScenario {
  readonly description: unknown;
  readonly engine: 'exhaustive' | 'random';
  /** Whether every reachable state was visited. */
  readonly complete: boolean;
  readonly states: number;
  readonly transitions: number;
  /** Random schedules; 0 where it was searched completely. */
  readonly schedules: number;
  /** What the random schedules leave open; null where the scenario was searched completely, or a violation ended the search. */
  readonly residualRisk: ResidualRisk | null;
}

/** A guarantee that is broken in a generated scenario, which no run of the scope was found to break. */
export interface BrokenBeyond {
  readonly description: unknown;
  readonly violation: Violation;
  readonly engine: 'exhaustive' | 'random';
  /** Whether every smaller scenario that shrinking leads to, and every smaller run of this one, was searched. */
  readonly minimal: boolean;
}

export interface Beyond {
  readonly scenarios: readonly SpentScenario[];
  /** Guarantees that were looked at, by number. */
  readonly counted: readonly number[];
  readonly broken: readonly BrokenBeyond[];
}
