import pc from 'picocolors';
import type { RecordedCertificate } from '../counterexample/file.ts';
import type { ToldContrast } from '../counterexample/contrast.ts';
import type { Property } from '../property/property.ts';
import type { Trace } from '../counterexample/trace.ts';
import type { Colors } from './fold.ts';
import { layoutOf } from './layout.ts';
import { paintRow } from './paint-row.ts';
import { rowsOf } from './rows.ts';
import { endLines, headLines } from './story.ts';

/** A counterexample to be told. */
export interface Story {
  readonly protocol: string;
  readonly variant: string;
  readonly scope: string;
  /** What it is called, what it says, and where that stands. */
  readonly guarantee: { readonly name: string; readonly says: string; readonly source: string; readonly property?: Property };
  readonly violation: { readonly at: 'step' | 'state'; readonly says: string };
  readonly certificate?: RecordedCertificate | undefined;
  readonly trace: Trace;
  /** The nearest passing run, where one is known. */
  readonly contrast?: ToldContrast | undefined;
  /** The file that it is in, if it is, as a person would type it. */
  readonly file?: string | undefined;
}

export interface ColumnsOptions {
  /** Of the page, in columns of a terminal; 80 by default, 40 at least. No line is wider. */
  readonly width?: number | undefined;
  /** Plain by default. */
  readonly colors?: Colors | undefined;
}

/**
 * A counterexample as text for people: one column a thread, time downwards, each step with its routine, its effect and
 * its place in the model. Where the page is too narrow for the columns, one list with the threads' names.
 */
export function renderColumns(story: Story, options: ColumnsOptions = {}): string {
  const { width, colors } = settled(options);
  const lines = [...headLines(story, width, colors), '', ...stepLines(story, width, colors), ...endLines(story, width, colors)];
  return `${lines.join('\n')}\n`;
}

/** The steps of a trace alone: of a run that broke nothing, or of one that parted from its file. */
export function renderSteps(trace: Trace, options: ColumnsOptions = {}): string {
  const { width, colors } = settled(options);
  return `${stepLines({ trace }, width, colors).join('\n')}\n`;
}

function settled({ width = 80, colors = pc.createColors(false) }: ColumnsOptions): { readonly width: number; readonly colors: Colors } {
  return { width: Math.max(40, width), colors };
}

function stepLines(story: Pick<Story, 'trace'> & Partial<Story>, width: number, colors: Colors): string[] {
  const rows = rowsOf(story.trace, story.violation?.at === 'step');
  const layout = layoutOf(story.trace, rows, width);
  const heading = layout.threads.reduce((line, { name, offset }) => line.padEnd(layout.gutter + offset) + name, '');
  return [
    ...(layout.kind === 'columns' ? [colors.bold(heading)] : []),
    ...rows.flatMap((row, index) => paintRow(row, index, layout, colors)),
  ];
}
