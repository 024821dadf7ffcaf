import { rowsOf } from '../automaton/result.ts';
import type { Site } from '../model/site.ts';
import type { Watched } from '../property/property.ts';
import type { System } from './system.ts';

/** The values of some handles together as the rows of a table: handles as fields, and their places in a row number. */
export interface Rows {
  readonly handles: readonly Watched[];
  readonly fields: Int32Array;
  readonly radices: Int32Array;
  readonly rows: number;
}

/** @throws HeddleError `table-too-large`, with `what` looks at them; `handle-not-declared` */
export function rowsOver(system: System, handles: readonly Watched[], what: string, site: Site): Rows {
  let radix = 1;
  return {
    handles,
    fields: Int32Array.from(handles, (handle) => system.valueField(system.numberOf(handle, what))),
    radices: Int32Array.from(handles, ({ domain }) => (radix *= domain.size) / domain.size),
    rows: rowsOf(handles, what, site),
  };
}
