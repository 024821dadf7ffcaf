import { lassoBreaks } from '../explore/liveness/lasso.ts';
import { stuckIn } from '../explore/liveness/stuck.ts';
import { Kernel, stops } from '../kernel/kernel.ts';
import type { System } from '../kernel/system.ts';
import { run } from '../schedule/run.ts';
import type { Breach } from '../schedule/runner.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { widening } from './trace.ts';

/**
 * Where a schedule first breaks a guarantee, by number; undefined if it does not. What only the graph can tell is judged in
 * the state that the schedule ends in, where all that can follow is explored for stuck threads; and along the loop of a lasso,
 * which must come back to its start, be fair, and owe the same all the way.
 * Throws RangeError if a choice of the schedule is not enabled.
 */
export function breachOf(system: System, schedule: Schedule, guarantee: number): Breach | undefined {
  const result = run(system, schedule);
  if (result.kind === 'parted') throw new RangeError(`step ${result.at + 1} of the schedule is not enabled: ${result.why}`);
  const { breaches, end, steps } = result.run;
  const breach = breaches.find((each) => each.guarantee === guarantee);
  if (breach !== undefined || end === 'fault') return breach;
  const says = widening(system, () => {
    if (schedule.loop !== undefined) return lassoBreaks(system, schedule, guarantee);
    if (end !== 'open' || system.guarantees[guarantee]!.property.kind !== 'notStuck') return undefined;
    return stuckIn(system, stateAfter(system, schedule));
  });
  return says === undefined ? undefined : { guarantee, says, at: 'state', steps };
}

/** The packed state that a schedule leads to. Throws `Overflow` if the layout is too narrow. */
export function stateAfter(system: System, { initial, choices }: Schedule): Int32Array {
  const kernel = new Kernel(system);
  kernel.load(system.initialStates()[initial]!, 0);
  for (const { thread, pick } of choices) {
    if (pick === stops) kernel.halt(thread);
    else kernel.fire(thread, pick);
    kernel.load(kernel.next, 0);
  }
  return kernel.current;
}
