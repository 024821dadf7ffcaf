import { nearestPassing, type Contrast } from '../explore/contrast/contrast.ts';
import { confirm } from '../explore/minimal-violation.ts';
import { MinimalSearch } from '../explore/minimal.ts';
import { judgedOnTheWay } from '../property/judged-on-the-way.ts';
import { drive, type DriveOptions } from '../explore/search.ts';
import { byPreemptions, byScenario } from '../explore/size.ts';
import type { Certificate, Violation } from '../explore/verdict.ts';
import type { System } from '../kernel/system.ts';
import { run } from '../schedule/run.ts';
import type { CheckedGuarantee, CheckedVariant } from './check-variant.ts';
import { systemOf } from './raw-system.ts';

/** A search may visit so many states (each with the threads that run in it): some seconds, and the same on every machine. */
const defaultMaxStates = 6_000_000;

export interface SmallestOptions extends Omit<DriveOptions, 'slice'> {
  /** Budget for each search. */
  readonly maxStates?: number | undefined;
  /** Budget for visited states, in bytes. */
  readonly maxBytes?: number | undefined;
}

/**
 * The smallest violation in the scope of a violated row: fewest threads, choices, preemptions, steps; if that can't be
 * proven within the budget, the one with the fewest preemptions and steps; or else the one that the check has found, with
 * what is excluded all the same. Never larger than what it says.
 */
export async function smallestViolation(
  checked: CheckedVariant,
  { verdict, guarantee }: CheckedGuarantee,
  options: SmallestOptions = {},
): Promise<Violation> {
  if (verdict.kind !== 'violated') throw new RangeError(`${guarantee.name} is not violated`);
  const { violation } = verdict;
  const system = systemOf(checked, 'minimised');
  if (!judgedOnTheWay(guarantee.property) || !breaksOnTheWay(system, violation)) return violation;
  let certificate: Certificate | undefined;
  for (const order of [byScenario, byPreemptions]) {
    const search = new MinimalSearch(system, violation.guarantee, {
      order,
      maxStates: options.maxStates ?? defaultMaxStates,
      maxBytes: options.maxBytes,
    });
    const minimum = await drive(search, { slice: 20_000, ...options });
    confirm(system, violation.guarantee, minimum, order);
    if (minimum.kind === 'violated') return minimum.violation;
    if (minimum.kind === 'none') throw new Error(`${guarantee.name} was violated, and a complete search finds no violation`);
    certificate ??= minimum.certificate;
    if (minimum.cut === 'interrupted') break;
  }
  return certificate === undefined ? violation : { ...violation, certificate };
}

/** The nearest passing schedule of a violation; undefined where none is known, or where only the graph tells the violation. */
export function contrastOf(checked: CheckedVariant, { guarantee }: CheckedGuarantee, violation: Violation): Contrast | undefined {
  const system = systemOf(checked, 'minimised');
  if (!judgedOnTheWay(guarantee.property) || !breaksOnTheWay(system, violation)) return undefined;
  return nearestPassing(system, violation.guarantee, violation.schedule);
}

/** Whether a step or a state of the run shows the violation; what only the graph tells (stuck threads) is left as it was found. */
function breaksOnTheWay(system: System, { guarantee, schedule }: Violation): boolean {
  return run(system, schedule).run.breaches.some((breach) => breach.guarantee === guarantee);
}
