import type { Choice } from '../../schedule/schedule.ts';

/** Judges one guarantee on the graph of all reachable states, in slices, once a search has seen them all. */
export interface GraphPhase {
  /** States still to be looked at, for the progress line. */
  readonly left: number;
  /** Whether the memory budget kept it from an answer. */
  readonly full: boolean;
  /** What it found; valid once `advance` has answered true. */
  readonly found: FoundInGraph | undefined;
  /** Looks at up to `count` states. True when it has ended, or is full. */
  advance(count: number): boolean;
}

/** A violation that the graph shows: the first state seen that is part of it, and what goes on from there for ever. */
export interface FoundInGraph {
  readonly state: number;
  readonly says: string;
  /** What it says where threads have changed places by an element (see `Orbits`). */
  readonly retold?: (element: number) => string;
  /** The steps of a loop that comes back to the state. */
  readonly loop?: readonly Choice[];
}
