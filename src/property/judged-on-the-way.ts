import type { Property } from './property.ts';

const kinds: ReadonlySet<Property['kind']> = new Set([
  'invariant',
  'stepProperty',
  'monitor',
  'neverDelayedBy',
  'notStuck',
  'lockDiscipline',
  'lockOrder',
  'noThrow',
  'dataRaceFreedom',
] as const);

/**
 * Whether a violation of the property can be a run that ends with the step or the state that breaks it: not what only runs
 * without end show. (Of `notStuck` this is so for deadlocks and wait-for cycles.)
 */
export function judgedOnTheWay({ kind }: Property): boolean {
  return kinds.has(kind);
}
