import type { Variable } from '../model/handle.ts';
import type { Operation } from '../model/operation.ts';
import { describe, keyOf } from '../model/plain-data.ts';
import { outside, type CompoundTable } from './compound-table.ts';
import { rowsOf } from './result.ts';

type WordOperation = Extract<Operation, { readonly kind: 'swap' | 'compareAndSwap' | 'fetchAdd' }>;

/** By handle, then by what is done to it. */
const tables = new WeakMap<Variable<unknown>, Map<string, CompoundTable>>();

/**
 * The table of an operation that reads and writes one variable. What these do is fixed, so one table serves all that do the
 * same to the same variable, and no answer needs to be asked for twice. Result codes are those of the first row that gives them.
 */
export function wordTable(operation: WordOperation): CompoundTable {
  const { handle } = operation;
  let known = tables.get(handle);
  if (known === undefined) tables.set(handle, (known = new Map()));
  const key = meaningOf(operation);
  let table = known.get(key);
  if (table === undefined) known.set(key, (table = build(operation)));
  return table;
}

/** Equal for operations on one variable that do the same. What they name is in the domain: whoever makes them checks that. */
function meaningOf(operation: WordOperation): string {
  const { domain } = operation.handle;
  switch (operation.kind) {
    case 'swap':
      return `swap ${domain.encode(operation.value)}`;
    case 'compareAndSwap':
      return `compareAndSwap ${domain.encode(operation.from)} ${domain.encode(operation.to)}`;
    case 'fetchAdd':
      return `fetchAdd ${keyOf(operation.delta)}`;
  }
}

function build(operation: WordOperation): CompoundTable {
  const { handle } = operation;
  const { domain } = handle;
  const rows = rowsOf([handle], `the ${operation.kind}`, operation.site);
  const outcome = new Int32Array(rows);
  const next = new Int32Array(rows);
  const writes = new Uint8Array(rows);
  const codes = new Map<unknown, number>();
  const messages = new Map<number, string>();
  for (let row = 0; row < rows; row++) {
    const old = domain.decode(row);
    const changes = operation.kind !== 'compareAndSwap' || old === operation.from;
    const result = operation.kind === 'compareAndSwap' ? changes : old;
    let code = codes.get(result);
    if (code === undefined) codes.set(result, (code = codes.size));
    outcome[row] = code;
    writes[row] = changes ? 1 : 0;
    const after = changes ? written(operation, old) : old;
    const encoded = domain.encode(after);
    next[row] = encoded < 0 ? domain.encode(old) : encoded;
    if (encoded >= 0) continue;
    outcome[row] = outside;
    messages.set(row, `${handle.name} can't hold ${describe(after)}: its domain is ${domain.label}`);
  }
  return { handles: [handle], rows, outcome, next, writes, results: [...codes.keys()], messages };
}

function written(operation: WordOperation, old: unknown): unknown {
  switch (operation.kind) {
    case 'swap':
      return operation.value;
    case 'compareAndSwap':
      return operation.to;
    case 'fetchAdd':
      // Only numbers can be added to.
      return (old as number) + operation.delta;
  }
}
