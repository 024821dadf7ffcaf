import { valuesOfRow } from '../../automaton/compound-table.ts';
import { rowsOf } from '../../automaton/result.ts';
import type { System } from '../../kernel/system.ts';
import type { Watched } from '../../property/property.ts';
import type { Renaming } from './renaming.ts';

/** Why a renaming changes what an invariant or step property says, row by row of their tables; undefined if it does not. */
export function differentProperty(system: System, renaming: Renaming): string | undefined {
  for (const { guarantee, property } of system.invariants) {
    const { handles, holds } = property;
    const images = rowImages(system, renaming, handles, property.site);
    if (images?.some((image, row) => holds(...valuesOfRow(handles, row)) !== holds(...valuesOfRow(handles, image))) === true)
      return tellsApart(system, guarantee);
  }
  for (const { guarantee, property } of system.stepProperties) {
    const { handles, holds } = property;
    const images = rowImages(system, renaming, handles, property.site);
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

export function tellsApart(system: System, guarantee: number): string {
  return `${system.guarantees[guarantee]!.name} tells the threads apart`;
}

/** The row of a table over some handles that each row becomes; undefined where none holds threads, so that none changes. */
function rowImages(
  system: System,
  { values }: Renaming,
  handles: readonly Watched[],
  site: Parameters<typeof rowsOf>[2],
): readonly number[] | undefined {
  const maps = handles.map((handle) => values[system.numberOf(handle, 'a property')]);
  if (maps.every((map) => map === undefined)) return undefined;
  return Array.from({ length: rowsOf(handles, 'the property', site) }, (_, row) => {
    let rest = row;
    let radix = 1;
    let image = 0;
    handles.forEach(({ domain }, k) => {
      const code = rest % domain.size;
      rest = (rest - code) / domain.size;
      image += (maps[k]?.[code] ?? code) * radix;
      radix *= domain.size;
    });
    return image;
  });
}
