import { assumptionsOf } from '../property/fairness.ts';
import type { Guarantee } from '../property/property.ts';
import type { CheckedVariant } from './check-variant.ts';
import { scenarioOf } from './raw-system.ts';

/** The fairness that the verdict on a guarantee counts on, in sentences; none where it is not about runs without end. */
export function assumptionsFor(checked: CheckedVariant, { property }: Guarantee): readonly string[] {
  return property.kind === 'liveness' ? assumptionsOf(property.fairness, scenarioOf(checked).threads) : [];
}
