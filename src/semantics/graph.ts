import type { Thread } from '../model/protocol.ts';
import { initialStates, keyOfState, observedIn, type State, type Subject } from './state.ts';
import { replayed } from './thread.ts';
import { transitions } from './transitions.ts';

/** One transition of the graph. */
export interface Edge {
  readonly thread: number;
  /** Whether the thread does what it asks for, or stops at a safe point. */
  readonly kind: 'own' | 'stops';
  /** The state that it leads to, by number; undefined for a fault, after which nothing comes. */
  readonly to: number | undefined;
  /** Numbers of the guarantees that break on the step. */
  readonly violated: readonly number[];
}

/** All reachable states, numbered in breadth-first order, with all ways on from each. */
export interface Graph {
  readonly states: readonly State[];
  readonly edges: readonly (readonly Edge[])[];
  /** The length of a shortest run to each. */
  readonly depths: readonly number[];
}

/**
 * The whole graph by the reference semantics; undefined if it has more than `most` states. Here, and only here, a thread's
 * history forgets the rounds of a `forever` that are over, as docs/semantics.md says it does: otherwise nothing would ever
 * come back to where it was.
 */
export function graphOf(subject: Subject, most: number): Graph | undefined {
  const states: State[] = [];
  const depths: number[] = [];
  const edges: (readonly Edge[])[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (state: State, depth: number): number => {
    const short = forgetful(subject, state);
    const key = keyOfState(short);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, states.length);
    depths.push(depth);
    return states.push(short) - 1;
  };
  for (const state of initialStates(subject)) numberOf(state, 0);
  for (let number = 0; number < states.length; number++) {
    if (states.length > most) return undefined;
    const state = states[number]!;
    edges.push(
      transitions(subject, state).map((way): Edge => {
        if (way.kind === 'fault') return { thread: way.thread, kind: 'own', to: undefined, violated: [] };
        const halted = way.state.threads[way.thread]!.stopped && !state.threads[way.thread]!.stopped;
        return { thread: way.thread, kind: halted ? 'stops' : 'own', to: numberOf(way.state, depths[number]! + 1), violated: way.violated };
      }),
    );
  }
  return { states, edges, depths };
}

function forgetful(subject: Subject, state: State): State {
  const threads = state.threads.map((thread, index) => {
    const spec = subject.scenario.threads[index]!;
    return { ...thread, history: presentRound(spec, index, observedIn(spec.name, subject.guarantees), thread.history) };
  });
  return { ...state, threads };
}

/** What is left of the history of a thread that runs `forever` when the rounds that are over are taken away. */
function presentRound(spec: Thread, index: number, observed: ReadonlySet<string>, history: readonly unknown[]): readonly unknown[] {
  if (spec.root.kind !== 'forever') return history;
  const round: Thread = { ...spec, root: { ...spec.root, kind: 'call' } };
  const ended = history.findIndex((_, last) => replayed(round, index, observed, history.slice(0, last + 1)).kind === 'done');
  return ended < 0 ? history : presentRound(spec, index, observed, history.slice(ended + 1));
}
