/** One choice of a schedule: which thread goes on, and how. Threads are numbered as in the scenario. */
export interface Choice {
  readonly thread: number;
  /** Which way a `choose` goes (0 for any other operation), or −1: the thread stops at its safe point. */
  readonly pick: number;
}

/** A run as the choices that make it. */
export interface Schedule {
  /** Which initial state it starts in, by number. */
  readonly initial: number;
  readonly choices: readonly Choice[];
}

/** Steps of a random run, unless told otherwise. */
export const defaultMaxSteps = 200;
