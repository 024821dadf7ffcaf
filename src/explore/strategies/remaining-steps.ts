import type { System } from '../../kernel/system.ts';
import { RoundStarts } from '../../schedule/round-starts.ts';

/**
 * How many steps a thread still has to take from each of its local states, by its automaton.
 * - Exact where no cycle is reachable and all ways to the end are equally long.
 * - Otherwise the mean, as if every result of an operation were equally likely, of the next `horizon` steps at most.
 * - A daemon is counted to the end of the round that it is in, one that sleeps as having one round to go.
 * - An automaton that could not be closed counts 1 everywhere.
 */
export class RemainingSteps {
  /** Whether all counts are exact, in every local state of every thread. */
  readonly exact: boolean;
  readonly #counts: readonly Float64Array[];

  constructor(system: System, horizon: number) {
    const roundStarts = new RoundStarts(system);
    const threads = system.learners.map(({ states }, thread) =>
      system.closed
        ? countsOf(
            states.map(({ successors }) => successors),
            (node) => roundStarts.includes(thread, node),
            horizon,
          )
        : { counts: new Float64Array(), exact: false },
    );
    this.exact = threads.every(({ exact }) => exact);
    this.#counts = threads.map(({ counts }) => counts);
  }

  /** The steps that the thread still has to take from this local state, the pending one included; 0 once it is done. */
  of(thread: number, node: number): number {
    return this.#counts[thread]![node] ?? 1;
  }
}

/** By state: the mean number of steps until none follows or a round ends. */
function countsOf(
  states: readonly Int32Array[],
  endsRound: (node: number) => boolean,
  horizon: number,
): { readonly counts: Float64Array; readonly exact: boolean } {
  const ends = states.map((_, node) => endsRound(node));
  let counts = new Float64Array(states.length);
  let settled = false;
  // After t rounds a count is the mean of the next t steps at most; without cycles that soon stops changing.
  for (let step = 0; step < horizon && !settled; step++) {
    const longer = new Float64Array(states.length);
    states.forEach((successors, node) => {
      if (successors.length === 0) return;
      let sum = 0;
      for (const successor of successors) sum += ends[successor] ? 0 : counts[successor]!;
      longer[node] = 1 + sum / successors.length;
    });
    settled = longer.every((count, node) => count === counts[node]);
    counts = longer;
  }
  const equallyLong = states.every((successors, node) =>
    successors.every((successor) => !ends[successor] && counts[successor] === counts[node]! - 1),
  );
  return { counts, exact: settled && equallyLong };
}
