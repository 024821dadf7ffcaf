import { valuesOfRow } from '../../automaton/compound-table.ts';
import { rowsOver } from '../../kernel/rows.ts';
import type { System } from '../../kernel/system.ts';
import type { Site } from '../../model/site.ts';
import type { Watched } from '../../property/property.ts';
import { digitsOf, renamedRow, type Renaming } from './renaming.ts';

/**
 * Why a renaming changes what an invariant or step property says, row by row of their tables, or which variables a monitor watches;
 * undefined if it does not. What a monitor says of them is checked while it learns (monitor-images.ts): but of what nobody watches it
 * is told nothing.
 */
export function differentProperty(system: System, renaming: Renaming): string | undefined {
  for (const [guarantee, names] of system.watchedBy.entries())
    if (
      system.monitors[guarantee] !== undefined &&
      system.values.some(({ name }, value) => names.has(name) && !names.has(imageOf(system, renaming, value)))
    )
      return tellsApart(system, guarantee);
  for (const { guarantee, property } of system.invariants) {
    const { handles, holds } = property;
    const images = rowImages(system, renaming, handles, property.site);
    if (images === 'apart') return tellsApart(system, guarantee);
    if (images?.some((image, row) => holds(...valuesOfRow(handles, row)) !== holds(...valuesOfRow(handles, image))) === true)
      return tellsApart(system, guarantee);
  }
  for (const { guarantee, property } of system.stepProperties) {
    const { handles, holds } = property;
    const images = rowImages(system, renaming, handles, property.site);
    if (images === 'apart') return tellsApart(system, guarantee);
    const different = images?.some((image, row) =>
      images.some(
        (after, next) =>
          holds(valuesOfRow(handles, row), valuesOfRow(handles, next)) !== holds(valuesOfRow(handles, image), valuesOfRow(handles, after)),
      ),
    );
    if (different === true) return tellsApart(system, guarantee);
  }
  return undefined;
}

/** The name of the variable that one becomes. */
function imageOf(system: System, { fields }: Renaming, value: number): string {
  return system.values[fields[system.valueField(value)]!]!.name;
}

export function tellsApart(system: System, guarantee: number): string {
  return `${system.guarantees[guarantee]!.name} tells the threads apart`;
}

/** The row of a table over some handles that each row becomes; undefined where none changes, 'apart' where others would have to be looked at. */
function rowImages(
  system: System,
  { values, fields }: Renaming,
  handles: readonly Watched[],
  site: Site,
): readonly number[] | 'apart' | undefined {
  const table = rowsOver(system, handles, 'the property', site);
  const digits = digitsOf(
    Array.from(table.fields, (field) => fields[field]!),
    [...table.fields],
  );
  if (digits === undefined) return 'apart';
  if (table.fields.every((field) => values[field] === undefined) && digits.every((digit, k) => digit === k)) return undefined;
  return Array.from({ length: table.rows }, (_, row) => renamedRow(values, table, table, digits, row));
}
