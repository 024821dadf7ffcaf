import type { Arbitrary } from 'fast-check';
import { HeddleError } from './error.ts';
import { describe, keyOf } from './plain-data.ts';
import type { Scenario } from './protocol.ts';
import { captureSite, siteOfError, type Site } from './site.ts';

/**
 * The scenarios of a protocol beyond its scopes: descriptions that fast-check draws, and what to make of one.
 * A description is plain data as JSON has it; it is what is shrunk, printed and recorded.
 */
export interface Scenarios<R> {
  readonly about: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- a list of protocols does not care what their descriptions are.
  readonly arbitrary: Arbitrary<any>;
  /** What makes scenarios of a variant: called once for each, so that routines which it declares are learned once. */
  readonly build: (routines: R) => (description: unknown) => Scenario;
}

/**
 * ```ts
 * scenarios('one to four callers', {
 *   arbitrary: fc.record({ callers: fc.array(fc.nat(2), { minLength: 1, maxLength: 4 }) }),
 *   build: (routines: Routines) => {
 *     const client = clientOf(routines);
 *     return ({ callers }) => scenario({ threads: callers.map((n, index) => thread(`G${index + 1}`, client(n))) });
 *   },
 * });
 * ```
 *
 * Declare routines in `build`, not in the function that it returns: what is declared anew for each scenario is learned anew.
 * Let the arbitrary shrink to what is simpler: fewer threads, fewer calls, smaller arguments.
 * What building throws is an error of the model, and so is a description that JSON does not give back as it was.
 */
export function scenarios<R, D>(
  about: string,
  parts: { readonly arbitrary: Arbitrary<D>; readonly build: (routines: R) => (description: D) => Scenario },
): Scenarios<R> {
  const site = captureSite(scenarios);
  const build = (routines: R): ((description: unknown) => Scenario) => {
    const builder = building('what builds scenarios', () => parts.build(routines));
    return (description) => {
      checkDescription(description, site);
      // It comes from the arbitrary, or from a file that was written from it.
      return building(`the scenario ${describe(description)}`, () => builder(description as D));
    };
  };
  return Object.freeze({ about, arbitrary: parts.arbitrary, build });
}

/** Runs what builds scenarios of a model; what it throws is an error of the model. */
export function building<T>(what: string, build: () => T): T {
  try {
    return build();
  } catch (error) {
    if (error instanceof HeddleError || !(error instanceof Error)) throw error;
    throw new HeddleError('bad-declaration', `${what} failed: ${error.message}`, {
      site: siteOfError(error),
      cure: 'Mend what builds the scenario: it is called with the `routines` of each variant.',
      cause: error,
    });
  }
}

function checkDescription(description: unknown, site: Site): void {
  const text = JSON.stringify(description);
  if (text !== undefined && keyOf(JSON.parse(text), site) === keyOf(description, site)) return;
  throw new HeddleError('bad-declaration', `the description ${describe(description)} is not what JSON makes of it`, {
    site,
    cure: 'Draw plain data: null, booleans, finite numbers, strings, and arrays and records of these, without undefined.',
  });
}
