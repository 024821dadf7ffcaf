import { HeddleError } from '../model/error.ts';
import type { Operation } from '../model/operation.ts';
import { describe } from '../model/plain-data.ts';
import { Fired, type Kernel } from '../kernel/kernel.ts';

/** Why a thread can't go on in the kernel's current state, and because of whom; undefined if it can. */
export function whyBlocked(kernel: Kernel, thread: number): string | undefined {
  const { system } = kernel;
  const name = (other: number): string => system.scenario.threads[other]!.name;
  if (kernel.isDone(thread)) return 'it is done';
  if (kernel.gateFieldOf(thread) >= 0 && kernel.isStopped(thread))
    return `it has stopped for ${name((kernel.get(kernel.gateFieldOf(thread)) - 1) % kernel.threads)}`;
  if (canGoOn(kernel, thread)) return undefined;
  const { pending } = system.learners[thread]!.states[kernel.nodeOf(thread)]!;
  if (pending.kind !== 'operation') return 'the run has ended there';
  return reason(kernel, thread, pending.operation, pending.phase);
}

function canGoOn(kernel: Kernel, thread: number): boolean {
  try {
    return kernel.fire(thread, 0) !== Fired.disabled;
  } catch (error) {
    // The model is at fault just behind this step: the step itself is enabled.
    if (error instanceof HeddleError) return true;
    throw error;
  }
}

function reason(kernel: Kernel, thread: number, operation: Operation, phase: 'whole' | 'request' | 'complete'): string {
  const { system } = kernel;
  const name = (other: number): string => system.scenario.threads[other]!.name;
  switch (operation.kind) {
    case 'lock':
      return `${operation.mutex.name} is held by ${name(kernel.holderOf(system.numberOf(operation.mutex, 'a lock')))}`;
    case 'acquire':
      return `${operation.semaphore.name} is at 0`;
    case 'stop': {
      const field = system.gateField(system.numberOf(operation.gate, 'a stop'));
      if (phase !== 'complete') return `${operation.gate.name} is being stopped by ${name((kernel.get(field) - 1) % kernel.threads)}`;
      const running = system.scenario.threads.flatMap((_, other) =>
        other !== thread && kernel.gateFieldOf(other) === field && !kernel.isStopped(other) && !kernel.isDone(other) ? [name(other)] : [],
      );
      return `${running.join(', ')} ${running.length === 1 ? 'has' : 'have'} not stopped`;
    }
    case 'waitUntil':
    case 'atomically': {
      const values = operation.handles.map(
        (handle) =>
          `${handle.name} is ${describe(handle.domain.decode(kernel.get(system.valueField(system.numberOf(handle, 'a guard')))))}`,
      );
      return values.join(' and ');
    }
    default:
      return 'it is not enabled';
  }
}
