import { columnsOf } from './columns-of.ts';
import { paint, widthOf, type Colors } from './fold.ts';
import { placeLines, type Layout } from './layout.ts';
import type { Row } from './rows.ts';

/** The lines of one row: the gutter, the guides of the other threads, the text, the place. */
export function paintRow(row: Row, index: number, layout: Layout, colors: Colors): string[] {
  const page = layout.width - layout.gutter;
  const number = row.number === undefined ? '' : String(row.number);
  const mark = row.breaks ? '✗' : row.loop === undefined ? ' ' : { first: '╭', inside: '│', last: '╰', only: '↻' }[row.loop];
  const goesOn = row.loop === 'first' || row.loop === 'inside' ? '│' : ' ';
  const gutter = `${mark}${number.padStart(layout.gutter - 3)}  `;
  const guides = guidesOf(row, index, layout);
  return placeLines(row, layout).map(({ start, text, place }, line) => {
    const margin = line > 0 ? goesOn.padEnd(layout.gutter) : gutter;
    const end = text.length === 0 ? start : start + widthOf(text);
    const edge = page - columnsOf(place);
    // A guide keeps a blank from the text and from the place.
    const between = guides.slice(end, end + 1).replace('│', ' ') + guides.slice(end + 1, Math.max(end + 1, edge - 1));
    const after = place === '' ? between.trimEnd() : between.slice(0, edge - end).padEnd(edge - end) + place;
    const name = layout.kind === 'list' && line === 0 ? layout.threads.find(({ thread }) => thread === row.thread)!.name : '';
    const before = guides.slice(0, start);
    const head =
      name === '' ? colors.dim(before) : `${colors.bold(short(name, start - 1))}${' '.repeat(start - columnsOf(short(name, start - 1)))}`;
    return `${row.breaks ? colors.red(margin) : colors.dim(margin)}${head}${paint(text, colors)}${colors.dim(after)}`.trimEnd();
  });
}

/** A line down every other thread's column that is not done. */
function guidesOf(row: Row, index: number, { kind, threads, width, gutter }: Layout): string {
  const line = Array.from({ length: width - gutter }, () => ' ');
  if (kind === 'columns') for (const { thread, offset, until } of threads) if (thread !== row.thread && index <= until) line[offset] = '│';
  return line.join('');
}

function short(name: string, room: number): string {
  return columnsOf(name) <= room ? name : `${name.slice(0, Math.max(1, room - 1))}…`;
}
