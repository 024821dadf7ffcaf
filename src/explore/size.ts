import { stops } from '../kernel/kernel.ts';
import type { Run } from '../schedule/run.ts';
import type { Schedule } from '../schedule/schedule.ts';

/**
 * What makes a run small, apart from its steps:
 * `threads` that do more than stop at a safe point, `choices` (a client's calls and arguments, mostly: steps of a `choose`
 * with more than one way), `preemptions` (see `preemptionsOf`).
 */
export type Measure = 'threads' | 'choices' | 'preemptions';

/** What is compared first, second, …; at last come the steps. */
export type Order = readonly Measure[];

/** In a scenario that is given, such as a generated one. */
export const byPreemptions: Order = ['preemptions'];
/** In a scope, whose most general client holds many scenarios: the smallest scenario first. */
export const byScenario: Order = ['threads', 'choices', 'preemptions'];

/** The size of a run: by measure of the order, and at last its steps. */
export type Size = readonly number[];

/** A negative number if `one` is smaller, 0 if they are equal. Sizes of one order. */
export function compareSizes(one: Size, other: Size): number {
  for (let k = 0; k < one.length; k++) if (one[k] !== other[k]) return one[k]! - other[k]!;
  return 0;
}

/** How large an executed run is. */
export function sizeOf(run: Run, order: Order): Size {
  const measures = { threads: actingThreads(run.schedule).size, choices: run.decisions, preemptions: run.preemptions };
  return [...order.map((measure) => measures[measure]), run.steps];
}

/** The threads that do more than stop at a safe point, by number. */
export function actingThreads({ choices }: Schedule): ReadonlySet<number> {
  return new Set(choices.filter(({ pick }) => pick !== stops).map(({ thread }) => thread));
}
