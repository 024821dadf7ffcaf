import { valuesOfRow } from '../../automaton/compound-table.ts';
import { BreadthFirst } from '../../explore/breadth-first.ts';
import type { System } from '../../kernel/system.ts';
import { HeddleError } from '../../model/error.ts';
import { judgedOnTheWay } from '../../property/judged-on-the-way.ts';
import { monitorOf, type Monitor, type Guarantee } from '../../property/property.ts';
import { comment, indented } from './names.ts';
import { Judge } from './judge.ts';
import { InsideText, MonitorText, type Memory } from './monitors.ts';
import { Effects } from './effects.ts';
import { Enabled } from './enabled.ts';
import { Steps } from './steps.ts';
import { columnsOf, Vocabulary } from './vocabulary.ts';

export interface PromelaOptions {
  /** What the first lines of the program say it is. */
  readonly title: string;
  /** Names of the guarantees to assert; all by default. */
  readonly guarantees?: readonly string[] | undefined;
  /** Budget, in bytes, for an exploration that the program's tables may need. */
  readonly maxBytes?: number;
  /** A hook for tests that break the export on purpose. */
  readonly Effects?: typeof Effects;
}

/**
 * A system as a program for SPIN: the threads' automata as loops of `d_step`s over shared variables, and an observer that
 * asserts what states must be. SPIN stores exactly one state for each of Heddle's, and one more if there are several initial
 * ones, which it has to choose from. It fails an assertion `<guarantee>_holds` exactly where Heddle finds that guarantee violated.
 *
 * Automata and monitors are closed over all that could happen. Where that does not end, they are those of a complete
 * exploration by Heddle, and `as_explored` fails where SPIN comes further.
 * @throws HeddleError `cannot-export` if such an exploration passes its budget, or a guarantee is of a kind that Promela can't assert
 */
export function promela(system: System, options: PromelaOptions): string {
  const selected = ({ name }: { readonly name: string }): boolean => options.guarantees?.includes(name) ?? true;
  for (const guarantee of system.guarantees)
    if (selected(guarantee) && !canAssert(guarantee))
      throw new HeddleError(
        'cannot-export',
        `${guarantee.name} is a ${guarantee.property.kind}, which the export to Promela can't assert`,
        {
          cure: `Name the guarantees that you want: --guarantee ${system.guarantees.find(canAssert)?.name ?? 'NAME'}.`,
        },
      );
  if (!system.closed) exploreAll(system, options.maxBytes);
  const words = new Vocabulary(system);
  const memories = system.guarantees.map(({ name, property }, guarantee): Memory | undefined => {
    if (property.kind === 'neverDelayedBy') return new InsideText(property, name, system, words);
    const monitor = monitorOf(property);
    return monitor && new MonitorText(monitor, name, words.holds[guarantee]!, initialValues(system, monitor), words);
  });
  const enabled = new Enabled(system, words);
  const steps = new Steps(system, words, enabled, new (options.Effects ?? Effects)(system, words, memories));
  const threads = (): readonly (readonly string[])[] => system.scenario.threads.map((_, thread) => steps.options(thread));
  // Once to see what events there are, and again when it is known what they do.
  threads();
  closeMonitors(system, memories, options.maxBytes);
  const bodies = threads();
  const judge = new Judge(system, words, memories, enabled);
  const statements = judge.statements();
  const several = system.scenario.initial.some(({ values }) => values.length > 1);
  return `${[
    ...heading(system, options.title, several),
    '',
    comment('The guarantees: an assertion that names one fails where it is broken. Those that are true here are not asserted.'),
    ...system.guarantees.map((guarantee, number) => `bool ${words.holds[number]} = ${!selected(guarantee)};`),
    comment('Broken where the program itself is at fault: a model that errs, or a run that Heddle has not seen.'),
    `bool ${words.sound} = false;`,
    `bool ${words.explored} = false;`,
    '',
    ...words.declarations(),
    ...memories.flatMap((memory) => memory?.declarations() ?? []),
    comment('Scratch, 0 in every state.'),
    ...words.scratchDeclarations(),
    '',
    comment('Whether a thread has a step, and whether it can be stopped.'),
    ...judge.macros(),
    ...bodies.flatMap((body, thread) => [
      '',
      `${several ? '' : 'active '}proctype ${words.threads[thread]}() {`,
      '  do',
      ...indented(body.length === 0 ? [':: false -> skip'] : body),
      '  od',
      '}',
    ]),
    '',
    comment('Looks at every state and changes nothing, so that it adds no state.'),
    'init {',
    ...(several ? indented(choosing(system, words, memories)) : []),
    '  do',
    '  :: d_step { true ->',
    ...indented(indented(statements)),
    '    }',
    '  od',
    '}',
  ].join('\n')}\n`;
}

/** Whether a program can assert the guarantee. */
export function canAssert({ property }: Guarantee): boolean {
  return judgedOnTheWay(property);
}

function heading(system: System, title: string, several: boolean): readonly string[] {
  return [
    comment(`${title}; ${system.automata} automata.`),
    comment('Check it with: spin -a FILE && gcc -O2 -DSAFETY -DNOREDUCE -o pan pan.c && ./pan -m1000000'),
    comment(
      `Each state is one of Heddle's${several ? '; one more is the state before the initial values are chosen' : ''}. For agreement, not for speed.`,
    ),
  ];
}

function closeMonitors(system: System, memories: readonly (Memory | undefined)[], maxBytes: number | undefined): void {
  const open = memories.map((memory) => memory instanceof MonitorText && !memory.close());
  if (!open.includes(true)) return;
  if (system.closed) exploreAll(system, maxBytes);
  memories.forEach((memory, guarantee) => {
    if (memory instanceof MonitorText && open[guarantee] === true) memory.closeAs(system.monitors[guarantee]!);
  });
}

/** Learns all that runs reach. */
function exploreAll(system: System, maxBytes: number | undefined): void {
  const search = new BreadthFirst(system, maxBytes === undefined ? {} : { maxBytes });
  while (!search.advance(100_000));
  if (!search.complete)
    throw new HeddleError(
      'cannot-export',
      'a monitor or a thread could only be written after a complete exploration, which ran out of memory',
    );
}

/** The values that a monitor's start depends on, in each initial state. */
function initialValues(system: System, monitor: Monitor): readonly (readonly unknown[])[] {
  const handles = monitor.start?.handles ?? [];
  return system
    .initialStates()
    .map((state) =>
      handles.map((handle) =>
        handle.domain.decode(system.layout.read(state, system.valueField(system.numberOf(handle, 'the start of a monitor')))),
      ),
    );
}

function choosing(system: System, words: Vocabulary, memories: readonly (Memory | undefined)[]): readonly string[] {
  return [
    'atomic {',
    ...indented(
      system.scenario.initial.flatMap(({ handle, values }) => {
        const name = words.values[system.numberOf(handle, 'the initial values')]!;
        // A single one is in the declaration.
        return values.length === 1 ? [] : ['if', ...values.map((value) => `:: ${name} = ${handle.domain.encode(value)}`), 'fi;'];
      }),
    ),
    ...indented(
      memories.flatMap((memory, guarantee) => {
        const handles = monitorOf(system.guarantees[guarantee]!.property)?.start?.handles;
        return memory instanceof MonitorText && handles !== undefined
          ? memory.starts(columnsOf(system, words, handles), (row) => valuesOfRow(handles, row))
          : [];
      }),
    ),
    ...indented(words.threads.map((name) => `run ${name}();`)),
    '}',
  ];
}
