import type { Schedule } from '../schedule/schedule.ts';
import type { ResidualRisk } from '../risk/residual-risk.ts';
import type { Compacted } from './compact/omission.ts';
import type { SymmetryUse } from './symmetry/symmetry.ts';
import type { Order, Size } from './size.ts';
import type { StrategyName } from './strategies/names.ts';

/** A broken guarantee: the run that breaks it on its last step, or in its last state. */
export interface Violation {
  /** Number among the system's guarantees. */
  readonly guarantee: number;
  readonly schedule: Schedule;
  /** In the property's own words; empty where it has none. */
  readonly says: string;
  /** What is known of smaller runs, where they were looked for. */
  readonly certificate?: Certificate;
}

/**
 * What a search for the smallest violation excluded: every run that is smaller than `excludes` was searched, and none breaks
 * the guarantee. It speaks of the scenario or scope that was searched, and of no other.
 */
export interface Certificate {
  /** Whether the run that it stands beside has this very size: then none is smaller. */
  readonly minimal: boolean;
  /** What makes a run small, most important first; steps come last. */
  readonly order: Order;
  /** By measure of the order, and at last steps. */
  readonly excludes: Size;
  /**
   * States searched for it, each counted once with each thread that runs in it: at place k those of runs that equal
   * `excludes` in the first k measures and are smaller in the next.
   */
  readonly states: readonly number[];
  /** What was looked for, if that is not all that breaks the guarantee: no state shows by itself that a thread is stuck. */
  readonly sought?: 'wait-for cycles and bad ends';
}

/** Why a search ended before it had seen everything. */
export type Cut = 'memory' | 'time' | 'interrupted';

/** A monitor whose states took much of the memory that a search had. */
export interface Crowd {
  /** The name of its guarantee. */
  readonly guarantee: string;
  readonly states: number;
  /** About. */
  readonly bytes: number;
  /** Whether monitors alone took more than there was: fewer states of the system would not have helped. */
  readonly alone: boolean;
}

/** What a search that is not complete has excluded. */
export type Bound =
  /** Every run of at most `steps` steps was explored; the search ended because all that was expected to break had broken. */
  { readonly kind: 'steps'; readonly steps: number } | CompactedBound | SchedulesBound;

/** Every reachable state was explored, but for those that were taken for another because only fingerprints were kept. */
export interface CompactedBound extends Compacted {
  readonly kind: 'hash-compacted';
  /** Only runs of at most so many steps were explored, because all that was expected to break had broken. */
  readonly steps?: number;
  /** What was looked for, if that is not all that breaks the guarantee: no state shows by itself that a thread is stuck. */
  readonly sought?: 'wait-for cycles and bad ends';
}

/** Random schedules of at most `steps` steps each. */
export interface SchedulesBound {
  readonly kind: 'schedules';
  readonly schedules: number;
  readonly steps: number;
  readonly strategy: StrategyName;
  /** PCT's bug depth. */
  readonly depth?: number;
  /** Distinct states that they passed. */
  readonly states: number;
  /** Schedules that took all their steps and could have gone on. */
  readonly cutOff: number;
}

/**
 * What is known of one guarantee. The four are different types on purpose: only `holds` is a proof (in the scope), and
 * what is not one says what it lacks.
 */
export type Verdict =
  | { readonly kind: 'holds'; readonly vacuous: boolean }
  /** `residualRisk` is null where the bound is not random, and where a search ended early because of what it had found. */
  | { readonly kind: 'not-found'; readonly bound: Bound; readonly residualRisk: ResidualRisk | null }
  | { readonly kind: 'violated'; readonly violation: Violation; readonly minimal: boolean }
  | {
      readonly kind: 'incomplete';
      /** `hash-compacted`: the graph of all states would tell, and only fingerprints of the states were kept. */
      readonly cut: Cut | 'hash-compacted';
      /** Every run of at most so many steps was explored, */
      readonly steps: number;
      /** but for what hash compaction left out. */
      readonly compacted?: Compacted;
      /** What the memory budget ran out for, if not for visited states. */
      readonly crowd?: Crowd;
    };

/** What an exploration did. */
export interface Exploration {
  readonly engine: 'exhaustive' | 'random';
  /** What was kept of visited states: the states, unless told otherwise, or fingerprints that stand for them. */
  readonly storage?: 'exact' | 'hash-compacted';
  /** Distinct states visited. */
  readonly states: number;
  /** Transitions executed. */
  readonly transitions: number;
  /** Steps of the longest run among the shortest to each state; for random runs, of the longest run. */
  readonly depth: number;
  /** What the search left out, because it tells nothing that another state doesn't. */
  readonly reduction?: 'none' | 'safe-steps';
  /** By guarantee. */
  readonly verdicts: readonly Verdict[];
  readonly milliseconds: number;
  /** Where states were taken for each other, or were to be: by which threads, or why not. Counts are then those of orbits. */
  readonly symmetry?: SymmetryUse;
}
