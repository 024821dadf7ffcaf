import type { System } from '../../kernel/system.ts';
import { Run } from '../../schedule/run.ts';
import { RunArbitrary } from '../../schedule/run-arbitrary.ts';
import { Runner } from '../../schedule/runner.ts';
import type { Schedule } from '../../schedule/schedule.ts';

/** As fast-check shrinks: the first smaller run that breaks the same guarantee, and again from there. */
export function shrunk(
  system: System,
  maxSteps: number,
  guarantee: number,
  schedule: Schedule,
): { readonly schedule: Schedule; readonly says: string } {
  const counts = (other: number): boolean => other === guarantee;
  const runs = new RunArbitrary(system, { maxSteps, counts });
  const runner = new Runner(system);
  runner.begin(schedule.initial);
  for (const choice of schedule.choices) runner.take(choice);
  let best = new Run(runner, counts);
  for (;;) {
    const smaller = find(runs.shrink(best), ({ value }) => value.breaches.length > 0);
    if (smaller === undefined) return { schedule: best.schedule, says: best.breaches[0]?.says ?? '' };
    best = smaller.value;
  }
}

function find<T>(values: Iterable<T>, accepts: (value: T) => boolean): T | undefined {
  for (const value of values) if (accepts(value)) return value;
  return undefined;
}
