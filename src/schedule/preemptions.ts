import type { System } from '../kernel/system.ts';
import { run } from './run.ts';
import type { Schedule } from './schedule.ts';

/**
 * How often a schedule leaves a thread that could go on. The environment is left out: neither going to it nor leaving it
 * counts. Leaving a thread that is done, stopped or whose next operation is disabled does not count, nor does leaving a
 * daemon where its `forever` begins a round. Whether a thread could go on is asked in the state before the other's step.
 * Throws RangeError if a choice of the schedule is not enabled.
 */
export function preemptionsOf(system: System, schedule: Schedule): number {
  const result = run(system, schedule);
  if (result.kind === 'parted') throw new RangeError(`step ${result.at + 1} of the schedule is not enabled: ${result.why}`);
  return result.run.preemptions;
}
