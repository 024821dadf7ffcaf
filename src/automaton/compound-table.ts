import { HeddleError } from '../model/error.ts';
import { areEqual, describe, frozen, keyOf } from '../model/plain-data.ts';
import { watch, type Operation, type Outcome } from '../model/operation.ts';
import type { Site } from '../model/site.ts';
import type { Variable } from '../model/handle.ts';
import { rowsOf } from './result.ts';
import { wordTable } from './word-table.ts';

/** What one row of a compound step does. */
export const blocked = -1;
export const faulty = -2;
/** The row's write is outside a domain: an error of the model if it is reached. */
export const outside = -3;

/**
 * A guard or compound step as what it is: a table over the domains of the handles that it names.
 * Row r is the mixed-radix number of their codes, the first handle the least significant.
 */
export interface CompoundTable {
  readonly handles: readonly Variable<unknown>[];
  readonly rows: number;
  /** Result code by row, or `blocked`, `faulty`, `outside`. */
  readonly outcome: Int32Array;
  /** New code of handle k after row r at [r × handles + k]. */
  readonly next: Int32Array;
  /** Whether row r assigns its handles, be it the same values. */
  readonly writes: Uint8Array;
  /** Result values by code. */
  readonly results: readonly unknown[];
  /** What the runtime throws, or what is outside its domain, by row. */
  readonly messages: ReadonlyMap<number, string>;
}

/** What the author's own function computes. */
type GuardedOperation = Extract<Operation, { readonly kind: 'waitUntil' | 'atomically' }>;

const tables = new WeakMap<Operation, CompoundTable>();

/**
 * The table of an operation that reads and writes variables in one step. Each row that an author's function computes is
 * computed twice, the second time after all the others: `guard-differs-on-replay` if the answers differ.
 */
export function compoundTable(operation: Operation): CompoundTable {
  let table = tables.get(operation);
  if (table === undefined) {
    table = tableOf(operation);
    tables.set(operation, table);
  }
  return table;
}

function tableOf(operation: Operation): CompoundTable {
  switch (operation.kind) {
    case 'swap':
    case 'compareAndSwap':
    case 'fetchAdd':
      return wordTable(operation);
    case 'waitUntil':
    case 'atomically':
      return build(operation);
    default:
      throw new Error(`${operation.kind} has no table`);
  }
}

function build(operation: GuardedOperation): CompoundTable {
  const { handles } = operation;
  const rows = rowsOf(handles, `the ${operation.kind}`, operation.site);
  const outcome = new Int32Array(rows);
  const next = new Int32Array(rows * handles.length);
  const writes = new Uint8Array(rows);
  const results: unknown[] = [];
  const codes = new Map<string, number>();
  const messages = new Map<number, string>();
  const answers: unknown[] = [];
  for (let row = 0; row < rows; row++) {
    const values = valuesOfRow(handles, row);
    const answer = evaluate(operation, values);
    answers.push(answer);
    handles.forEach((handle, k) => (next[row * handles.length + k] = handle.domain.encode(values[k])));
    if (answer === 'blocked') outcome[row] = blocked;
    else if ('fault' in answer) {
      outcome[row] = faulty;
      messages.set(row, answer.fault);
    } else {
      const key = keyOf(answer.result, operation.site);
      const code = codes.get(key) ?? codes.size;
      if (code === codes.size) {
        codes.set(key, code);
        results.push(frozen(answer.result));
      }
      outcome[row] = code;
      if (answer.to !== undefined) writes[row] = 1;
      answer.to?.forEach((value, k) => {
        const handle = handles[k];
        const encoded = handle?.domain.encode(value) ?? -1;
        if (encoded < 0) {
          outcome[row] = outside;
          messages.set(
            row,
            handle === undefined
              ? `${operation.kind} writes ${k + 1} values and names ${handles.length} handles`
              : `${handle.name} can't hold ${describe(value)}: its domain is ${handle.domain.label}`,
          );
        } else next[row * handles.length + k] = encoded;
      });
    }
  }
  for (let row = 0; row < rows; row++)
    if (!areEqual(evaluate(operation, valuesOfRow(handles, row)), answers[row]))
      throw new HeddleError(
        'guard-differs-on-replay',
        `the ${operation.kind} over ${handles.map(({ name }) => name).join(', ')} gives two answers for ${valuesOfRow(handles, row).map(describe).join(', ')}`,
        { site: operation.site },
      );
  return { handles, rows, outcome, next, writes, results, messages };
}

/** The values that a row stands for. */
export function valuesOfRow(
  handles: readonly { readonly domain: { readonly size: number; decode(code: number): unknown } }[],
  row: number,
): unknown[] {
  let rest = row;
  return handles.map(({ domain }) => {
    const code = rest % domain.size;
    rest = (rest - code) / domain.size;
    return domain.decode(code);
  });
}

function evaluate(operation: GuardedOperation, values: readonly unknown[]): Outcome<readonly unknown[], unknown> {
  if (operation.kind === 'atomically') return guarded(operation.site, () => operation.compute(...values));
  return guarded(operation.site, () => operation.guard(...values)) ? {} : 'blocked';
}

function guarded<T>(site: Site, run: () => T): T {
  try {
    return watch.guard(site, run);
  } catch (error) {
    if (error instanceof HeddleError) throw error;
    throw new HeddleError('body-threw', `a guard or compound step failed: ${error instanceof Error ? error.message : String(error)}`, {
      site,
      cause: error,
    });
  }
}
