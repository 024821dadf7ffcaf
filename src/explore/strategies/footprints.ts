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
  /** Words of a set of fields. */
  readonly #words: number;
  /** By thread, then by local state: the fields that are read and those that are written, as bits; undefined if there are none. */
  readonly #known: (Int32Array | undefined | null)[][];

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    // The fields of shared state come before all others.
    this.#words = Math.ceil(kernel.system.nodeField(0) / 32);
    this.#known = kernel.programs.map(() => []);
  }

  /** What the operation pending in this local state of a thread touches; undefined if that is nothing. */
  of(thread: number, node: number): Int32Array | undefined {
    const bits = this.#known[thread]![node];
    return bits === null || bits === undefined ? this.#learn(thread, node, bits) : bits;
  }

  /** Whether operations that touch these race. */
  race(a: Int32Array, b: Int32Array | undefined): boolean {
    if (b === undefined) return false;
    const words = this.#words;
    for (let word = 0; word < words; word++) {
      const writesA = a[words + word]!;
      const writesB = b[words + word]!;
      if ((writesA & (writesB | b[word]!)) !== 0 || (writesB & a[word]!) !== 0) return true;
    }
    return false;
  }

  /** `null` is known to touch nothing. */
  #learn(thread: number, node: number, known: undefined | null): Int32Array | undefined {
    if (known === null) return undefined;
    const { reads, writes } = footprintOf(this.#kernel.system, this.#kernel.system.learners[thread]!.states[node]!.pending);
    const bits = new Int32Array(2 * this.#words);
    for (const field of reads) bits[field >> 5]! |= 1 << (field & 31);
    for (const field of writes) bits[this.#words + (field >> 5)]! |= 1 << (field & 31);
    const some = reads.length + writes.length > 0;
    this.#known[thread]![node] = some ? bits : null;
    return some ? bits : undefined;
  }
}
