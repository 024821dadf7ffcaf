import { excludedSentences, notExcluded, orderInWords } from '../counterexample/excluded.ts';
import type { Trace, Waiting } from '../counterexample/trace.ts';
import { assumptionsOf } from '../property/fairness.ts';
import type { Story } from './columns.ts';
import { contrastSentence } from './contrast.ts';
import { fold, paint, words, type Colors, type Word } from './fold.ts';

/** What a reader must know before the first step. */
export function headLines(story: Story, width: number, colors: Colors): string[] {
  const { guarantee, trace, certificate } = story;
  const paragraph = (text: readonly Word[], indent: number, hanging = 0): string[] => lines(text, width, indent, hanging, colors);
  return [
    ...paragraph([...words(`${story.protocol}/${story.variant}`, 'bold'), ...words('breaks'), ...words(guarantee.name, 'bold')], 0, 2),
    ...paragraph(words(guarantee.says), 2),
    ...paragraph(words(guarantee.source, 'dim'), 2),
    '',
    ...paragraph(words(countsOf(story)), 0, 2),
    ...(certificate === undefined ? [] : certified(certificate, trace).flatMap(([indent, text]) => paragraph(words(text), indent, 2))),
    ...assumed(story).flatMap((sentence, index) =>
      paragraph(words(`${index === 0 ? 'assumed: ' : '  '}${sentence}`), index === 0 ? 0 : 2, 2),
    ),
    ...paragraph(words(`threads: ${trace.threads.map((thread) => roleOf(thread, trace)).join(', ')}`), 0, 2),
    ...paragraph(words(`start: ${startOf(trace)}`), 0, 2),
  ];
}

/** How large a run is, in one line. */
function countsOf({ trace, certificate, scope }: Story): string {
  const { threads = new Set(trace.steps.map(({ thread }) => thread)).size, choices, preemptions } = certificate ?? {};
  return [
    `${many(trace.steps.length, 'step')}${loopLength(trace) > 0 ? `, the last ${loopLength(trace)} again and again` : ''}`,
    many(threads, 'thread'),
    ...(choices === undefined ? [] : [many(choices, 'choice')]),
    ...(preemptions === undefined ? [] : [many(preemptions, 'preemption')]),
    `scope ${scope}`,
  ].join(', ');
}

/** How large a run is, what is known of smaller ones, and what a run without end assumes: sentences that stand without columns. */
export function sizeSentences(story: Story): readonly string[] {
  const { certificate, trace } = story;
  const { sought } = certificate?.search ?? {};
  const among = sought === undefined ? '' : `, among ${sought}`;
  const known =
    certificate === undefined ? [] : certified(certificate, trace).flatMap(([indent, text]) => (indent === 0 ? [text + among] : []));
  const [first, ...others] = assumed(story);
  return [countsOf(story), ...known, ...(first === undefined ? [] : [[`assumed: ${first}`, ...others].join('; ')])];
}

/** The fairness that a liveness property counts on. */
export function assumed({ guarantee: { property }, trace }: Story): readonly string[] {
  return property?.kind === 'liveness' ? assumptionsOf(property.fairness, trace.threads) : [];
}

/** Steps of a lasso's loop; 0 for a run that ends. */
function loopLength({ loop, steps }: Trace): number {
  return loop === undefined ? 0 : steps.length - loop;
}

/** What is known of smaller runs: lines, each with its indentation. */
function certified(
  { minimal, excluded, search }: NonNullable<Story['certificate']>,
  { loop }: Trace,
): readonly (readonly [indent: number, text: string])[] {
  if (loop !== undefined) return [[0, excluded]];
  const shortest = [0, `${minimal ? 'shortest' : 'not known to be shortest'}: ${excluded}`] as const;
  if (search === undefined) return [shortest];
  const sentences = excludedSentences(search).map((sentence) => [2, sentence] as const);
  if (search.minimal) return [[0, `smallest: ${orderInWords(search)}`], ...sentences];
  const open = [2, `not excluded: ${notExcluded(search)}, or more`] as const;
  return [shortest, [0, `not known to be smallest: ${orderInWords(search)}`], ...sentences, open];
}

function roleOf({ name, gated, daemon, environment }: Trace['threads'][number], { steps }: Trace): string {
  const roles = [
    ...(environment ? ['the environment'] : [...(gated ? ['gated'] : []), ...(daemon ? ['daemon'] : [])]),
    ...(steps.some((step) => step.name === name) ? [] : ['no step']),
  ];
  return roles.length === 0 ? name : `${name} (${roles.join(', ')})`;
}

/** All values; what is free or running is told by kind. */
export function startOf({ initial }: Trace): string {
  const kinds = ['free', 'running'];
  const values = initial.filter(({ value }) => !kinds.includes(value)).map(({ name, value }) => `${name} ${value}`);
  const idle = kinds.flatMap((kind) => {
    const names = initial.filter(({ value }) => value === kind).map(({ name }) => name);
    return names.length === 0 ? [] : [`${kind}: ${names.join(', ')}`];
  });
  return [...(values.length === 0 ? [] : [values.join(', ')]), ...idle].join('; ') || 'nothing shared';
}

/** How the guarantee breaks: `after step 4: this does not hold any more: every increment counts`. */
export function breachSentence({ violation, trace, guarantee }: Pick<Story, 'violation' | 'trace' | 'guarantee'>): string {
  const last = trace.steps.at(-1);
  const says = violation.says === '' ? `this does not hold any more: ${guarantee.says}` : violation.says;
  const when =
    loopLength(trace) > 0
      ? `from step ${trace.loop! + 1} on for ever`
      : trace.steps.length === 0
        ? 'at the start'
        : `after step ${trace.steps.length}`;
  return violation.at === 'state' ? `${when}: ${says}` : last?.fault === undefined ? says : `${last.name} ${last.fault}`;
}

/** How the guarantee breaks, and for a broken state what each thread would do next. */
export function endLines(story: Story, width: number, colors: Colors): string[] {
  const { violation, trace, guarantee, contrast, file } = story;
  const sentence = breachSentence(story);
  const verdict = lines([{ text: '✗', style: 'red' }, ...words(sentence, 'red')], width, 0, 2, colors);
  const passing =
    contrast === undefined
      ? []
      : ['', 'nearest passing run', ...lines(words(contrastSentence(trace, contrast, guarantee.name)), width, 2, 0, colors)];
  const replay = file === undefined ? [] : ['', ...lines(words(`replay: npx heddle replay ${file}`), width, 0, 2, colors)];
  if (violation.at === 'step') return [...verdict, ...passing, ...replay];
  return [
    ...verdict,
    '',
    ...(trace.pending.length === 0 ? ['every thread is done'] : ['next']),
    ...nextLines(trace.pending, width, colors),
    ...passing,
    ...replay,
  ];
}

function nextLines(pending: readonly Waiting[], width: number, colors: Colors): string[] {
  return pending.flatMap(({ name, label, nesting, place, blocked }) => {
    const text = [
      ...words(name, 'bold'),
      ...words(`in ${nesting.at(-1)}: ${label}`),
      ...(blocked === undefined ? words('(can go on)', 'green') : words(`(blocked: ${blocked})`, 'yellow')),
      ...(place === undefined ? [] : words(`${place.file.split('/').at(-1)}:${place.line}`, 'dim')),
    ];
    return lines(text, width, 2, 4, colors);
  });
}

function lines(text: readonly Word[], width: number, indent: number, hanging: number, colors: Colors): string[] {
  return fold(text, width - indent, hanging).map((line, index) => ' '.repeat(indent + (index > 0 ? hanging : 0)) + paint(line, colors));
}

function many(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
