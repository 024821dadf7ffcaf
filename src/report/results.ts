/** The table of `heddle check`, for someone who has never seen one: a block a variant, what broke and whether it should have. */
import { brokenBeyond, rowsOf } from '../check/broken-beyond.ts';
import type { CheckedGuarantee, CheckedVariant } from '../check/check-variant.ts';
import { maxSteps, type Beyond } from '../check/spent.ts';
import { noneAlike, type SymmetryUse } from '../explore/symmetry/symmetry.ts';
import { assumptionsFor } from '../check/assumptions.ts';
import type { Bound, Verdict } from '../explore/verdict.ts';
import { describe } from '../model/plain-data.ts';
import type { Colours } from './colours.ts';
import { compactedSentence, oddsSentence } from './hash-compacted.ts';
import { riskSentences } from './residual-risk.ts';
import { wrapped } from './wrapped.ts';

export interface ResultsOptions {
  readonly colours: Colours;
  /** Columns of the terminal. */
  readonly width: number;
  /** Where the counterexample of a row is recorded, relative to the working directory; undefined if it is not. */
  readonly fileOf: (checked: CheckedVariant, row: CheckedGuarantee) => string | undefined;
  /** Only rows of this guarantee. */
  readonly guarantee?: string | undefined;
}

/** Why threads that are alike were not all taken for each other; empty where nothing is to be said. */
function symmetrySentence({ on, reason }: SymmetryUse = { on: false, threads: [], reason: null }): string {
  if (reason === null || reason === noneAlike) return '';
  return on ? `symmetry: ${reason}` : `symmetry: off, because ${reason}`;
}

/** The heading of a protocol: what it is and where it comes from. */
export function heading({ protocol, scope }: CheckedVariant, { colours, width }: ResultsOptions): string {
  const about = protocol.scopes.find(({ name }) => name === scope)?.about ?? '';
  return [
    colours.bold(protocol.name),
    ...wrapped(`${protocol.about}; ${protocol.source}`, width, ''),
    ...wrapped(`scope ${scope}: ${about}`, width, ''),
  ].join('\n');
}

/** The block of one variant. */
export function variantBlock(checked: CheckedVariant, options: ResultsOptions): string {
  const { colours, width } = options;
  const rows = checked.guarantees.filter(({ guarantee }) => options.guarantee === undefined || guarantee.name === options.guarantee);
  const beyond = brokenBeyond(checked).map(({ row }) => row);
  const worst = [
    ...rows,
    ...beyond.filter(({ guarantee }) => options.guarantee === undefined || guarantee.name === options.guarantee),
  ].some(({ status }) => status === 'unexpected')
    ? colours.red('✗')
    : rows.some(({ status }) => status === 'open')
      ? colours.yellow('?')
      : colours.green('✓');
  const { exploration } = checked;
  const symmetry = symmetrySentence(exploration.symmetry);
  const kept = exploration.storage === 'hash-compacted' ? ', hash-compacted' : '';
  const alike = exploration.symmetry?.on === true ? ' up to symmetry' : '';
  const alone = exploration.reduction === 'safe-steps' ? ', safe steps taken alone' : '';
  const size = `${many(exploration.states, 'state')}${alike}${alone}${kept}, ${(exploration.milliseconds / 1000).toFixed(1)} s`;
  const title = `${worst} ${colours.bold(checked.variant.name)}`;
  const gap = width - checked.variant.name.length - 2 - size.length;
  const lines = [
    ...(gap >= 2 ? [`${title}${' '.repeat(gap)}${colours.dim(size)}`] : [title, `${' '.repeat(width - size.length)}${colours.dim(size)}`]),
    ...wrapped(checked.variant.about, width, '  ').map((line) => colours.dim(line)),
    ...(symmetry === '' ? [] : wrapped(symmetry, width, '  ').map((line) => colours.dim(line))),
  ];
  const holding = rows.filter(({ verdict }) => verdict.kind === 'holds');
  if (holding.length > 0) {
    const all = holding.length === rows.length;
    lines.push(
      ...wrapped(
        `holds in scope: ${all && rows.length > 1 ? `all ${rows.length} guarantees` : holding.map(nameOf).join(', ')}`,
        width,
        '  ',
      ),
    );
    const vacuous = holding.filter(({ verdict }) => verdict.kind === 'holds' && verdict.vacuous);
    if (vacuous.length > 0)
      lines.push(
        ...wrapped(`vacuous (what it speaks of never happened): ${vacuous.map(nameOf).join(', ')}`, width, '    ').map(colours.yellow),
      );
    const excluded = holding.filter(({ status }) => status === 'unexpected');
    for (const { guarantee, expected } of excluded)
      lines.push(
        ...wrapped(
          `✗ ${guarantee.name} was expected to be ${expected === 'finding' ? 'a finding' : 'violated'}, and no run in the scope violates it`,
          width,
          '  ',
        ).map(colours.red),
      );
  }
  for (const row of rows.filter(({ verdict }) => verdict.kind === 'violated')) lines.push(...violatedLines(checked, row, options));
  lines.push(...assumptionLines(checked, rows, options));
  const unproven = rows.filter(({ verdict }) => verdict.kind === 'not-found' || verdict.kind === 'incomplete');
  const unjudged = unproven.filter(({ expected }) => expected === 'unspecified');
  if (unjudged.length > 0)
    lines.push(
      ...wrapped(`not judged: the other ${unjudged.length} (${unprovenSentence(unjudged[0]!.verdict)})`, width, '  ').map((line) =>
        colours.dim(line),
      ),
    );
  const rest = unproven.filter(({ expected }) => expected !== 'unspecified');
  for (const sentence of new Set(rest.map(({ verdict }) => unprovenSentence(verdict)))) {
    const group = rest.filter(({ verdict }) => unprovenSentence(verdict) === sentence);
    lines.push(
      ...wrapped(`${sentence}: ${group.map(nameOf).join(', ')}`, width, '  ').map(
        group.some(({ status }) => status === 'open') ? colours.yellow : colours.dim,
      ),
    );
  }
  // One search has one risk, whatever the guarantee.
  const risk = rest.map(({ verdict }) => (verdict.kind === 'not-found' ? verdict.residualRisk : null)).find((found) => found !== null);
  for (const sentence of risk === undefined ? [] : riskSentences(risk))
    lines.push(...wrapped(sentence, width, '    ').map((line) => colours.dim(line)));
  lines.push(...beyondLines(checked, options));
  return lines.join('\n');
}

