import { stateViolated } from './judgement.ts';
import { initialStates, keyOfState, projectionOf, type State, type Subject } from './state.ts';
import { transitions } from './transitions.ts';

/** What the reference found. */
export interface Explored {
  /** Distinct states, histories and all. */
  readonly states: number;
  /** The length of a shortest run to each projection (see `projectionOf`). */
  readonly projections: ReadonlyMap<string, number>;
  /** By guarantee: the length of a shortest violation, or undefined where none was found. */
  readonly violations: readonly (number | undefined)[];
  /** Runs of up to this many steps were all explored, and the states after them were judged. */
  readonly depth: number;
  /** Whether there are no longer ones. */
  readonly complete: boolean;
}

/**
 * Breadth-first search by the reference semantics. Histories make the states of a `forever` thread infinitely many, so
 * it ends after `depth` steps, or with the last whole level before `states` states are passed.
 */
export function explore(subject: Subject, bounds: { readonly depth?: number; readonly states?: number } = {}): Explored {
  const seen = new Set<string>();
  const projections = new Map<string, number>();
  const violations: (number | undefined)[] = subject.guarantees.map(() => undefined);
  const violate = (guarantee: number, length: number): void => {
    if (guarantee >= 0) violations[guarantee] = Math.min(violations[guarantee] ?? length, length);
  };
  const kindOf = (kind: string): number => subject.guarantees.findIndex(({ property }) => property.kind === kind);

  let level = unseen(initialStates(subject), seen);
  for (let depth = 0; ; depth++) {
    const next: State[] = [];
    for (const state of level) {
      const projection = projectionOf(state);
      if (!projections.has(projection)) projections.set(projection, depth);
      const ways = transitions(subject, state);
      for (const guarantee of stateViolated(subject, state, ways.length === 0)) violate(guarantee, depth);
      for (const way of ways)
        if (way.kind === 'step') {
          next.push(way.state);
          for (const guarantee of way.violated) violate(guarantee, depth + 1);
        } else violate(kindOf(way.category === 'lock' ? 'lockDiscipline' : 'noThrow'), depth + 1);
    }
    const whole = seen.size;
    level = unseen(next, seen);
    const complete = level.length === 0;
    if (complete || depth === bounds.depth || seen.size > (bounds.states ?? Number.POSITIVE_INFINITY))
      return { states: whole, projections, violations, depth, complete };
  }
}

/** The states whose keys are new. */
function unseen(states: readonly State[], seen: Set<string>): readonly State[] {
  return states.filter((state) => {
    const key = keyOfState(state);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
