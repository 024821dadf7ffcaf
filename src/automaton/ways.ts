/**
 * The ways that a compound step can go: rows of its table that give the same result and change the same variables to the same
 * values are one way. A compare-and-swap fails in one way, whatever it finds.
 */
export interface Ways {
  /** By row: its way, −1 where the step can't be taken. */
  readonly of: Int32Array;
  /** By way: its first row. Ways are in the order of these. */
  readonly first: Int32Array;
  /** By row: the next one of the same way, or −1. */
  readonly next: Int32Array;
}

/**
 * Tells the ways of a table.
 * @param sizes of the handles' domains; rows are mixed-radix numbers of their codes, the first the least significant
 * @param outcome result code by row, negative where the step can't be taken
 * @param after new code of handle k after row r at [r × handles + k]
 */
export function waysOf(sizes: readonly number[], outcome: Int32Array, after: Int32Array): Ways {
  const of = new Int32Array(outcome.length).fill(-1);
  const next = new Int32Array(outcome.length).fill(-1);
  const first: number[] = [];
  const last: number[] = [];
  const known = new Map<number, number>();
  for (let row = 0; row < outcome.length; row++) {
    if (outcome[row]! < 0) continue;
    // A table has at most 2^20 rows, of at most 20 variables then, so that this is exact: 3^20 × 2^20 is below 2^53.
    let key = outcome[row]!;
    let rest = row;
    for (let k = 0; k < sizes.length; k++) {
      const size = sizes[k]!;
      const before = rest % size;
      const code = after[row * sizes.length + k]!;
      key = key * (size + 1) + (code === before ? size : code);
      rest = (rest - before) / size;
    }
    let way = known.get(key);
    if (way === undefined) {
      known.set(key, (way = first.length));
      first.push(row);
    } else next[last[way]!] = row;
    last[way] = row;
    of[row] = way;
  }
  return { of, first: Int32Array.from(first), next };
}
