import type { Property } from './property.ts';

/**
 * Whether a property can only be judged on the graph of all reachable states: that a thread is stuck, or that something never
 * happens on a run without end, no single state or step can show. The one place that decides it: a search that is cut short
 * says nothing about these. (What may be left out of the graph differs: src/explore/exhaustive.ts.)
 */
export function needsWholeGraph(property: Property): boolean {
  return property.kind === 'notStuck' || property.kind === 'liveness';
}
