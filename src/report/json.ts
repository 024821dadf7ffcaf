/** `heddle check --json`: the format of CONTRACT.md, heddle-results/1. */
import type { CheckedGuarantee, CheckedVariant, Status } from '../check/check-variant.ts';

export interface JsonOptions {
  readonly version: string;
  readonly seed: number;
  readonly scope: string;
  /** Whether the run had a budget in time. */
  readonly timed: boolean;
  readonly guarantee?: string | undefined;
  readonly fileOf: (checked: CheckedVariant, row: CheckedGuarantee) => string | undefined;
  /** Preemptions of a violation, and the initial values of its scenario. */
  readonly storyOf: (
    checked: CheckedVariant,
    row: CheckedGuarantee,
  ) => { readonly scenario: Readonly<Record<string, unknown>>; readonly preemptions: number } | undefined;
}

/** The document as plain data; equal for two untimed runs with one seed but for `milliseconds`. */
export function jsonResults(results: readonly CheckedVariant[], options: JsonOptions): unknown {
  const rows = results.flatMap((checked, index) =>
    checked.guarantees
      .filter(({ guarantee }) => options.guarantee === undefined || guarantee.name === options.guarantee)
      .map((row) => jsonRow(checked, row, index + 1, options)),
  );
  return {
    format: 'heddle-results/1',
    version: options.version,
    seed: options.seed,
    scope: options.scope,
    complete: rows.every(({ complete }) => complete),
    timed: options.timed,
    results: rows.sort((a, b) => order(`${a.protocol}/${a.variant}/${a.guarantee}`, `${b.protocol}/${b.variant}/${b.guarantee}`)),
  };
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function jsonRow(checked: CheckedVariant, row: CheckedGuarantee, exploration: number, options: JsonOptions) {
  const { verdict } = row;
  const { states, transitions, depth, engine, milliseconds } = checked.exploration;
  return {
    protocol: checked.protocol.name,
    variant: checked.variant.name,
    guarantee: row.guarantee.name,
    verdict: verdict.kind,
    expected: row.expected,
    asExpected: row.status === 'as expected',
    engine,
    complete: verdict.kind === 'holds' || (verdict.kind === 'violated' && verdict.minimal),
    bound:
      verdict.kind === 'not-found'
        ? verdict.bound
        : verdict.kind === 'incomplete'
          ? { kind: 'steps', steps: verdict.steps, cut: verdict.cut }
          : null,
    residualRisk: null,
    exploration,
    states,
    transitions,
    depth,
    reduction: 'none',
    automata: checked.automata,
    workers: 1,
    vacuous: verdict.kind === 'holds' && verdict.vacuous,
    milliseconds: Math.round(milliseconds),
    scenarios: [],
    counterexample: jsonCounterexample(checked, row, options),
  };
}

function jsonCounterexample(checked: CheckedVariant, row: CheckedGuarantee, options: JsonOptions): unknown {
  if (row.verdict.kind !== 'violated') return null;
  const { choices } = row.verdict.violation.schedule;
  const story = options.storyOf(checked, row);
  return {
    file: options.fileOf(checked, row) ?? null,
    scenario: story?.scenario ?? {},
    steps: choices.length,
    preemptions: story?.preemptions ?? 0,
    threads: new Set(choices.map(({ thread }) => thread)).size,
    minimal: row.verdict.minimal,
  };
}

/** CONTRACT.md's exit code for what was found. */
export function exitCodeOf(results: readonly CheckedVariant[], guarantee: string | undefined): 0 | 1 | 3 {
  const statuses = new Set<Status>(
    results.flatMap(({ guarantees }) =>
      guarantees.filter((row) => guarantee === undefined || row.guarantee.name === guarantee).map(({ status }) => status),
    ),
  );
  if (statuses.has('unexpected')) return 1;
  return statuses.has('open') ? 3 : 0;
}
