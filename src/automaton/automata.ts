import type { Thread } from '../model/protocol.ts';
import { LearnedThreads } from './learned-threads.ts';
import { Learner } from './learner.ts';
import type { LocalState } from './local-state.ts';
import { minimise, type ClosedAutomaton, type MinimiseParts } from './minimise.ts';

/** A thread's automaton as the kernel uses it: closed and minimised, or growing while it is explored. */
export interface Automaton {
  readonly states: readonly LocalState[];
  readonly initial: number;
  next(id: number, code: number): number;
  /** Told of each transition that is learned, once `next` knows it. */
  onLearned?: ((id: number, code: number, successor: number) => void) | undefined;
}

/** The automata of a scenario's threads. */
export interface Automata {
  /** Whether exploring them learns nothing more. */
  readonly closed: boolean;
  readonly automata: 'raw' | 'minimised';
  readonly learners: readonly Automaton[];
}

export interface AutomataOptions {
  /**
   * `minimised` (where all threads could be closed) or as learned: `raw`, of which all that any result could lead to is learned
   * beforehand (where that is not too much), or `on-demand`, of which the exploration learns what it reaches. Traces need
   * either of the latter; schedules fit all.
   */
  readonly automata?: 'raw' | 'minimised' | 'on-demand';
  /** Where scenarios of one protocol share what is learned of their threads. */
  readonly learned?: LearnedThreads | undefined;
}

/** What a test may replace by something broken. */
export interface LearningParts {
  readonly Learner?: typeof Learner;
  readonly minimise?: MinimiseParts;
}

/** An automaton with more local states than this is not closed beforehand but learned as the exploration reaches it. */
const closingLimit = 5_000;

/** @param observed by thread, the names of the routines whose calls and returns are steps of their own */
export function automataOf(
  threads: readonly Thread[],
  observed: readonly ReadonlySet<string>[],
  { automata, learned: shared }: AutomataOptions,
  parts: LearningParts,
): Automata {
  // Threads that run the same share one automaton, also within a scenario.
  const learned = shared ?? (parts.Learner === undefined ? new LearnedThreads() : undefined);
  const learn = (thread: Thread, index: number): Learner =>
    learned?.onDemand(thread, index, observed[index]!) ?? new (parts.Learner ?? Learner)(thread, index, observed[index]!);
  if (automata === 'on-demand') return { closed: false, automata: 'raw', learners: threads.map(learn) };
  const known = threads.map((thread, index) => learned?.closed(thread, index, observed[index]!, closingLimit));
  const closed = learned === undefined ? threads.map(learn) : known.map((thread) => thread?.learner);
  // What closing tried and no run reaches would only count against the limits of those learned on demand.
  if (!closed.every((learner): learner is Learner => learner?.close(closingLimit) === true))
    return { closed: false, automata: 'raw', learners: threads.map(learn) };
  if (automata !== 'minimised') return { closed: true, automata: 'raw', learners: closed };
  const minimised = closed.map((learner, index) =>
    withNext((parts.minimise === undefined && known[index]?.minimised()) || minimise(learner, parts.minimise)),
  );
  return { closed: true, automata, learners: minimised };
}

function withNext({ states, initial }: ClosedAutomaton): Automaton {
  return { states, initial, next: (id, code) => states[id]!.successors[code]! };
}
