import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { CheckedGuarantee, CheckedVariant } from '../check/check-variant.ts';
import { rawSystemOf } from '../check/raw-system.ts';
import { smallestViolation } from '../check/smallest.ts';
import { version } from '../command/version.ts';
import { scopeWords, writeCounterexample } from '../counterexample/file.ts';
import { record } from '../counterexample/record.ts';
import { renderColumns } from '../report/columns.ts';

/** A violation in columns, and the command that replays it. The counterexample is kept where caches are kept. */
export async function tellViolation(checked: CheckedVariant, row: CheckedGuarantee): Promise<string> {
  if (row.verdict.kind !== 'violated') throw new RangeError(`${row.guarantee.name} is not violated`);
  const { description, scope } = checked;
  // One of a generated scenario is shrunk already.
  const violation = description === undefined ? await smallestViolation(checked, row) : row.verdict.violation;
  const minimal = description === undefined && row.verdict.minimal && violation === row.verdict.violation;
  const origin = { protocol: checked.protocol.name, variant: checked.variant.name, scope, heddle: version() };
  const { file, trace } = record(rawSystemOf(checked), violation, origin, { minimal }, description);
  const { certificate } = file;
  const text = renderColumns({
    ...origin,
    scope: scopeWords(file),
    guarantee: row.guarantee,
    violation: file.violation,
    certificate,
    trace,
  });
  const packages = join(process.cwd(), 'node_modules');
  const folder = existsSync(packages) ? join(packages, '.cache', 'heddle') : join(tmpdir(), 'heddle');
  const written = relative(process.cwd(), await writeCounterexample(folder, file, text));
  return `${text}\nreplay it: npx heddle replay ${written} --root .`;
}
