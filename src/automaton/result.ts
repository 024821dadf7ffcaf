import { HeddleError } from '../model/error.ts';
import type { Operation } from '../model/operation.ts';
import { compoundTable } from './compound-table.ts';
import type { Pending } from './local-state.ts';

/** How many different results the engine can give a thread that asks for this. */
export function resultCount(pending: Pending): number {
  if (pending.kind === 'enters' || pending.kind === 'returns') return 1;
  if (pending.kind !== 'operation') return 0;
  const { operation, phase } = pending;
  if (phase === 'request') return 1;
  switch (operation.kind) {
    case 'load':
      return operation.handle.domain.size;
    case 'tryLock':
      return 2;
    case 'choose':
      return operation.values.length;
    case 'swap':
    case 'fetchAdd':
    case 'compareAndSwap':
    case 'atomically':
      return Math.max(1, compoundTable(operation).results.length);
    default:
      return 1;
  }
}

/** The value that a result code stands for: what the body receives. */
export function resultOf(operation: Operation, code: number): unknown {
  switch (operation.kind) {
    case 'load':
      return operation.handle.domain.decode(code);
    case 'tryLock':
      return code === 1;
    case 'choose':
      return operation.values[code];
    case 'swap':
    case 'fetchAdd':
    case 'compareAndSwap':
    case 'atomically':
      return compoundTable(operation).results[code];
    default:
      return undefined;
  }
}

/** The number of rows that a table over these domains has; throws `table-too-large` beyond a million. */
export function rowsOf(
  handles: readonly { readonly name: string; readonly domain: { readonly size: number } }[],
  what: string,
  where: Operation['site'],
): number {
  const rows = handles.reduce((product, { domain }) => product * domain.size, 1);
  if (rows > 1 << 20)
    throw new HeddleError(
      'table-too-large',
      `${what} over ${handles.map(({ name }) => name).join(', ')} has ${rows.toLocaleString('en')} rows`,
      { site: where },
    );
  return rows;
}
