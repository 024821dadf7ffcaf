import { resultOf, rowsOf } from '../automaton/result.ts';
import { HeddleError } from '../model/error.ts';
import type { GhostWrite, Operation } from '../model/operation.ts';
import { describe } from '../model/plain-data.ts';
import { valuesOfRow } from '../automaton/compound-table.ts';
import type { System } from './system.ts';

/** A ghost write as a table: target's new code by row of (target, reads…) and result code, −1 where it would leave the domain. */
export interface GhostTable {
  /** The ghost's value number. */
  readonly target: number;
  readonly fields: Int32Array;
  readonly radices: Int32Array;
  readonly rows: number;
  /** At [result × rows + row]. */
  readonly next: Int32Array;
  /** What to say when a row without a code is reached. */
  readonly error: (row: number) => HeddleError;
}

/** The code of a ghost's new value; −1 if it has none, which is an error only if a run comes there. */
function encoded({ target, compute }: GhostWrite, values: readonly unknown[]): number {
  try {
    return target.domain.encode(compute(...values));
  } catch {
    return -1;
  }
}

/** Tabulates a ghost write beside an operation with this many results. */
export function ghostTable(write: GhostWrite, operation: Operation, results: number, system: System): GhostTable {
  const handles = [write.target, ...write.reads];
  const rows = rowsOf(handles, 'the ghost update', operation.site);
  const next = new Int32Array(rows * results);
  for (let result = 0; result < results; result++)
    for (let row = 0; row < rows; row++) {
      const [old, ...reads] = valuesOfRow(handles, row);
      next[result * rows + row] = encoded(write, [old, ...reads, resultOf(operation, result)]);
    }
  let radix = 1;
  return {
    target: system.numberOf(write.target, 'a ghost update'),
    fields: Int32Array.from(handles, (handle) => system.valueField(system.numberOf(handle, 'a ghost update'))),
    radices: Int32Array.from(handles, ({ domain }) => (radix *= domain.size) / domain.size),
    rows,
    next,
    error: (row) =>
      new HeddleError(
        'value-outside-domain',
        `the ghost ${write.target.name} has no value in ${write.target.domain.label} when its update reads ${valuesOfRow(handles, row).map(describe).join(', ')}`,
        { site: operation.site },
      ),
  };
}
