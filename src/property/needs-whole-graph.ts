import type { Property } from './property.ts';

/**
 * Whether a property can only be judged on the graph of all reachable states, unreduced: that a thread is stuck, or that
 * something never happens on a run without end, no single state or step can show. The one place that decides it: a search
 * that is cut short, reduced, or takes symmetric states for one says nothing about these.
 */
export function needsWholeGraph(property: Property): boolean {
  return property.kind === 'notStuck' || property.kind === 'liveness';
}
