import type { Trace } from '../counterexample/trace.ts';
import { columnsOf } from './columns-of.ts';
import { fold, tail, widthOf, type Word } from './fold.ts';
import type { Row } from './rows.ts';

/** Where things stand on a page. */
export interface Layout {
  readonly kind: 'columns' | 'list';
  readonly width: number;
  /** Columns before the first thread's: a mark and a blank, the step's number, two blanks. */
  readonly gutter: number;
  /** Spaces for each level of indentation. */
  readonly indent: number;
  /** The threads that take steps: by scenario order, their columns counted from the gutter, and the rows that they live until. */
  readonly threads: readonly { readonly thread: number; readonly name: string; readonly offset: number; readonly until: number }[];
  /** Where a thread's text starts, counted from the gutter. */
  readonly start: (row: Row) => number;
}

/** The last thread's text gets this much at least; otherwise a list reads better. */
const narrowest = 28;
const widestSpacing = 24;

/**
 * Columns overlap on purpose: only one thread acts on a line, so its text may run on over the columns to its right. The
 * columns are set as far apart as they can be without costing lines.
 */
export function layoutOf(trace: Trace, rows: readonly Row[], width: number): Layout {
  const gutter = String(trace.steps.length).length + 4;
  const indent = width < 72 ? 1 : 2;
  const acting = trace.threads.flatMap(({ name }, thread) => {
    const last = rows.findLastIndex((row) => row.thread === thread);
    const unfinished = trace.pending.some((waiting) => waiting.name === name);
    return last < 0 ? [] : [{ thread, name, until: unfinished ? rows.length : last }];
  });
  const longestName = Math.max(0, ...acting.map(({ name }) => columnsOf(name)));
  const tightest = Math.max(8, longestName + 2);
  const columns = (spacing: number): Layout => {
    const threads = acting.map((entry, column) => ({ ...entry, offset: column * spacing }));
    const offsets = new Map(threads.map(({ thread, offset }) => [thread, offset]));
    return { kind: 'columns', width, gutter, indent, threads, start: ({ thread, level }) => offsets.get(thread)! + level * indent };
  };
  if ((acting.length - 1) * tightest + narrowest > width - gutter) {
    const name = Math.min(longestName, 16) + 2;
    const threads = acting.map((entry) => ({ ...entry, offset: 0 }));
    return { kind: 'list', width, gutter, indent, threads, start: ({ level }) => name + Math.min(level, 6) };
  }
  let best = columns(tightest);
  let fewest = costOf(rows, best);
  for (let spacing = tightest + 1; spacing <= widestSpacing; spacing++) {
    if ((acting.length - 1) * spacing + narrowest > width - gutter) break;
    const wider = columns(spacing);
    const lines = costOf(rows, wider);
    if (lines > fewest) continue;
    best = wider;
    fewest = lines;
  }
  return best;
}

/** Lines, and half a line for each place that is cut. */
function costOf(rows: readonly Row[], layout: Layout): number {
  return rows.reduce((sum, row) => {
    const lines = placeLines(row, layout);
    return sum + lines.length + (lines.at(-1)!.place.startsWith('…') ? 0.5 : 0);
  }, 0);
}

/** A line of a row: where its text starts, counted from the gutter, and the place at the right edge, or ''. */
export interface PlacedLine {
  readonly start: number;
  readonly text: readonly Word[];
  readonly place: string;
}

/** A place is cut to this before it takes a line of its own. */
const shortestPlace = 10;

/** Folds a row into lines; its place stands at the right of the last, cut to fit, or if it can't on a line of its own. */
export function placeLines(row: Row, layout: Layout): readonly PlacedLine[] {
  const page = layout.width - layout.gutter;
  const start = layout.start(row);
  const lines = fold(row.text, page - start, 2).map((text, line) => ({ start: start + (line > 0 ? 2 : 0), text, place: '' }));
  if (row.place === undefined) return lines;
  const place = `${row.place.file}:${row.place.line}`;
  const last = lines.at(-1)!;
  const room = page - last.start - widthOf(last.text) - 2;
  if (room >= Math.min(shortestPlace, columnsOf(place))) return [...lines.slice(0, -1), { ...last, place: tail(place, room) }];
  return [...lines, { start: 0, text: [], place: tail(place, page) }];
}
