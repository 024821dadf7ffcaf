/** `heddle check --json`: the format of CONTRACT.md, heddle-results/1. */
import { brokenBeyond, rowsOf } from '../check/broken-beyond.ts';
import { assumptionsFor } from '../check/assumptions.ts';
import type { CheckedGuarantee, CheckedVariant, Status } from '../check/check-variant.ts';
import { actingThreads } from '../explore/size.ts';
import type { Violation } from '../explore/verdict.ts';

export interface JsonOptions {
  readonly version: string;
  readonly seed: number;
  readonly scope: string;
  /** Whether the run had a budget in time. */
  readonly timed: boolean;
  readonly guarantee?: string | undefined;
  readonly fileOf: (checked: CheckedVariant, row: CheckedGuarantee) => string | undefined;
  readonly storyOf: (checked: CheckedVariant, row: CheckedGuarantee) => CounterexampleFacts | undefined;
}

/** What is told of a violation. */
export interface CounterexampleFacts {
  /** The smallest that was looked for, or as it was found. */
  readonly violation: Violation;
  readonly preemptions: number;
  /** Its initial values, or the description of a generated one. */
  readonly scenario: unknown;
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

/** A row speaks of the scope, unless its guarantee is broken beyond it and nowhere in it. */
function jsonRow(inScope: CheckedVariant, rowInScope: CheckedGuarantee, exploration: number, options: JsonOptions) {
  const { checked, row } = brokenBeyond(inScope).find((broken) => broken.row.guarantee === rowInScope.guarantee) ?? {
    checked: inScope,
    row: rowInScope,
  };
  const { verdict } = row;
  const { states, transitions, depth, engine, milliseconds, symmetry } = checked.exploration;
  return {
    protocol: checked.protocol.name,
    variant: checked.variant.name,
    guarantee: row.guarantee.name,
    verdict: verdict.kind,
    verdictInScope: rowInScope.verdict.kind,
    expected: row.expected,
    asExpected: row.status === 'as expected',
    engine,
    // A lasso is told from the whole graph.
    complete:
      verdict.kind === 'holds' || (verdict.kind === 'violated' && (verdict.minimal || verdict.violation.schedule.loop !== undefined)),
    bound:
      verdict.kind === 'not-found'
        ? verdict.bound
        : verdict.kind === 'incomplete'
          ? {
              kind: verdict.compacted === undefined ? 'steps' : 'hash-compacted',
              ...verdict.compacted,
              steps: verdict.steps,
              cut: verdict.cut,
              ...(verdict.crowd !== undefined && { crowd: verdict.crowd }),
            }
          : null,
    residualRisk: verdict.kind === 'not-found' ? verdict.residualRisk : null,
    exploration,
    storage: checked.exploration.storage ?? 'exact',
    states,
    transitions,
    depth,
    reduction: checked.exploration.reduction ?? 'none',
    symmetry: symmetry ?? null,
    automata: checked.automata,
    workers: checked.workers,
    vacuous: verdict.kind === 'holds' && verdict.vacuous,
    milliseconds: Math.round(milliseconds),
    scenarios: isCounted(inScope, rowInScope) ? (inScope.beyond?.scenarios ?? []) : [],
    ...(row.guarantee.property.kind === 'liveness' ? { assumes: assumptionsFor(checked, row.guarantee) } : {}),
    counterexample: jsonCounterexample(checked, row, options),
  };
}

/** Whether a guarantee was looked at beyond the scope. */
function isCounted({ beyond, guarantees }: CheckedVariant, row: CheckedGuarantee): boolean {
  return beyond?.counted.includes(guarantees.indexOf(row)) === true;
}

function jsonCounterexample(checked: CheckedVariant, row: CheckedGuarantee, options: JsonOptions): unknown {
  const facts = options.storyOf(checked, row);
  if (row.verdict.kind !== 'violated' || facts === undefined) return null;
  const { schedule, certificate } = facts.violation;
  const smallest = certificate?.minimal === true;
  return {
    file: options.fileOf(checked, row) ?? null,
    scenario: facts.scenario,
    steps: schedule.choices.length,
    preemptions: facts.preemptions,
    threads: actingThreads(schedule).size,
    ...(schedule.loop === undefined ? {} : { loop: schedule.loop }),
    // Of a generated scenario, no smaller scenario may break the guarantee either.
    minimal: row.verdict.minimal || (smallest && checked.description === undefined),
    order: smallest ? [...certificate.order, 'steps'] : ['steps'],
    certificate: certificate ?? null,
  };
}

/** CONTRACT.md's exit code for what was found. */
export function exitCodeOf(results: readonly CheckedVariant[], guarantee: string | undefined): 0 | 1 | 3 {
  const statuses = new Set<Status>(
    results
      .flatMap(rowsOf)
      .filter(({ row }) => guarantee === undefined || row.guarantee.name === guarantee)
      .map(({ row }) => row.status),
  );
  if (statuses.has('unexpected')) return 1;
  return statuses.has('open') ? 3 : 0;
}
