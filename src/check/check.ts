import { Exhaustive } from '../explore/exhaustive.ts';
import type { Exploration } from '../explore/verdict.ts';
import { System } from '../kernel/system.ts';
import type { Protocol, Scenario, Variant } from '../model/protocol.ts';
import { unknown } from '../project/unknown.ts';
import { hasPlain, withBuiltIn, type Guarantee } from '../property/property.ts';
import { exploreVariant, judge, type CheckedVariant, type CheckOptions } from './check-variant.ts';

/** Options of `check`; all have the defaults of the command line. */
export interface ProgramCheckOptions extends Partial<CheckOptions> {
  /** Names of variants; all by default. */
  readonly variants?: readonly string[];
}

/** 4 GiB. */
const defaultBytes = 2 ** 32;

/**
 * `heddle check` for programs: every variant of a protocol in a scope (`gate` by default), one after the other in this
 * thread. Throws HeddleError if the model is at fault or a name is unknown.
 *
 * @example
 * const [result] = await check(protocol, guarantees, { variants: ['repaired'], scope: 'tiny' });
 * result.guarantees.every(({ verdict }) => verdict.kind === 'holds');
 */
export async function check(
  protocol: Protocol,
  guarantees: readonly Guarantee[],
  options: ProgramCheckOptions = {},
): Promise<readonly CheckedVariant[]> {
  const all = withBuiltIn(guarantees, protocol.ranks !== undefined, hasPlain(protocol.handles));
  const settled: CheckOptions = { scope: 'gate', engine: 'exhaustive', maxBytes: defaultBytes, seed: 1, schedules: 2000, ...options };
  const variants = (options.variants ?? protocol.variants.map(({ name }) => name)).map((name): Variant<unknown> => {
    const found = protocol.variants.find((variant) => variant.name === name);
    if (found === undefined)
      throw unknown(
        `variant of ${protocol.name}`,
        name,
        protocol.variants.map((variant) => variant.name),
      );
    return found as Variant<unknown>;
  });
  const results: CheckedVariant[] = [];
  for (const variant of variants)
    results.push(judge(protocol, variant, all, settled.scope, await exploreVariant(protocol, variant, all, settled)));
  return results;
}

/** What `explore` found out, by the name of each guarantee. */
export interface ExploredScenario extends Exploration {
  readonly system: System;
  /** Names of the violated guarantees, and the length of a shortest run that violates each. */
  readonly violated: Readonly<Record<string, number>>;
}

/**
 * Explores one scenario completely and at once; for tests and for a first look at a model. No budget: a scenario that is
 * too large ends with the process.
 * `automata: 'raw'` keeps every local state as it was learned, for exact counts.
 */
export function explore(
  protocol: Pick<Protocol, 'handles' | 'ranks'>,
  scenario: Scenario,
  guarantees: readonly Guarantee[] = [],
  options: { readonly automata?: 'raw' | 'minimised' } = {},
): ExploredScenario {
  const system = new System(
    protocol.handles,
    protocol.ranks,
    scenario,
    withBuiltIn(guarantees, protocol.ranks !== undefined, hasPlain(protocol.handles)),
    {
      automata: options.automata ?? 'minimised',
    },
  );
  const search = new Exhaustive(system);
  while (!search.advance(1_000_000));
  const result = search.result();
  const violated = Object.fromEntries(
    result.verdicts.flatMap((verdict, index) =>
      verdict.kind === 'violated' ? [[system.guarantees[index]!.name, verdict.violation.schedule.choices.length]] : [],
    ),
  );
  return { ...result, system, violated };
}
