/** The natural models (models/compute-max-procs-natural), and the ways in which each is explored. */
import { Exhaustive } from '../src/explore/exhaustive.ts';
import { withBuiltIn, type Guarantee, type Protocol, type Verdict } from '../src/index.ts';
import { System } from '../src/kernel/system.ts';

/** Callers × calls. */
export const naturalSizes = ['2x1', '2x2', '3x1', '3x2'] as const;
export type NaturalSize = (typeof naturalSizes)[number];
/** The holding one first. */
export const naturalVariants = ['simplified', 'does-not-wait', 'no-recheck', 'starts-early'] as const;
export type NaturalVariant = (typeof naturalVariants)[number];

/** On raw automata; on minimised ones; on minimised ones with safe steps taken alone. */
export const ways = ['raw', 'minimised', 'reduced'] as const;
export type Way = (typeof ways)[number];

export const nameOf = (size: NaturalSize): string => `compute-max-procs-natural-${size}`;

/**
 * A search of a variant, one way.
 * @param end whether the search of a variant that is expected to break ends, as in `heddle check`, when it has
 */
export async function searchOf(
  size: NaturalSize,
  variantName: NaturalVariant,
  way: Way,
  end: 'when broken' | 'with the last state',
): Promise<Exhaustive> {
  const name = nameOf(size);
  const { default: protocol } = (await import(`./models/${name}/index.js`)) as { readonly default: Protocol };
  const { guarantees } = (await import(`./properties/${name}.js`)) as { readonly guarantees: readonly Guarantee[] };
  const all = withBuiltIn(guarantees, protocol.ranks !== undefined);
  const { routines, expects } = protocol.variants.find((variant) => variant.name === variantName)!;
  const system = new System(protocol.handles, protocol.ranks, protocol.scopes[0]!.scenario(routines), all, {
    automata: way === 'raw' ? 'raw' : 'minimised',
  });
  const untilViolated = end === 'when broken' ? all.flatMap(({ name }, index) => (expects[name] === 'violated' ? [index] : [])) : [];
  return new Exhaustive(system, { reduces: way === 'reduced', untilViolated });
}

/** By guarantee: a verdict in a few words, with the length of a shortest run that breaks it. */
export function verdictsOf(search: Exhaustive): Readonly<Record<string, string>> {
  const { verdicts } = search.result();
  return Object.fromEntries(search.system.guarantees.map(({ name }, index) => [name, inWords(verdicts[index]!)]));
}

function inWords(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'holds':
      return verdict.vacuous ? 'holds vacuously' : 'holds';
    case 'violated':
      return `violated in ${verdict.violation.schedule.choices.length} steps`;
    case 'not-found':
      return 'not found';
    case 'incomplete':
      return 'incomplete';
  }
}
