import type { CompoundTable } from './compound-table.ts';

/**
 * Rows of a compound step's table that do the same: they give one result, and leave each variable as it is or change it to one
 * value. A compare-and-swap that fails does the same, whatever it finds.
 */
export interface RowClasses {
  /** By row: its class, −1 where the step can't be taken. */
  readonly of: Int32Array;
  /** By class: its first row. Classes are in the order of these. */
  readonly first: Int32Array;
  /** By row: the next one of its class, or −1. */
  readonly sibling: Int32Array;
}

/** Tells the code that a row gives each variable, by its place among the handles; −1 where the row leaves it as it is. */
export function assignedBy(
  { handles, next }: Pick<CompoundTable, 'handles' | 'next'>,
  row: number,
  tell: (k: number, code: number) => void,
): void {
  let rest = row;
  for (let k = 0; k < handles.length; k++) {
    const { size } = handles[k]!.domain;
    const before = rest % size;
    const code = next[row * handles.length + k]!;
    tell(k, code === before ? -1 : code);
    rest = (rest - before) / size;
  }
}

const known = new WeakMap<CompoundTable, RowClasses>();

/** The classes of a table's rows. */
export function rowClasses(table: CompoundTable): RowClasses {
  let classes = known.get(table);
  if (classes === undefined) known.set(table, (classes = classified(table)));
  return classes;
}

/** Classes by what is in these columns of a table. */
export function classified(table: Pick<CompoundTable, 'handles' | 'outcome' | 'next'>): RowClasses {
  const { handles, outcome } = table;
  const of = new Int32Array(outcome.length).fill(-1);
  const sibling = new Int32Array(outcome.length).fill(-1);
  const first: number[] = [];
  const last: number[] = [];
  const numbers = new Map<number, number>();
  let key = 0;
  const addDigit = (k: number, code: number): void => {
    const { size } = handles[k]!.domain;
    // Of a variable with one value there is nothing to tell, and a table may have any number of them.
    if (size > 1) key = key * (size + 1) + (code < 0 ? size : code);
  };
  for (let row = 0; row < outcome.length; row++) {
    if (outcome[row]! < 0) continue;
    // At most 2^20 rows are of at most 20 variables that have two values or more: 3^20 × 2^20 is below 2^53, so this is exact.
    key = outcome[row]!;
    assignedBy(table, row, addDigit);
    let number = numbers.get(key);
    if (number === undefined) {
      numbers.set(key, (number = first.length));
      first.push(row);
    } else sibling[last[number]!] = row;
    last[number] = row;
    of[row] = number;
  }
  return { of, first: Int32Array.from(first), sibling };
}
