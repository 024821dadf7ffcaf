import { keyOf, identityOf } from '../model/plain-data.ts';
import type { System } from '../kernel/system.ts';

/**
 * Where daemons sleep: the local states in which a `forever` begins a round. Leaving a daemon there preempts nobody.
 *
 * A round begins where the thread arrived when it first called `forever`, and local states are numbered in the order of
 * arrival: so it is the first one that holds that frame.
 */
export class RoundStarts {
  readonly #system: System;
  readonly #starts: readonly Set<number>[];
  readonly #seen: readonly Set<string>[];
  /** Local states looked at, by thread; automata that could not be closed grow. */
  readonly #scanned: number[];

  constructor(system: System) {
    this.#system = system;
    this.#starts = system.learners.map(() => new Set<number>());
    this.#seen = system.learners.map(() => new Set<string>());
    this.#scanned = system.learners.map(() => 0);
  }

  /** Whether the thread is a daemon at the start of its round in this local state. */
  includes(thread: number, node: number): boolean {
    if (!this.#system.scenario.threads[thread]!.daemon) return false;
    if (node >= this.#scanned[thread]!) this.#scan(thread);
    return this.#starts[thread]!.has(node);
  }

  #scan(thread: number): void {
    const { states } = this.#system.learners[thread]!;
    for (let id = this.#scanned[thread]!; id < states.length; id++) {
      const round = states[id]!.frames.findLast(({ mode }) => mode === 'forever');
      if (round === undefined) continue;
      const key = `${identityOf(round.routine)} ${keyOf(round.parameters)} ${identityOf(round.site)}`;
      if (this.#seen[thread]!.has(key)) continue;
      this.#seen[thread]!.add(key);
      this.#starts[thread]!.add(id);
    }
    this.#scanned[thread] = states.length;
  }
}
