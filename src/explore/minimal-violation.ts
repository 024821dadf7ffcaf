import type { System } from '../kernel/system.ts';
import { run } from '../schedule/run.ts';
import { MinimalSearch, type MinimalSearchOptions, type Minimum } from './minimal.ts';
import { byPreemptions, compareSizes, sizeOf, type Order } from './size.ts';

export interface MinimalViolationOptions extends MinimalSearchOptions {
  /** Wall-clock budget; with it two runs may differ. */
  readonly seconds?: number | undefined;
}

/**
 * The smallest violation of a guarantee (by number) in a scenario: fewest preemptions and then fewest steps, unless `order`
 * says otherwise. At once, in this thread; `MinimalSearch` is the same in slices.
 *
 * Its schedule fits every system of the same scenario, raw or minimised. What is NOT looked for: violations in other
 * scenarios, and guarantees about runs without end.
 * Throws HeddleError if the model is at fault.
 */
export function minimalViolation(system: System, guarantee: number, options: MinimalViolationOptions = {}): Minimum {
  const began = performance.now();
  const search = new MinimalSearch(system, guarantee, options);
  while (!search.advance(20_000))
    if (options.seconds !== undefined && performance.now() - began > options.seconds * 1000) search.cut('time');
  const minimum = search.result();
  confirm(system, guarantee, minimum, options.order ?? byPreemptions);
  return minimum;
}

/** That a minimum is what it says, by the runner, which counts for itself. Throws Error if not: that would be a fault in Heddle. */
export function confirm(system: System, guarantee: number, minimum: Minimum, order: Order): void {
  if (minimum.kind !== 'violated') return;
  const executed = run(system, minimum.violation.schedule);
  const { breaches } = executed.run;
  if (executed.kind === 'parted' || !breaches.some((breach) => breach.guarantee === guarantee && breach.steps === executed.run.steps))
    throw new Error('the smallest violation does not replay');
  if (compareSizes(sizeOf(executed.run, order), minimum.size) !== 0)
    throw new Error(`a run of size ${sizeOf(executed.run, order).join()} was taken for one of ${minimum.size.join()}`);
}
