import { Fired, Kernel, stops } from '../kernel/kernel.ts';
import type { System } from '../kernel/system.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { widening } from './trace.ts';

/**
 * The packed states that a schedule passes, its start first, in the system's layout of now. A step that the runtime throws on
 * leads to none.
 * Throws RangeError if a choice of the schedule is not enabled.
 */
export function statesAlong(system: System, { initial, choices }: Schedule): readonly Int32Array[] {
  return widening(system, () => {
    const kernel = new Kernel(system);
    kernel.load(system.initialStates()[initial]!, 0);
    const states = [kernel.current.slice()];
    for (const [index, { thread, pick }] of choices.entries()) {
      const fired = pick === stops ? kernel.halt(thread) : kernel.fire(thread, pick);
      if (fired === Fired.disabled) throw new RangeError(`step ${index + 1} of the schedule is not enabled`);
      if (fired === Fired.faulted) break;
      kernel.load(kernel.next, 0);
      states.push(kernel.current.slice());
    }
    return states;
  });
}
