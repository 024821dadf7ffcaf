import { identityOf, keyOf } from '../model/plain-data.ts';
import type { Thread } from '../model/protocol.ts';
import { Learner } from './learner.ts';
import { minimise, type ClosedAutomaton } from './minimise.ts';
import { Replays } from './replay.ts';

/** A thread whose automaton could be closed. */
export interface LearnedThread {
  readonly learner: Learner;
  /** Made when it is first asked for. */
  minimised(): ClosedAutomaton;
}

class Closed implements LearnedThread {
  readonly learner: Learner;
  #minimised: ClosedAutomaton | undefined;
  constructor(learner: Learner) {
    this.learner = learner;
  }
  minimised(): ClosedAutomaton {
    return (this.#minimised ??= minimise(this.learner));
  }
}

/**
 * What is learned of threads, and what bodies have answered, shared by all threads and scenarios of a protocol. Closed automata are
 * learned once: a thread is known by its routine's identity,
 * what that is called with, whether it can be stopped, and which of its calls are observed; its index in the scenario
 * counts only if a body asks for `self`. Names of threads count nowhere: no automaton knows one.
 */
export class LearnedThreads {
  /** Undefined: it could not be closed within the limit. */
  readonly #learned = new Map<string, LearnedThread | undefined>();
  /** By key without the index: whether bodies ask for `self`. */
  readonly #asksForSelf = new Map<string, boolean>();
  readonly #replays = new Replays();

  /** How many automata have been learned. */
  get size(): number {
    return this.#learned.size;
  }

  /** The thread with nothing learned yet but what bodies have answered before. */
  onDemand(thread: Thread, index: number, observed: ReadonlySet<string>): Learner {
    return new Learner(thread, index, observed, this.#replays);
  }

  /** The thread, learned and closed; undefined if it has more than `limit` local states. */
  closed(thread: Thread, index: number, observed: ReadonlySet<string>, limit: number): LearnedThread | undefined {
    const { kind, routine, parameters, site } = thread.root;
    const seen = [...observed].sort().join(' ');
    const key = `${kind} ${identityOf(routine)} ${keyOf(parameters)} ${identityOf(site)} ${thread.gate !== undefined} ${limit} ${seen}`;
    const withIndex = `${key} at ${index}`;
    const known = this.#asksForSelf.get(key) === false ? key : withIndex;
    if (this.#learned.has(known)) return this.#learned.get(known);
    const learner = new Learner(thread, index, observed, this.#replays);
    const learned = learner.close(limit) ? new Closed(learner) : undefined;
    // What could not be closed may ask for it later.
    const asks = learner.asksForSelf || learned === undefined;
    this.#asksForSelf.set(key, asks);
    this.#learned.set(asks ? withIndex : key, learned);
    return learned;
  }
}
