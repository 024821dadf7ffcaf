import { Opcode } from './opcode.ts';
import type { Program } from './program.ts';
import type { System } from './system.ts';

/** What tells, in the inner loop, by which slot of a node a step goes: at most two fields, as the digits of a number, the lower one first. */
export interface Seen {
  readonly fields: readonly number[];
  /** What the second field counts. */
  readonly radix: number;
  /** How many numbers there are. */
  readonly places: number;
}

/** A node has at most this many places, unless its operation has as many results. */
const mostPlaces = 1 << 10;

/**
 * What a step's slot hangs on, and whether there is one: the guards of kernel.ts look at nothing else. Undefined where that is
 * more than two fields, or other threads' nodes, or which way the search goes.
 */
export function seenAt(system: System, program: Program, thread: number, node: number): Seen | undefined {
  const a = program.a[node]!;
  const pins = system.pinField(thread);
  switch (program.opcode[node]!) {
    case Opcode.load:
      return { fields: [a], radix: 0, places: placeCount(program, node) };
    case Opcode.compound: {
      const { fields, radices } = program.compounds[node]!;
      const digits = Array.from(fields, (field, k) => ({ field, radix: radices[k]! })).sort((one, other) => one.radix - other.radix);
      const [low, high] = digits;
      if (digits.length > 2 || (low !== undefined && low.radix !== 1)) return undefined;
      return { fields: digits.map(({ field }) => field), radix: high?.radix ?? 0, places: placeCount(program, node) };
    }
    case Opcode.store:
    case Opcode.event:
      return { fields: [], radix: 0, places: 1 };
    case Opcode.request:
    case Opcode.acquirem:
    case Opcode.releasem:
      return digits(system, pins);
    case Opcode.lock:
    case Opcode.acquireRequested:
    case Opcode.acquire:
    case Opcode.release:
    case Opcode.start:
      return digits(system, a);
    case Opcode.unlock:
    case Opcode.tryLock:
      return digits(system, a, pins);
    default:
      return undefined;
  }
}

/** How many places a node has for its slots, unless `seenAt` says something else: for a compound step, one for each row. */
export function placeCount(program: Program, node: number): number {
  const compound = program.compounds[node];
  if (compound !== undefined) return compound.table.rows;
  return (node + 1 < program.length ? program.first[node + 1]! : program.slots) - program.first[node]!;
}

/** All values of these fields. */
function digits({ layout }: System, ...fields: readonly number[]): Seen | undefined {
  const [low, high] = fields.map((field) => layout.mask[field]! + 1);
  const places = low! * (high ?? 1);
  return places > mostPlaces ? undefined : { fields, radix: low!, places };
}