/** What was spent beyond the scope, and what is broken there. */
function beyondLines(checked: CheckedVariant, options: ResultsOptions): string[] {
  const { colours, width } = options;
  const { beyond } = checked;
  if (beyond === undefined) return [];
  if (beyond.scenarios.length === 0) return wrapped('nothing was looked at beyond it: the check ended first', width, '  ').map(colours.dim);
  const isShown = ({ guarantee }: CheckedGuarantee): boolean => options.guarantee === undefined || guarantee.name === options.guarantee;
  const counted = beyond.counted.map((index) => checked.guarantees[index]!).filter(isShown);
  const broken = brokenBeyond(checked).filter(({ row }) => isShown(row));
  const rest = counted.filter((row) => !broken.some((each) => each.row.guarantee === row.guarantee));
  const names = rest.length === counted.length && rest.length > 1 ? `all ${rest.length} of these` : rest.map(nameOf).join(', ');
  return [
    ...(rest.length === 0 ? [] : wrapped(`not found beyond it, ${spentSentence(beyond)}: ${names}`, width, '  ').map(colours.dim)),
    ...(rest.length === 0 ? [] : riskBeyond(beyond).flatMap((sentence) => wrapped(sentence, width, '    ').map(colours.dim))),
    ...broken.flatMap(({ checked: where, row }) => [
      ...violatedLines(where, row, options),
      ...wrapped(`beyond the scope, in ${describe(where.description)}`, width, '    ').map(colours.dim),
    ]),
  ];
}

/** The residual risk of the scenario, among those drawn, of which random schedules leave the most open. */
function riskBeyond({ scenarios }: Beyond): readonly string[] {
  const risks = scenarios.flatMap(({ residualRisk }) => (residualRisk === null ? [] : [residualRisk]));
  const [worst] = risks.toSorted((one, other) => other.newState.atMost - one.newState.atMost);
  if (worst === undefined) return [];
  const [first, ...others] = riskSentences(worst);
  return [`${risks.length > 1 ? 'where most is left open, ' : ''}${first}`, ...others];
}

