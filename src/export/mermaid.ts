/**
 * A run as a sequence diagram of Mermaid, as GitHub draws them in issues: https://mermaid.js.org/syntax/sequenceDiagram.html
 */
import { HeddleError } from '../model/error.ts';
import { stopsAtSafePoint, type Trace } from '../counterexample/trace.ts';
import type { Story } from '../report/columns.ts';
import { rowsOf, type Row } from '../report/rows.ts';
import { contrastSentence } from '../report/contrast.ts';
import { breachSentence, sizeSentences, startOf } from '../report/story.ts';
import { escaped, lined } from './mermaid-text.ts';
import { stepLine } from './step-line.ts';
import { valuesAlong, type Values } from './values-along.ts';

/** Of a note over one thread. */
const noteColumns = 48;
/** Of a note over all of them. */
const wideColumns = 96;
/** Mermaid draws no larger text unless it is configured to (`maxTextSize`), and on GitHub it can't be. */
export const mostCharacters = 50_000;

/**
 * The diagram: a participant a thread, a note for the steps that a thread takes without another in between, a bar where it
 * holds a lock while others run, an arrow to whoever stops the world from those who stop for it, and crosses for who waits
 * for whose lock at the end. A lasso's loop is a loop.
 * @throws HeddleError `cannot-export` if Mermaid would not draw it
 */
export function mermaid(story: Story): string {
  const { protocol, variant, guarantee, trace, contrast } = story;
  const all = `over ${[...new Set([participant(0), participant(trace.threads.length - 1)])].join()}`;
  const values = valuesAlong(trace);
  const breach = [
    { text: `✗ ${breachSentence(story)}` },
    ...(contrast === undefined ? [] : [{ text: `nearest passing run: ${contrastSentence(trace, contrast, guarantee.name)}` }]),
  ];
  const about = [guarantee.says, ...sizeSentences(story), `start: ${startOf(trace)}`].map((text) => ({ text }));
  const lines = [
    // Code is read from the left.
    "%%{init: {'sequence': {'noteAlign': 'left'}}}%%",
    'sequenceDiagram',
    `title ${escaped(`${protocol}/${variant} breaks ${guarantee.name}`)}`,
    ...trace.threads.map(({ name }, thread) => `participant ${participant(thread)} as ${escaped(name)}`),
    `Note ${all}: ${lined(about, wideColumns)}`,
    ...groupsOf(story).flatMap((group) => groupLines(group, trace, values)),
    ...(trace.loop === trace.steps.length ? ['loop for ever', `Note ${all}: nobody moves`, 'end'] : []),
    ...waiting(trace, values.at(-1)!),
    `Note ${all}: ${lined(breach, wideColumns)}`,
    // A bar is drawn when it ends.
    ...trace.threads.flatMap(({ name }, thread) => bars('deactivate', thread, values.at(-1)!.locksOf(name).length)),
  ];
  const text = `${lines.join('\n')}\n`;
  if (text.length > mostCharacters)
    throw new HeddleError(
      'cannot-export',
      `the diagram has ${text.length} characters, and Mermaid and GitHub draw none of more than ${mostCharacters}`,
      { cure: 'Read the run in columns, `heddle replay FILE`, or take it to another tool, `--to itf`.' },
    );
  return text;
}

function participant(thread: number): string {
  return `t${thread}`;
}

/** What is told at once of one thread: in a note, or as a message. */
interface Group {
  readonly thread: number;
  /** With a step at least: calls are entered for the sake of one. */
  readonly rows: Row[];
  /** To whom the thread stops. */
  readonly stops: boolean;
}

function groupsOf({ trace, violation }: Story): readonly Group[] {
  const groups: Group[] = [];
  for (const row of rowsOf(trace, violation.at === 'step')) {
    const last = groups.at(-1);
    const stops = row.number !== undefined && trace.steps[row.number - 1]!.label === stopsAtSafePoint;
    const begins = row.loop === 'first' || row.loop === 'only';
    // The calls that lead to a stop are told with it.
    if (stops && last?.thread === row.thread && last.rows.every(({ number }) => number === undefined))
      groups.splice(-1, 1, { thread: row.thread, rows: [...last.rows, row], stops });
    else if (last === undefined || last.thread !== row.thread || last.stops || stops || begins)
      groups.push({ thread: row.thread, rows: [row], stops });
    else last.rows.push(row);
  }
  return groups;
}

function groupLines({ thread, rows, stops }: Group, trace: Trace, values: readonly Values[]): readonly string[] {
  const numbers = rows.flatMap(({ number }) => number ?? []);
  const opens = rows.some(({ loop }) => loop === 'first' || loop === 'only');
  const closes = rows.some(({ loop }) => loop === 'last' || loop === 'only');
  const before = numbers[0]! - 1;
  const { name } = trace.threads[thread]!;
  const held = [before, ...numbers].map((number) => values[number]!.locksOf(name).length);
  const lowest = Math.min(...held);
  const stopper = stops ? values[before]!.stoppers() : [];
  const to = trace.threads.findIndex((other) => other.name === stopper[0]);
  const base = Math.min(...rows.map(({ level }) => level));
  const sentences = rows.map(({ number, text, level, breaks }) => ({
    text:
      number === undefined
        ? text.map((word) => word.text).join(' ')
        : `${breaks ? '✗ ' : ''}${number} ${stepLine(trace.steps[number - 1]!, values[number - 1]!)}`,
    level: level - base,
  }));
  const said =
    stops && stopper.length === 1
      ? `${participant(thread)}-->>${participant(to)}: ${lined(sentences, noteColumns)}`
      : `Note over ${participant(thread)}: ${lined(sentences, noteColumns)}`;
  return [
    ...(opens ? [`loop for ever, from step ${trace.loop! + 1} to step ${trace.steps.length}`] : []),
    ...bars('deactivate', thread, held[0]! - lowest),
    said,
    ...bars('activate', thread, held.at(-1)! - lowest),
    ...(closes ? ['end'] : []),
  ];
}

function bars(change: 'activate' | 'deactivate', thread: number, count: number): readonly string[] {
  return Array.from({ length: count }, () => `${change} ${participant(thread)}`);
}

/** Who can't go on at the end, and because of whom. */
function waiting(trace: Trace, values: Values): readonly string[] {
  return trace.pending.flatMap(({ name, label, blocked }) => {
    if (blocked === undefined) return [];
    const thread = trace.threads.findIndex((each) => each.name === name);
    const holder = label.startsWith('lock ') ? values.holderOf(label.slice('lock '.length)) : undefined;
    const to = trace.threads.findIndex((each) => each.name === holder);
    if (to >= 0) return [`${participant(thread)}-x${participant(to)}: ${lined([{ text: `${label}: held by ${holder}` }], noteColumns)}`];
    return [`Note over ${participant(thread)}: ${lined([{ text: `waits: ${label}` }, { text: blocked }], noteColumns)}`];
  });
}
