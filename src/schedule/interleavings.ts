import type { Arbitrary } from 'fast-check';
import { System } from '../kernel/system.ts';
import { HeddleError } from '../model/error.ts';
import { didYouMean } from '../model/nearest.ts';
import type { Protocol, Scenario } from '../model/protocol.ts';
import { hasPlain, withBuiltIn, type Guarantee } from '../property/property.ts';
import { GeneratedSystems } from './generated-systems.ts';
import type { Run } from './run.ts';
import { RunArbitrary, type WalkOptions } from './run-arbitrary.ts';
import { defaultExhaust, ScenarioRunArbitrary } from './scenario-run-arbitrary.ts';
import type { Exhaust } from './smaller-scenarios.ts';

/** A scenario of one's own; a variant in a scope of the protocol, by name; or a variant in the protocol's generated scenarios. */
export type ScenarioOrSelection = Scenario | { readonly variant: string; readonly scope: string } | { readonly variant: string };

export interface InterleavingsOptions {
  /** The protocol's guarantees; those that hold for any protocol are added. */
  readonly guarantees?: readonly Guarantee[];
  /** Names of those that count; all of them unless told otherwise. A run ends where it breaks one. */
  readonly only?: readonly string[];
  /** Where a run that breaks nothing ends; 200 steps unless told otherwise. */
  readonly maxSteps?: number;
  /**
   * Of generated scenarios: how many states shrinking may search, to find the fewest preemptions and to exclude smaller
   * scenarios; 200,000 of each and 2,000,000 of all unless told otherwise, false for none.
   */
  readonly exhaust?: Exhaust | false;
}

/**
 * Random runs of a protocol, for `fc.property`: which thread goes on, what a `choose` picks, and where it starts.
 *
 * ```ts
 * fc.assert(fc.property(interleavings(protocol, { variant: 'repaired', scope: 'gate' }, { guarantees }), (run) => run.violations.length === 0));
 * ```
 *
 * With a variant and no scope, the scenarios are generated too: `{ variant: 'repaired' }`. A failure is then a scenario and a
 * schedule (`run.scenario` is its description), shrunk jointly, the scenario first.
 *
 * A failure is reproduced by fast-check's seed and path, and shrunk to a run without needless threads, rounds, steps and
 * preemptions; each value is a run that the protocol allows. What is NOT checked: anything beyond `maxSteps`, and that a
 * rare interleaving is drawn at all; only exhaustive exploration tells that.
 * Throws HeddleError `unknown-name` for a variant, scope or guarantee that is not there, and `bad-declaration` if the protocol
 * states no scenarios.
 */
export function interleavings(protocol: Protocol, where: ScenarioOrSelection, options: InterleavingsOptions = {}): Arbitrary<Run> {
  const guarantees = withBuiltIn(options.guarantees ?? [], protocol.ranks !== undefined, hasPlain(protocol.handles));
  const { only, maxSteps } = options;
  const counting = only && new Set(only.map((name) => guarantees.indexOf(named('guarantee', guarantees, name))));
  const walk: WalkOptions = { maxSteps, counts: (guarantee) => counting?.has(guarantee) ?? true };
  if ('variant' in where && !('scope' in where)) {
    const variant = named(`variant of ${protocol.name}`, protocol.variants, where.variant);
    return new ScenarioRunArbitrary(new GeneratedSystems(protocol, variant, guarantees), {
      ...walk,
      exhaust: options.exhaust === false ? undefined : (options.exhaust ?? defaultExhaust),
    });
  }
  const scenario = 'threads' in where ? where : selected(protocol, where);
  return new RunArbitrary(new System(protocol.handles, protocol.ranks, scenario, guarantees, { automata: 'minimised' }), walk);
}

function selected(protocol: Protocol, { variant, scope }: { readonly variant: string; readonly scope: string }): Scenario {
  return named(`scope of ${protocol.name}`, protocol.scopes, scope).scenario(
    named(`variant of ${protocol.name}`, protocol.variants, variant).routines,
  );
}

function named<T extends { readonly name: string }>(what: string, entries: readonly T[], name: string): T {
  const found = entries.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  const names = entries.map((entry) => entry.name);
  throw new HeddleError('unknown-name', `there is no ${what} '${name}'`, {
    cure: didYouMean(name, names) ?? `There are ${names.join(', ')}.`,
  });
}
