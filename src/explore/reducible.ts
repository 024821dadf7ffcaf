import type { Kernel } from '../kernel/kernel.ts';
import { SafeSteps } from '../kernel/safe-steps.ts';
import type { Guarantee } from '../property/property.ts';
import type { Orbits } from './symmetry/orbits.ts';

/**
 * By thread and local state, 1 where a search may take the step alone; undefined where it may nowhere: automata still grow, a
 * guarantee would not be preserved, or no step is safe.
 *
 * @param orbits what takes states for each other, if anything does
 * @param mayReduce whether a guarantee is preserved, or not judged by the search
 */
export function reducible(
  { system, programs }: Kernel,
  orbits: Orbits | undefined,
  mayReduce: (guarantee: Guarantee) => boolean,
  Safe: typeof SafeSteps = SafeSteps,
): readonly Uint8Array[] | undefined {
  if (!system.closed || !system.guarantees.every(mayReduce)) return undefined;
  const { safe } = new Safe(system, programs);
  const common = orbits?.common(safe) ?? safe;
  return common.some((own) => own.includes(1)) ? common : undefined;
}
