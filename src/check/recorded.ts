import { record, type Recorded } from '../counterexample/record.ts';
import type { Violation } from '../explore/verdict.ts';
import type { CheckedGuarantee, CheckedVariant } from './check-variant.ts';
import { rawSystemOf } from './raw-system.ts';
import { contrastOf } from './smallest.ts';

/**
 * What to write to a file about a violated row.
 * @param violation the row's, or a smaller one (see `smallestViolation`)
 * @param heddle the version
 */
export function recordedOf(checked: CheckedVariant, row: CheckedGuarantee, violation: Violation, heddle: string): Recorded {
  const { verdict } = row;
  if (verdict.kind !== 'violated') throw new RangeError(`${row.guarantee.name} is not violated`);
  // What was found first is a shortest run; one that is smaller in another order says so itself.
  // One of a generated scenario has a certificate instead.
  const minimal =
    checked.description === undefined && verdict.minimal && violation.schedule.choices.length <= verdict.violation.schedule.choices.length;
  const origin = { protocol: checked.protocol.name, variant: checked.variant.name, scope: checked.scope, heddle };
  const contrast = contrastOf(checked, row, violation);
  return record(rawSystemOf(checked), violation, origin, { minimal, contrast }, checked.description);
}
