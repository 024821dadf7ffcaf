/**
 * For tests: reads what we write of Mermaid's language (https://mermaid.js.org/syntax/sequenceDiagram.html) and compares it
 * with the run that it tells. It knows nothing of how it is written.
 */
import type { Story } from '../report/columns.ts';

const statements: Readonly<Record<string, RegExp>> = {
  participant: /^participant (t\d+) as (.+)$/,
  note: /^Note over (t\d+)(?:,(t\d+))?: (.+)$/,
  message: /^(t\d+)-->>(t\d+): (.+)$/,
  cross: /^(t\d+)-x(t\d+): (.+)$/,
  activate: /^activate (t\d+)$/,
  deactivate: /^deactivate (t\d+)$/,
  loop: /^loop (.+)$/,
  end: /^end$/,
};

/** The text that Mermaid shows for a text, or undefined if it contains what Mermaid takes for something else. */
export function unescaped(text: string): string | undefined {
  const rest = text.replaceAll(/#\d+;/g, '').replaceAll('<br/>', '');
  // oxlint-disable-next-line no-control-regex -- none may be there
  if (/[;#<>&%\\$\u0000-\u001f\u007f]|style|classDef/i.test(rest) || /^\s*(no)?wrap:/i.test(text)) return undefined;
  return text.replaceAll('<br/>', '\n').replaceAll(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
}

/** What is wrong with a text as the diagram of a story; nothing if it tells the run. */
export function mermaidProblems(text: string, story: Story): readonly string[] {
  const { trace, violation } = story;
  const problems: string[] = [];
  const check = (holds: boolean, what: string): void => {
    if (!holds) problems.push(what);
  };
  const [init, header, title, ...lines] = text.trimEnd().split('\n');
  check(/^%%\{init: .*\}%%$/.test(init ?? '') && header === 'sequenceDiagram', 'it does not begin as a sequence diagram');
  check(unescaped(/^title (.+)$/.exec(title ?? '')?.[1] ?? '#') !== undefined, 'it has no title');

  const count = trace.steps.length;
  const participants: (string | undefined)[] = [];
  const bars = trace.threads.map(() => 0);
  let notes = 0;
  /** Steps told so far. */
  let told = 0;
  let loop: { readonly from: number; to?: number } | undefined;
  let last: string | undefined;
  const balanced = (but?: number): void =>
    trace.threads.forEach(({ name }, thread) => {
      if (thread !== but) check(bars[thread] === locks(story, told, name), `${bars[thread]} bars of ${name} after step ${told}`);
    });
  for (const line of lines) {
    const [kind, match] = parsed(line);
    if (kind === undefined) {
      problems.push(`Mermaid does not know: ${line}`);
      continue;
    }
    const [, first = '', second] = match;
    const thread = Number(first.slice(1));
    const said = ['activate', 'deactivate', 'end'].includes(kind) ? '' : unescaped(match.findLast((part) => part !== undefined)!);
    check(said !== undefined, `not escaped: ${line}`);
    if (kind === 'participant') participants.push(thread === participants.length ? said : undefined);
    else if (kind !== 'loop' && kind !== 'end') check(trace.threads[thread] !== undefined, `nobody is ${first}`);
    if (kind === 'activate') bars[thread]!++;
    if (kind === 'deactivate') check(--bars[thread]! >= 0, `${first} has no bar to end`);
    if (kind === 'loop') {
      check(loop === undefined, 'there are two loops');
      loop = { from: told };
    }
    if (kind === 'end') {
      check(loop !== undefined && loop.to === undefined, 'an end of nothing');
      if (loop !== undefined) loop.to = told;
    }
    if (kind === 'message' || kind === 'cross') {
      const whom = trace.threads[Number(second!.slice(1))]?.name;
      const because = kind === 'message' ? `stopping for ${whom}` : whom;
      check(
        valuesAfter(story, told).some(([, value]) => value === because),
        `${line} points to ${whom}`,
      );
      if (kind === 'cross')
        check(
          trace.pending.some(
            ({ name, blocked }) =>
              name === trace.threads[thread]?.name && blocked !== undefined && said?.endsWith(`held by ${whom}`) === true,
          ),
          `${line} is no wait`,
        );
    }
    if (said === undefined || (kind !== 'note' && kind !== 'message')) continue;
    if (kind === 'note') last = said;
    // A bar ends before the note that tells why, and begins after it.
    const about = kind === 'note' && (++notes === 1 || /^(✗ \D|waits: )/.test(said));
    const steps = about ? [] : stepsIn(said);
    if (steps.length > 0) balanced(thread);
    if (about && said.startsWith('✗ ')) balanced();
    for (const [number, words] of steps) {
      const step = trace.steps[number - 1];
      check(number === ++told && step?.thread === thread, `step ${number} is told as step ${told} of ${first}`);
      for (const { name, from, to } of step?.changes ?? [])
        check(words.includes(`${from} → ${to}`) || namesAndTells(words, name), `step ${number} does not show ${name}: ${from} → ${to}`);
      if (step?.answer !== undefined && step.picked === undefined)
        check(words.includes(step.answer), `step ${number} does not show its answer ${step.answer}`);
    }
  }
  check(participants.join('\n') === trace.threads.map(({ name }) => name).join('\n'), `participants ${participants.join()}`);
  check(told === count, `${told} of ${count} steps`);
  check(
    bars.every((open) => open === 0),
    'a bar has no end',
  );
  check(loop?.from === trace.loop && (loop === undefined || loop.to === count), `the loop is ${loop?.from} to ${loop?.to}`);
  const fault = trace.steps.at(-1)?.fault;
  const says = (fault ?? violation.says) || story.guarantee.says;
  check(
    last?.startsWith('✗') === true && last.replaceAll(/\s+/g, ' ').includes(says.replaceAll(/\s+/g, ' ')),
    'it does not say what is broken',
  );
  return problems;
}

function parsed(line: string): readonly [string, RegExpExecArray] | readonly [undefined] {
  for (const [kind, expression] of Object.entries(statements)) {
    const match = expression.exec(line);
    if (match !== null) return [kind, match];
  }
  return [undefined];
}

/** The steps of a note by their numbers, with their words; a line that is indented by four more goes on with the one before. */
function stepsIn(said: string): readonly (readonly [number, string])[] {
  const steps: [number, string][] = [];
  let indent: number | undefined;
  for (const line of said.split('\n')) {
    const here = /^\s*/.exec(line)![0].length;
    const match = /^\s*(?:✗ )?(\d+) (.*)$/.exec(line);
    if (indent !== undefined && here === indent + 4) steps.at(-1)![1] += ` ${line.trim()}`;
    else if (match !== null) steps.push([Number(match[1]), match[2]!]);
    if (indent === undefined || here !== indent + 4) indent = match === null ? undefined : here;
  }
  return steps;
}

/** Whether an operation's name alone tells what it changes. */
function namesAndTells(words: string, name: string): boolean {
  return ['lock', 'unlock', 'tryLock', 'acquire', 'release', 'requests stop', 'stop', 'start', 'compareAndSwap'].some((verb) =>
    words.startsWith(`${verb} ${name}`),
  );
}

/** How many mutexes a thread holds after so many steps. */
function locks(story: Story, steps: number, thread: string): number {
  const mutexes = new Set(story.trace.initial.flatMap(({ name, value }) => (value === 'free' ? [name] : [])));
  return valuesAfter(story, steps).filter(([name, value]) => mutexes.has(name) && value === thread).length;
}

function valuesAfter({ trace }: Story, steps: number): readonly (readonly [string, string])[] {
  const values = new Map(trace.initial.map(({ name, value }) => [name, value]));
  for (const { changes } of trace.steps.slice(0, steps)) for (const { name, to } of changes) values.set(name, to);
  return [...values];
}
