/** `heddle/ava`: a protocol's guarantees as AVA tests. Of AVA only types are imported: the caller brings it. */
import type { ExecutionContext, TestFn } from 'ava';
import { rowsOf } from '../check/broken-beyond.ts';
import { check, type ProgramCheckOptions } from '../check/check.ts';
import type { CheckedVariant } from '../check/check-variant.ts';
import type { Expectation, Protocol, Variant } from '../model/protocol.ts';
import { unknown } from '../project/unknown.ts';
import { hasPlain, withBuiltIn, type Guarantee } from '../property/property.ts';
import { unprovenSentence } from '../report/results.ts';
import { tellViolation } from './tell-violation.ts';

export interface VerifyOptions extends ProgramCheckOptions {
  /** How long one exploration may take, in milliseconds; ten minutes unless told otherwise. AVA ends the test after it. */
  readonly timeout?: number;
}

const tenMinutes = 600_000;
const title: Readonly<Record<Expectation, string>> = {
  holds: 'holds',
  violated: 'is violated, as expected',
  finding: 'is violated: a finding',
  unspecified: '',
};

/**
 * Registers a test for each variant and guarantee that the variant says something about; all tests of a variant share one
 * exploration, made when the first of them runs. A test fails with the smallest run that breaks the guarantee, step by
 * step, and the command that replays it. Options are those of `check`.
 *
 * ```ts
 * verify(test, protocol, guarantees, { scope: 'gate' });
 * ```
 *
 * Throws HeddleError `unknown-name` for a variant that is not there; what is wrong with the model fails its tests.
 */
export function verify(test: TestFn, protocol: Protocol, guarantees: readonly Guarantee[], options: VerifyOptions = {}): void {
  const all = withBuiltIn(guarantees, protocol.ranks !== undefined, hasPlain(protocol.handles));
  for (const variant of selected(protocol, options.variants)) {
    let exploring: Promise<CheckedVariant> | undefined;
    const explored = (): Promise<CheckedVariant> =>
      (exploring ??= check(protocol, guarantees, { ...options, variants: [variant.name] }).then(([checked]) => checked!));
    for (const { name } of all) {
      const expected = variant.expects[name] ?? variant.otherwise;
      if (expected === 'unspecified') continue;
      test(`${protocol.name}/${variant.name}: ${name} ${title[expected]}`, async (t) => {
        t.timeout(options.timeout ?? tenMinutes, 'the scope is too large: name a smaller one, or give it more time');
        await judge(t, await explored(), name);
      });
    }
  }
}

function selected(protocol: Protocol, names: readonly string[] | undefined): readonly Variant<unknown>[] {
  const known = protocol.variants.map(({ name }) => name);
  for (const name of names ?? []) if (!known.includes(name)) throw unknown(`variant of ${protocol.name}`, name, known);
  return protocol.variants.filter(({ name }) => names?.includes(name) ?? true);
}

async function judge(t: ExecutionContext, checked: CheckedVariant, name: string): Promise<void> {
  const rows = rowsOf(checked).filter(({ row }) => row.guarantee.name === name);
  const wrong = rows.find(({ row }) => row.status !== 'as expected');
  if (wrong === undefined) {
    t.pass();
    for (const { row } of rows) t.log(row.verdict.kind === 'holds' ? 'holds in scope' : unprovenSentence(row.verdict) || row.verdict.kind);
    return;
  }
  const { row } = wrong;
  if (row.verdict.kind === 'violated') t.fail(`\n${await tellViolation(wrong.checked, row)}`);
  else if (row.verdict.kind === 'holds')
    t.fail(`it was expected to be ${row.expected}, and no run in the scope ${checked.scope} breaks it`);
  else t.fail(unprovenSentence(row.verdict));
}
