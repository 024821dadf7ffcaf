import { valuesOfRow } from '../../automaton/compound-table.ts';
import { rowsOf } from '../../automaton/result.ts';
import type { System } from '../../kernel/system.ts';
import type { Watched } from '../../property/property.ts';
import { digitsOf, type Renaming } from './renaming.ts';

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
  site: Parameters<typeof rowsOf>[2],
): readonly number[] | 'apart' | undefined {
  const numbers = handles.map((handle) => system.numberOf(handle, 'a property'));
  const maps = numbers.map((number) => values[number]);
  const digits = digitsOf(
    numbers.map((number) => fields[system.valueField(number)]!),
    numbers.map(system.valueField),
  );
  if (digits === undefined) return 'apart';
  if (maps.every((map) => map === undefined) && digits.every((digit, k) => digit === k)) return undefined;
  let radix = 1;
  const radices = handles.map(({ domain }) => (radix *= domain.size) / domain.size);
  return Array.from({ length: rowsOf(handles, 'the property', site) }, (_, row) => {
    let rest = row;
    let image = 0;
    handles.forEach(({ domain }, k) => {
      const code = rest % domain.size;
      rest = (rest - code) / domain.size;
      image += (maps[k]?.[code] ?? code) * radices[digits[k]!]!;
    });
    return image;
  });
}
