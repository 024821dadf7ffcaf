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
  /**
   * A run without end: the choices from this place on are taken again and again, and lead back to where they start. If
   * there are none, the run stays where it is, and nobody has to move.
   */
  readonly loop?: number;
}

/** Steps of a random run, unless told otherwise. */
export const defaultMaxSteps = 200;
