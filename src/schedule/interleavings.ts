import { closest } from 'fastest-levenshtein';
import type { Arbitrary } from 'fast-check';
import { System } from '../kernel/system.ts';
import { HeddleError } from '../model/error.ts';
import type { Protocol, Scenario } from '../model/protocol.ts';
import { withBuiltIn, type Guarantee } from '../property/property.ts';
import type { Run } from './run.ts';
import { RunArbitrary } from './run-arbitrary.ts';

/** A scenario of one's own, or a variant in a scope of the protocol, by name. */
export type ScenarioOrSelection = Scenario | { readonly variant: string; readonly scope: string };

export interface InterleavingsOptions {
  /** The protocol's guarantees; those that hold for any protocol are added. */
  readonly guarantees?: readonly Guarantee[];
  /** Names of those that count; all of them unless told otherwise. A run ends where it breaks one. */
  readonly only?: readonly string[];
  /** Where a run that breaks nothing ends; 200 steps unless told otherwise. */
  readonly maxSteps?: number;
}

/**
 * Random runs of a protocol, for `fc.property`: which thread goes on, what a `choose` picks, and where it starts.
 *
 * ```ts
 * fc.assert(fc.property(interleavings(protocol, { variant: 'repaired', scope: 'gate' }, { guarantees }), (run) => run.violations.length === 0));
 * ```
 *
 * A failure is reproduced by fast-check's seed and path, and shrunk to a run without needless threads, rounds, steps and
 * preemptions; each value is a run that the protocol allows. What is NOT checked: anything beyond `maxSteps`, and that a
 * rare interleaving is drawn at all; only exhaustive exploration tells that.
 * Throws HeddleError `unknown-name` for a variant, scope or guarantee that is not there.
 */
export function interleavings(protocol: Protocol, where: ScenarioOrSelection, options: InterleavingsOptions = {}): Arbitrary<Run> {
  const scenario = 'threads' in where ? where : selected(protocol, where);
  const guarantees = withBuiltIn(options.guarantees ?? [], protocol.ranks !== undefined);
  const system = new System(protocol.handles, protocol.ranks, scenario, guarantees, { automata: 'minimised' });
  const { only } = options;
  if (only === undefined) return new RunArbitrary(system, { maxSteps: options.maxSteps });
  const counting = new Set(only.map((name) => guarantees.indexOf(named('guarantee', guarantees, name))));
  return new RunArbitrary(system, { maxSteps: options.maxSteps, counts: (guarantee) => counting.has(guarantee) });
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
  throw new HeddleError('unknown-name', `there is no ${what} '${name}'`, { cure: `Did you mean ${closest(name, names)}?` });
}
