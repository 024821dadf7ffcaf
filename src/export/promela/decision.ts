import { HeddleError } from '../../model/error.ts';
import { indented } from './names.ts';

/** A variable that a table reads, and how many values it has. */
export interface Column {
  readonly name: string;
  readonly size: number;
}

/** More rows than this would be asked one by one for too long. */
const mostRows = 1 << 20;

/**
 * A table as statements: nested choices over its columns, where values with the same consequences share a branch.
 * A row without an answer is never met, so that any answer will do for it.
 * Row r is the mixed-radix number of the columns' values, the first the least significant (as in CompoundTable).
 */
export function decide(columns: readonly Column[], leaf: (row: number) => readonly string[] | undefined): readonly string[] {
  const lines = folded(
    columns,
    leaf,
    (lines) => lines.join('\n'),
    ({ name }, groups) => {
      const [rest, ...others] = groups.toSorted((a, b) => b.codes.length - a.codes.length);
      return ['if', ...others.flatMap(({ codes, answer }) => branch(among(name, codes), answer)), ...branch('else', rest!.answer), 'fi;'];
    },
  );
  return lines ?? [];
}

function branch(test: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0
    ? [`:: ${test} -> skip`]
    : lines.length === 1
      ? [`:: ${test} -> ${lines[0]}`]
      : [`:: ${test} ->`, ...indented(lines)];
}

/** Two ways to go on. */
export function either(test: string, yes: readonly string[], no: readonly string[]): readonly string[] {
  if (test === 'true') return yes;
  if (test === 'false') return no;
  return ['if', ...branch(test, yes), ...branch('else', no), 'fi;'];
}

/** Where a table says yes, as an expression; `true` and `false` where it always or never does. */
export function condition(columns: readonly Column[], holds: (row: number) => boolean): string {
  return (
    folded(
      columns,
      (row) => String(holds(row)),
      (text) => text,
      ({ name }, groups) => {
        const parts = groups.filter(({ answer }) => answer !== 'false');
        const [first, second] = groups.toSorted((a, b) => b.codes.length - a.codes.length);
        if (groups.length === 2 && first!.answer === 'true' && second!.answer === 'false') return `!${among(name, second!.codes)}`;
        return any(parts.map(({ codes, answer }) => all([among(name, codes), answer])));
      },
    ) ?? 'false'
  );
}

interface Group<T> {
  readonly codes: number[];
  readonly answer: T;
}

function folded<T>(
  columns: readonly Column[],
  leaf: (row: number) => T | undefined,
  keyOf: (answer: T) => string,
  join: (column: Column, groups: readonly Group<T>[]) => T,
): T | undefined {
  const rows = columns.reduce((product, { size }) => product * size, 1);
  if (rows > mostRows)
    throw new HeddleError(
      'table-too-large',
      `a table over ${columns.map(({ name }) => name).join(', ')} has ${rows.toLocaleString('en')} rows`,
    );
  const at = (depth: number, base: number, stride: number): T | undefined => {
    if (depth === 0) return leaf(base);
    const column = columns[depth - 1]!;
    const inner = stride / column.size;
    const groups = new Map<string, Group<T>>();
    for (let code = 0; code < column.size; code++) {
      const answer = at(depth - 1, base + code * inner, inner);
      if (answer === undefined) continue;
      const key = keyOf(answer);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { codes: [code], answer });
      else group.codes.push(code);
    }
    return groups.size <= 1 ? [...groups.values()][0]?.answer : join(column, [...groups.values()]);
  };
  return at(columns.length, 0, rows);
}

/** Whether a variable has one of these values, given in rising order. */
export function among(name: string, codes: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const code of codes) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === code - 1) last[1] = code;
    else runs.push([code, code]);
  }
  return any(runs.map(([from, to]) => (from === to ? `(${name} == ${from})` : `(${name} >= ${from} && ${name} <= ${to})`)));
}

/** At least one of these. */
export function any(parts: readonly string[]): string {
  const some = parts.filter((part) => part !== 'false');
  if (some.includes('true')) return 'true';
  return some.length === 0 ? 'false' : some.length === 1 ? some[0]! : `(${some.join(' || ')})`;
}

/** All of these. */
export function all(parts: readonly string[]): string {
  const some = parts.filter((part) => part !== 'true');
  if (some.includes('false')) return 'false';
  return some.length === 0 ? 'true' : some.length === 1 ? some[0]! : `(${some.join(' && ')})`;
}

export function not(part: string): string {
  return part === 'true' ? 'false' : part === 'false' ? 'true' : `!(${part})`;
}