/** What was looked at beyond a scope. */
export function spentSentence({ scenarios }: Beyond): string {
  const complete = scenarios.filter((spent) => spent.complete);
  const states = complete.reduce((sum, spent) => sum + spent.states, 0);
  const schedules = scenarios.reduce((sum, spent) => sum + spent.schedules, 0);
  const parts = [
    `${complete.length} completely, with ${many(states, 'state')}`,
    `${scenarios.length - complete.length} by ${many(schedules, 'random schedule')} of up to ${maxSteps} steps`,
  ].filter((part) => !part.startsWith('0 '));
  return `in ${many(scenarios.length, 'generated scenario')} (${parts.join('; ')})`;
}

/** What the verdicts on runs without end count on; told once for all that count on the same. */
function assumptionLines(checked: CheckedVariant, rows: readonly CheckedGuarantee[], { colours, width }: ResultsOptions): string[] {
  const judged = rows.filter(
    ({ verdict, guarantee }) =>
      guarantee.property.kind === 'liveness' &&
      verdict.kind !== 'not-found' &&
      !(verdict.kind === 'incomplete' && verdict.cut === 'hash-compacted'),
  );
  const assumed = new Map<string, string[]>();
  for (const row of judged) {
    const text = assumptionsFor(checked, row.guarantee).join('; ');
    assumed.set(text, [...(assumed.get(text) ?? []), nameOf(row)]);
  }
  return [...assumed].flatMap(([text, names]) => wrapped(`assumed for ${names.join(', ')}: ${text}`, width, '  ').map(colours.dim));
}

function violatedLines(checked: CheckedVariant, row: CheckedGuarantee, options: ResultsOptions): string[] {
  const { colours, width } = options;
  if (row.verdict.kind !== 'violated') return [];
  const steps = row.verdict.violation.schedule.choices.length;
  const smallest = checked.description === undefined ? 'shortest run' : 'smallest run';
  const { loop } = row.verdict.violation.schedule;
  const repeated = loop === undefined ? 0 : steps - loop;
  const how = `${row.verdict.minimal ? smallest : 'a run'} of ${many(steps, 'step')}${repeated > 0 ? `, the last ${repeated} again and again` : ''}`;
  const judgement = { violated: 'as expected', finding: 'FINDING', holds: 'NOT EXPECTED', unspecified: 'not judged' }[row.expected];
  const paint = row.status === 'unexpected' ? colours.red : row.expected === 'finding' ? colours.magenta : (text: string) => text;
  const file = options.fileOf(checked, row);
  return [
    ...wrapped(`violated, ${judgement}: ${nameOf(row)} (${how})`, width, '  ').map(paint),
    ...wrapped(row.verdict.violation.says || `no longer true: ${row.guarantee.says}`, width, '    ').map(colours.dim),
    ...(file === undefined ? [] : [colours.dim(`    heddle replay ${file}`)]),
  ];
}

/** What a verdict that proves nothing says about what was looked at. */
export function unprovenSentence(verdict: Verdict): string {
  if (verdict.kind === 'not-found') return `not found ${boundSentence(verdict.bound)}`;
  if (verdict.kind !== 'incomplete') return '';
  if (verdict.cut === 'hash-compacted') return 'incomplete (it is judged on the graph of all states, which hash compaction does not keep)';
  const why = { memory: 'the memory budget ran out', time: 'the time budget ran out', interrupted: 'interrupted' }[verdict.cut];
  const { crowd } = verdict;
  const taken =
    crowd === undefined
      ? ''
      : `: ${many(crowd.states, 'state')} of the monitor of ${crowd.guarantee} take ${Math.ceil(crowd.bytes / 2 ** 20)} MB`;
  const odds = verdict.compacted === undefined ? '' : `; ${oddsSentence(verdict.compacted)}`;
  return `incomplete (${why}${taken}; runs of up to ${verdict.steps} steps are excluded${odds})`;
}

/** A bound in words. */
export function boundSentence(bound: Bound): string {
  if (bound.kind === 'steps') return `in runs of up to ${bound.steps} steps`;
  if (bound.kind === 'hash-compacted') return compactedSentence(bound);
  const strategy = bound.depth === undefined ? bound.strategy : `${bound.strategy} (depth ${bound.depth})`;
  const cut = bound.cutOff === 0 ? '' : `, ${count(bound.cutOff)} of them cut off there`;
  return `in ${count(bound.schedules)} random schedules by ${strategy} of up to ${bound.steps} steps${cut}, which passed ${many(bound.states, 'distinct state')}`;
}

