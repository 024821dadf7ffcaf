import type { Pending } from '../../automaton/local-state.ts';
import { compoundTable } from '../../automaton/compound-table.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { System } from '../../kernel/system.ts';

/** The shared fields that an operation reads and those that it may write, ascending. */
export interface Footprint {
  readonly reads: readonly number[];
  readonly writes: readonly number[];
}

/** What a pending operation touches, whichever way it goes. Ghosts are not in it: no operation reads one. */
export function footprintOf(system: System, pending: Pending): Footprint {
  if (pending.kind !== 'operation') return nothing;
  const { operation } = pending;
  const where = 'an operation';
  switch (operation.kind) {
    case 'load':
      return { reads: [system.valueField(system.numberOf(operation.handle, where))], writes: [] };
    case 'store':
      return { reads: [], writes: [system.valueField(system.numberOf(operation.handle, where))] };
    case 'swap':
    case 'compareAndSwap':
    case 'fetchAdd':
    case 'waitUntil':
    case 'atomically': {
      const table = compoundTable(operation);
      const fields = table.handles.map((handle) => system.valueField(system.numberOf(handle, where)));
      return table.writes.includes(1) ? { reads: fields, writes: fields } : { reads: fields, writes: [] };
    }
    case 'lock':
      // Asking for a mutex only pins the thread.
      return pending.phase === 'request' ? nothing : both(system.mutexField(system.numberOf(operation.mutex, where)));
    case 'unlock':
    case 'tryLock':
      return both(system.mutexField(system.numberOf(operation.mutex, where)));
    case 'acquire':
    case 'release':
      return both(system.semaphoreField(system.numberOf(operation.semaphore, where)));
    case 'stop':
    case 'start':
      return both(system.gateField(system.numberOf(operation.gate, where)));
    default:
      return nothing;
  }
}

const nothing: Footprint = { reads: [], writes: [] };
function both(field: number): Footprint {
  return { reads: [field], writes: [field] };
}

/** Which operations of a kernel's threads race: both touch a field and one of them may write it. */
export class Footprints {
  readonly #kernel: Kernel;
  readonly #known: (Footprint | undefined)[][];

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.#known = kernel.programs.map(() => []);
  }

  /** Whether the operations pending in these local states of two threads race. */
  race(one: number, oneNode: number, other: number, otherNode: number): boolean {
    const a = this.#of(one, oneNode);
    const b = this.#of(other, otherNode);
    return meet(a.writes, b.writes) || meet(a.writes, b.reads) || meet(a.reads, b.writes);
  }

  #of(thread: number, node: number): Footprint {
    const known = this.#known[thread]!;
    return (known[node] ??= footprintOf(this.#kernel.system, this.#kernel.system.learners[thread]!.states[node]!.pending));
  }
}

/** Footprints have one or two fields, rarely more. */
function meet(a: readonly number[], b: readonly number[]): boolean {
  for (let k = 0; k < a.length; k++) if (b.includes(a[k]!)) return true;
  return false;
}
