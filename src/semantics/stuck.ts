import type { Graph } from './graph.ts';
import { mayRest } from './judgement.ts';
import type { Subject } from './state.ts';

/** The length of a shortest run to a state in which some thread is stuck; undefined if there is none. */
export function shortestStuck(subject: Subject, graph: Graph): number | undefined {
  const stuck = graph.depths.filter((_, number) =>
    subject.scenario.threads.some((_spec, thread) => isStuck(subject, graph, number, thread)),
  );
  return stuck.length === 0 ? undefined : Math.min(...stuck);
}

/** Whether no run from the state on has a step of the thread's own, ends in a fault, or brings it where it may rest. */
function isStuck(subject: Subject, graph: Graph, from: number, thread: number): boolean {
  return [...reachableFrom(graph, from)].every(
    (number) =>
      !mayRest(subject, graph.states[number]!, thread) &&
      graph.edges[number]!.every((edge) => edge.to !== undefined && (edge.thread !== thread || edge.kind !== 'own')),
  );
}

/** A state and all that can follow it. */
export function reachableFrom(graph: Graph, from: number): ReadonlySet<number> {
  const reached = new Set([from]);
  for (const number of reached) for (const { to } of graph.edges[number]!) if (to !== undefined) reached.add(to);
  return reached;
}

/**
 * Whether some bottom component has no step of a thread that may not rest there: what DESIGN calls stuck. It says the same
 * as `shortestStuck`, from the other end.
 */
export function hasBadBottom(subject: Subject, graph: Graph): boolean {
  return graph.states.some((_, number) => {
    const component = reachableFrom(graph, number);
    const isBottom = [...component].every((other) => reachableFrom(graph, other).has(number));
    const faultless = [...component].every((other) => graph.edges[other]!.every(({ to }) => to !== undefined));
    if (!isBottom || !faultless) return false;
    return subject.scenario.threads.some((_spec, thread) =>
      [...component].every(
        (other) =>
          !mayRest(subject, graph.states[other]!, thread) &&
          graph.edges[other]!.every((edge) => edge.thread !== thread || edge.kind !== 'own'),
      ),
    );
  });
}