/** What was found in versions taken from the sources, under a heading of its own; undefined if nothing was. */
export function findings(results: readonly CheckedVariant[], options: ResultsOptions): string | undefined {
  const { colours, width } = options;
  const found = results.flatMap((checked) =>
    rowsOf(checked).filter(
      ({ row: { expected, verdict, guarantee } }) =>
        expected === 'finding' && verdict.kind === 'violated' && (options.guarantee === undefined || guarantee.name === options.guarantee),
    ),
  );
  if (found.length === 0) return undefined;
  return [
    ...wrapped('Findings: versions taken from the sources that break a guarantee in the model', width, '').map((line) =>
      colours.magenta(colours.bold(line)),
    ),
    ...found.flatMap(({ checked, row }) => {
      const file = options.fileOf(checked, row);
      return [
        ...wrapped(`${checked.protocol.name}/${checked.variant.name}: ${row.guarantee.says}`, width, '  '),
        ...(file === undefined ? [] : [colours.dim(`    heddle replay ${file}`)]),
      ];
    }),
    ...wrapped('Derived from the model, not confirmed upstream; see the README of the protocol.', width, '  ').map(colours.dim),
  ].join('\n');
}

/** The last lines: what the whole run comes to. */
export function summary(results: readonly CheckedVariant[], milliseconds: number, options: ResultsOptions): string {
  const { colours, width } = options;
  const rows = results
    .flatMap(rowsOf)
    .map(({ row }) => row)
    .filter(({ guarantee }) => options.guarantee === undefined || guarantee.name === options.guarantee);
  const number = (test: (row: CheckedGuarantee) => boolean): number => rows.filter(test).length;
  const states = results.reduce((sum, { exploration }) => sum + exploration.states, 0);
  const parts = [
    `${number(({ verdict }) => verdict.kind === 'holds')} hold in scope`,
    `${number(({ expected, verdict }) => expected !== 'finding' && verdict.kind === 'violated')} violated`,
    many(
      number(({ expected, verdict }) => expected === 'finding' && verdict.kind === 'violated'),
      'finding',
    ),
    `${number(({ verdict, expected }) => expected !== 'unspecified' && verdict.kind === 'not-found')} not found within a bound`,
    `${number(({ verdict, expected }) => expected === 'unspecified' && verdict.kind === 'not-found')} not judged`,
    `${number(({ verdict }) => verdict.kind === 'incomplete')} incomplete`,
  ].filter((part) => !part.startsWith('0 '));
  const unexpected = number(({ status }) => status === 'unexpected');
  const interrupted = rows.some(({ verdict }) => verdict.kind === 'incomplete' && verdict.cut === 'interrupted');
  const open = number(({ status }) => status === 'open');
  const ungraphed = number(({ status, verdict }) => status === 'open' && verdict.kind === 'incomplete' && verdict.cut === 'hash-compacted');
  const whyOpen = interrupted
    ? 'the run was interrupted'
    : ungraphed === open
      ? 'hash compaction does not keep the graph of all states'
      : 'a budget ran out';
  const judged = many(rows.length, 'result');
  const [verdict, paint] =
    unexpected > 0
      ? [`${unexpected} of ${judged} ${unexpected === 1 ? 'is' : 'are'} NOT as expected.`, colours.red]
      : open > 0
        ? [`Nothing unexpected, but ${open} of ${judged} ${open === 1 ? 'is' : 'are'} open: ${whyOpen}.`, colours.yellow]
        : [
            rows.length === 0 ? 'Nothing was judged.' : rows.length === 1 ? 'The result is as expected.' : `All ${judged} are as expected.`,
            colours.green,
          ];
  return [
    ...wrapped(`${many(results.length, 'variant')}, ${[judged, ...(parts.length === 0 ? [] : [parts.join(', ')])].join(': ')}.`, width, ''),
    `${count(states)} states in ${(milliseconds / 1000).toFixed(1)} s.`,
    ...wrapped(verdict, width, '').map(paint),
  ].join('\n');
}

/** `1 step`, `2 steps`. */
function many(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}

function nameOf({ guarantee }: CheckedGuarantee): string {
  return guarantee.name;
}

/** 1234567 as 1,234,567; by hand, because what knows all languages takes 10 ms to wake. */
export function count(number: number): string {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
