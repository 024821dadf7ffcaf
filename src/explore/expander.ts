/** Visited states, numbered in the order in which they were added. */
export interface States {
  /** Words a state. */
  readonly words: number;
  readonly size: number;
  /** Whether the budget did not hold all states. */
  readonly full: boolean;
  /** Bytes taken in all. */
  readonly bytes: number;
  /** Adds the state if it is new, reached from another (−1: an initial one). */
  add(state: Int32Array, parent: number): void;
  /** Copies a packed state. */
  read(state: number, into: Int32Array): void;
  /** The state that it was first reached from, −1 for an initial one. */
  parentOf(state: number): number;
  /** The number of a packed state, or −1. */
  find(state: Int32Array): number;
}

/** The numbers of some states: from the first to one past the last. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Expands numbered states: the part of a breadth-first search that costs. What it finds goes to `Findings`. */
export interface Expander {
  readonly states: States;
  /** Transitions taken so far. */
  readonly transitions: number;
  /**
   * Expands the states from … to − 1, in this order. Returns where it stopped: before `to` only if memory ran out.
   * If it throws, the state `current` has not been expanded wholly, and those before it have.
   */
  expand(from: number, to: number): number;
  /** The numbers given out since the last call; call it after `flush`. */
  takeRanges(): readonly Range[];
  /** The state that is being expanded. */
  readonly current: number;
  /** Adds the successors that wait to be added. */
  flush(): void;
  /** It is not needed any more: ends the threads that help, be they there yet or not. */
  dismiss(): void;
}
