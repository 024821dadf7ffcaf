import { assignedBy } from '../automaton/row-classes.ts';
import { Opcode } from './opcode.ts';
import type { CompoundCode } from './program.ts';
import type { System } from './system.ts';

/** The arrays of a Program that say what an operation works on. */
interface Operands {
  readonly opcode: Uint8Array;
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly compounds: readonly (CompoundCode | undefined)[];
}

/**
 * What the operation of a local state does to shared fields when it goes the way of slot `index`: assigns some, and adds
 * to others. Where it is enabled is the kernel's business.
 */
export function effectOf(
  system: System,
  thread: number,
  program: Operands,
  node: number,
  index: number,
  assign: (field: number, value: number) => void,
  increase: (field: number, by: number) => void,
): void {
  const { threads } = system.scenario;
  const field = program.a[node]!;
  const gated = threads[thread]!.gate !== undefined;
  const pin = (by: number): void => {
    if (gated) increase(system.pinField(thread), by);
  };
  switch (program.opcode[node]) {
    case Opcode.store:
      assign(field, program.b[node]!);
      break;
    case Opcode.compound: {
      const { table, fields, classes } = program.compounds[node]!;
      // A code that stays is left, not assigned: it differs from row to row of a class.
      assignedBy(table, classes.first[index]!, (k, code) => {
        if (code >= 0) assign(fields[k]!, code);
      });
      break;
    }
    case Opcode.lock:
    case Opcode.acquireRequested:
      assign(field, thread + 1);
      break;
    case Opcode.unlock:
      assign(field, 0);
      pin(-1);
      break;
    case Opcode.tryLock:
      if (index === 1) {
        assign(field, thread + 1);
        pin(1);
      }
      break;
    case Opcode.request:
    case Opcode.acquirem:
      pin(1);
      break;
    case Opcode.releasem:
      pin(-1);
      break;
    case Opcode.acquire:
      increase(field, -1);
      break;
    case Opcode.release:
      increase(field, 1);
      break;
    case Opcode.requestStop:
      assign(field, 1 + thread);
      break;
    case Opcode.completeStop:
      assign(field, 1 + threads.length + thread);
      break;
    case Opcode.start:
      assign(field, 0);
      threads.forEach(({ gate }, other) => {
        if (gate !== undefined && system.gateField(system.numberOf(gate, 'a thread')) === field) assign(system.stoppedField(other), 0);
      });
      break;
    default:
  }
}
