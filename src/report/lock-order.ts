/** The report of `heddle lock-order`, for a reviewer of the rank graph. */
import type { LockOrder } from '../check/explore-lock-order.ts';
import type { Breach } from '../ranks/breach.ts';
import type { TakenEdge } from '../ranks/lock-use.ts';
import type { Schedule } from '../schedule/schedule.ts';
import type { Colours } from './colours.ts';
import { count } from './results.ts';
import { wrapped } from './wrapped.ts';

export interface LockOrderStyle {
  readonly colours: Colours;
  /** Columns of the terminal. */
  readonly width: number;
  /** Where the ranks come from: a file, or undefined for the protocol's own. */
  readonly ranksFrom: string | undefined;
}

/** All but the runs that show the forbidden edges. */
export function renderLockOrder(order: LockOrder, style: LockOrderStyle): string {
  const { protocol, variant, scope, ranks, use, exploration, complete } = order;
  const { colours, width } = style;
  const allowed = use.edges.filter(({ breach }) => breach === undefined);
  const forbidden = use.edges.filter(({ breach }) => breach !== undefined);
  const paragraph = (text: string, indent: string, paint: (line: string) => string): string[] => wrapped(text, width, indent).map(paint);
  const about = protocol.scopes.find(({ name }) => name === scope)?.about ?? '';
  const source = ranks === undefined ? 'no ranks: nothing is forbidden' : `ranks: ${style.ranksFrom ?? "the protocol's"}`;
  const size = `${count(exploration.states)} states, ${(exploration.milliseconds / 1000).toFixed(1)} s`;
  const lines = [
    colours.bold(`${protocol.name}/${variant.name}`),
    ...paragraph(`scope ${scope}: ${about}`, '', plain),
    ...paragraph(`${size}${complete ? '' : ', not complete: there may be more edges'}; ${source}`, '', complete ? plain : colours.yellow),
    '',
    `taken while another was held${ranks === undefined ? '' : ', as the ranks allow'}: ${allowed.length}`,
    ...edgeLines(allowed, ranks !== undefined, width),
  ];
  if (ranks !== undefined) {
    const paint = forbidden.length === 0 ? colours.green : colours.red;
    lines.push('', paint(`forbidden by the ranks: ${forbidden.length}`));
    for (const edge of forbidden) lines.push(...paragraph(`${whyForbidden(edge)} (${stepsOf(edge)})`, '  ', paint));
    lines.push('', `allowed by the ranks, and ${complete ? 'never taken' : 'not taken so far'}: ${use.unused.length}`);
    for (const { held, taken, implied } of use.unused)
      lines.push(`  ${held} < ${taken}${implied ? colours.dim('  (follows from edges that are taken)') : ''}`);
  }
  if (use.nonLeaves.length > 0) {
    lines.push('', colours.yellow(`without a rank, and not leaves: ${use.nonLeaves.length}`));
    for (const { name } of use.nonLeaves) lines.push(`  ${name}: give it a rank, or take nothing under it`);
  }
  if (use.cycle !== undefined) {
    const cycle = [...use.cycle, use.cycle[0]!].map(({ name }) => name).join(' → ');
    lines.push('', ...paragraph(`a cycle: ${cycle}; threads that take them at once may wait for each other for ever`, '', colours.yellow));
  }
  const alone = neverNested(order);
  if (alone.length > 0)
    lines.push('', ...paragraph(`${complete ? 'never' : 'not so far'} taken with another: ${alone.join(', ')}`, '', plain));
  const limit = 'Only mutexes have ranks: waiting for semaphores and for the world is not ordered by them, and is not judged here.';
  return [...lines, '', ...paragraph(limit, '', colours.dim)].join('\n');
}

function plain(line: string): string {
  return line;
}

/** What is wrong with a forbidden edge. */
export function whyForbidden({ held, taken, breach }: Pick<TakenEdge<unknown>, 'held' | 'taken' | 'breach'>): string {
  const reasons: Record<Breach, string> = {
    'no edge': `the ranks have no edge ${held.rank} < ${taken.rank}`,
    'same rank': `both have rank ${held.rank}, and ${held.rank} < ${held.rank} is not declared`,
    leaf: `${held.name} has no rank, so nothing may be taken under it`,
  };
  return `takes ${taken.name} while holding ${held.name}: ${breach === undefined ? 'allowed' : reasons[breach]}`;
}

function stepsOf({ witness }: TakenEdge<Schedule>): string {
  return `${witness.choices.length} steps`;
}

/** Held, taken, their ranks if there is a table of them, and the length of a shortest run that ends with it. */
function edgeLines(edges: readonly TakenEdge<Schedule>[], ranked: boolean, width: number): string[] {
  const rows = edges.map((edge) => ({
    names: `${edge.held.name} → ${edge.taken.name}`,
    ranks: ranked ? `${edge.held.rank ?? '(leaf)'} < ${edge.taken.rank ?? '(leaf)'}  ` : '',
    steps: stepsOf(edge),
  }));
  const names = Math.max(0, ...rows.map((row) => row.names.length));
  const ranks = Math.max(0, ...rows.map((row) => row.ranks.length));
  return rows.flatMap((row) => {
    const line = `  ${row.names.padEnd(names)}  ${row.ranks.padEnd(ranks)}${row.steps}`;
    return line.length <= width ? [line] : [`  ${row.names}`, `    ${row.ranks}${row.steps}`];
  });
}

function neverNested({ protocol, use }: LockOrder): string[] {
  const nested = new Set(use.edges.flatMap(({ held, taken }) => [held.name, taken.name]));
  return protocol.handles.flatMap(({ kind, name }) => (kind === 'mutex' && !nested.has(name) ? [name] : []));
}
