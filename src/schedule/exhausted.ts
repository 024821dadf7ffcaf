import { BreadthFirst } from '../explore/breadth-first.ts';
import type { System } from '../kernel/system.ts';
import type { Schedule } from './schedule.ts';

/**
 * What a complete search of a scenario says of one guarantee: a shortest schedule that breaks it, that none does, or that
 * there are more states than it was allowed.
 */
export type Exhausted = { readonly kind: 'breaks'; readonly schedule: Schedule } | { readonly kind: 'never' } | { readonly kind: 'open' };

/** States between two looks at what was found. */
const slice = 2000;

/** Searches a scenario breadth-first, up to `states` states. */
export function exhausted(system: System, guarantee: number, states: number): Exhausted {
  const search = new BreadthFirst(system, { untilViolated: [guarantee] });
  for (let ended = false; !ended && search.progress.states <= states;) ended = search.advance(slice);
  const verdict = search.result().verdicts[guarantee]!;
  if (verdict.kind === 'violated') return { kind: 'breaks', schedule: verdict.violation.schedule };
  return verdict.kind === 'holds' ? { kind: 'never' } : { kind: 'open' };
}
