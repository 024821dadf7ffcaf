import { generatedScope } from '../model/protocol.ts';
import { statusOf, type CheckedGuarantee, type CheckedVariant } from './check-variant.ts';

/** A row of a variant that was checked in a scope or a generated scenario. */
export interface CheckedRow {
  readonly checked: CheckedVariant;
  readonly row: CheckedGuarantee;
}

const known = new WeakMap<CheckedVariant, readonly CheckedRow[]>();

/** What is broken beyond the scope: each as a row of the variant as it was checked in that generated scenario. */
export function brokenBeyond(checked: CheckedVariant): readonly CheckedRow[] {
  const rows = known.get(checked) ?? (checked.beyond?.broken ?? []).map((broken) => rowOf(checked, broken));
  known.set(checked, rows);
  return rows;
}

/** All rows of a variant, first those of the scope. */
export function rowsOf(checked: CheckedVariant): readonly CheckedRow[] {
  return [...checked.guarantees.map((row) => ({ checked, row })), ...brokenBeyond(checked)];
}

function rowOf(checked: CheckedVariant, broken: NonNullable<CheckedVariant['beyond']>['broken'][number]): CheckedRow {
  const { description, violation, minimal, engine } = broken;
  const { guarantee, expected } = checked.guarantees[violation.guarantee]!;
  const verdict = { kind: 'violated', violation, minimal } as const;
  const row = { guarantee, expected, verdict, status: statusOf(verdict, expected) };
  const exploration = { ...checked.exploration, engine };
  const guarantees = checked.guarantees.with(violation.guarantee, row);
  return { row, checked: { ...checked, scope: generatedScope, description, exploration, guarantees, beyond: undefined } };
}
