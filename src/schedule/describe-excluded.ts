import type { Minimum } from '../explore/minimal.ts';
import { describe } from '../model/plain-data.ts';
import { needsWholeGraph } from '../property/needs-whole-graph.ts';
import type { Run } from './run.ts';
import type { Smaller } from './smaller-scenarios.ts';

/** Scenarios that are named one by one. */
const most = 3;

/** What complete searches have excluded of what is smaller than a broken run of a generated scenario, a line each. */
export function describeExcluded(run: Run, minimum: Minimum | undefined, smaller: Smaller | undefined): readonly string[] {
  const { property } = run.system.guarantees[run.breaches[0]!.guarantee]!;
  return [
    ...(minimum === undefined ? [] : ofThisScenario(run, minimum)),
    ...(smaller === undefined ? [] : ofSmallerOnes(smaller)),
    ...(needsWholeGraph(property) ? ['  wait-for cycles and bad ends were looked for, not threads that are stuck beside others'] : []),
  ];
}

function ofThisScenario({ preemptions, steps }: Run, minimum: Minimum): readonly string[] {
  if (minimum.kind === 'none') return [];
  const certificate = minimum.kind === 'open' ? minimum.certificate : minimum.violation.certificate;
  const [fewest = 0, shortest = 0] = certificate.excludes;
  const states = count(certificate.states.reduce((sum, number) => sum + number, 0));
  if (minimum.kind === 'violated' && fewest === preemptions && shortest === steps)
    return [`  smallest of its scenario: fewer preemptions, or as many and fewer steps, are excluded (${states} states)`];
  const fewer = fewest === 0 ? '' : `fewer than ${many(fewest, 'preemption')}, or `;
  return [
    `  of its scenario, runs of ${fewer}${many(fewest, 'preemption')} and fewer than ${many(shortest, 'step')} are excluded (${states} states)`,
  ];
}

function ofSmallerOnes({ excluded, states, open, all }: Smaller): readonly string[] {
  if (all && excluded + open.length === 0) return ['  no scenario is smaller'];
  const lines = [
    `  ${many(excluded, 'smaller scenario')} ${excluded === 1 ? 'is' : 'are'} excluded${all && open.length === 0 ? `, ${excluded === 1 ? 'the only one' : 'all'} that shrinking leads to` : ''} (${count(states)} states)`,
  ];
  if (open.length > 0)
    lines.push(
      `  NOT excluded, too large: ${many(open.length, 'smaller scenario')}: ${open.slice(0, most).map(describe).join('; ')}${open.length > most ? '; …' : ''}`,
    );
  if (!all) lines.push('  NOT excluded: the smaller scenarios after these; the budget of states ended');
  return lines;
}

function many(number: number, what: string): string {
  return `${count(number)} ${what}${number === 1 ? '' : 's'}`;
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
