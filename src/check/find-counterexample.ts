import type { Counterexample } from '../counterexample/file.ts';
import type { Progress } from '../explore/search.ts';
import type { Verdict } from '../explore/verdict.ts';
import type { Selected } from '../project/select.ts';
import { exploreVariant, judge } from './check-variant.ts';
import { recordedOf } from './recorded.ts';
import { smallestViolation } from './smallest.ts';

/** A counterexample as `heddle check --record` would write it, or what is known instead. */
export type Found =
  | { readonly kind: 'counterexample'; readonly file: Counterexample }
  | { readonly kind: 'none'; readonly verdict: Exclude<Verdict, { readonly kind: 'violated' }> };

export interface FindOptions {
  readonly scope: string;
  /** Budget for visited states, in bytes. */
  readonly maxBytes: number;
  /** The version of Heddle. */
  readonly heddle: string;
  readonly onProgress?: (progress: Pick<Progress, 'states'>) => void;
}

/**
 * Explores a variant in a scope for the smallest violation of one guarantee: what a check of it finds, or a proof that there is
 * none, also where a check ends as soon as what the variant exists to break has broken.
 */
export async function findCounterexample(entry: Selected, guarantee: string, options: FindOptions): Promise<Found> {
  const { protocol, guarantees } = entry.loaded;
  const { scope, maxBytes, heddle, onProgress } = options;
  const hooks = onProgress === undefined ? {} : { onProgress };
  // Nothing else that breaks may end the search.
  const variant: Selected['variant'] = { ...entry.variant, expects: { [guarantee]: 'violated' }, otherwise: 'unspecified' };
  const settings = { scope, engine: 'exhaustive', maxBytes, seed: 1, schedules: 0 } as const;
  const checked = judge(protocol, variant, guarantees, scope, await exploreVariant(protocol, variant, guarantees, settings, hooks));
  const row = checked.guarantees.find((each) => each.guarantee.name === guarantee);
  if (row === undefined) throw new RangeError(`${protocol.name} has no guarantee ${guarantee}`);
  if (row.verdict.kind !== 'violated') return { kind: 'none', verdict: row.verdict };
  const violation = await smallestViolation(checked, row, { maxBytes, ...hooks });
  return { kind: 'counterexample', file: recordedOf(checked, row, violation, heddle).file };
}
