import { statSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { writeWhole } from '../counterexample/write-whole.ts';
import { automatonDot } from '../export/automaton-dot.ts';
import { canAssert, promela } from '../export/promela/program.ts';
import { stateGraphDot } from '../export/state-graph-dot.ts';
import { System } from '../kernel/system.ts';
import { HeddleError } from '../model/error.ts';
import { loadModels } from '../project/load-models.ts';
import { checkGuaranteeName, scopeOf, selectOne } from '../project/select.ts';
import { draw } from './draw.ts';
import type { RunFormat } from './export-run.ts';
import { rootOf, rootOption, whole } from './options.ts';
import type { Screen } from './screen.ts';
import { version } from './version.ts';

type AutomataFormat = 'promela' | 'dot';

interface ExportFlags {
  readonly to: AutomataFormat | RunFormat;
  readonly scope: string;
  readonly guarantee?: string;
  readonly thread?: string;
  readonly minimised?: boolean;
  readonly memory: number;
  readonly output?: string;
  readonly svg?: string;
  readonly root?: string;
}

/** `heddle export PROTOCOL[/variant]|FILE --to FORMAT`: what was learned, or one run, for other tools. */
export function addExport(program: Command, screen: Screen): void {
  program
    .command('export')
    .argument('<what>', "protocol or protocol/variant (without a variant, the protocol's first), or a counterexample file")
    .description('for other tools: the learned automata (promela, dot), or one run that breaks a guarantee (itf, mermaid)')
    .addOption(
      new Option(
        '--to <format>',
        'promela: a program for SPIN; dot: the automaton of a --thread, or the graph of all states; itf: states, as Apalache and Quint write them; mermaid: a sequence diagram for an issue',
      )
        .choices(['promela', 'dot', 'itf', 'mermaid'])
        .makeOptionMandatory(),
    )
    .option('--scope <name>', 'gate (small, for every commit), full (for the night), or another of the protocol', 'gate')
    .option('--guarantee <name>', 'assert this guarantee only (promela), or write the smallest run that breaks it (itf, mermaid)')
    .option('--thread <name>', 'draw the automaton of this thread (dot)')
    .option('--minimised', 'minimise the automata, as check does; without it they are as learned (promela, dot)')
    .option('--memory <mb>', 'budget for visited states, where exporting needs an exploration', whole(1), 4096)
    .option('--output <file>', 'write to this file instead of standard output')
    .option('--svg <file>', 'draw it (dot)')
    .addOption(rootOption())
    .action((what: string, flags: ExportFlags, command: Command) => exportTo(what, flags, command, screen));
}

async function exportTo(what: string, flags: ExportFlags, command: Command, screen: Screen): Promise<void> {
  const { to } = flags;
  const isFile = what.endsWith('.json') || statSync(what, { throwIfNoEntry: false })?.isFile() === true;
  const isGiven = (flag: string): boolean => command.getOptionValueSource(flag) === 'cli';
  const pointless = without[to].find(isGiven);
  if (pointless !== undefined)
    throw new HeddleError('bad-usage', `--${pointless} has no meaning with --to ${to}`, {
      cure: '`heddle export --help` says what goes with what.',
    });
  let text: string;
  if (to === 'itf' || to === 'mermaid') {
    const { exportFile, exportSmallest } = await import('./export-run.ts');
    const decided = isFile ? (['guarantee', 'scope', 'memory'] as const).find(isGiven) : undefined;
    if (decided !== undefined)
      throw new HeddleError('bad-usage', `--${decided} has no meaning with a counterexample file, which holds its run already`, {
        where: what,
        cure: `Leave --${decided} out, or name a protocol/variant instead of the file, to have its smallest run looked for.`,
      });
    text = isFile ? await exportFile(what, { ...flags, to }) : await exportSmallest(what, { ...flags, to }, screen);
  } else {
    if (isFile)
      throw new HeddleError('bad-usage', `--to ${to} writes the automata of a protocol, and this is a file`, {
        where: what,
        cure: 'A counterexample goes --to itf or --to mermaid; for automata, name a protocol or protocol/variant.',
      });
    text = await automataOf(what, { ...flags, to });
  }
  if (flags.output !== undefined)
    await writeWhole(flags.output, text, 'the export', {
      cure: 'Name a file in a folder that is there, on a disk with room: --output FILE.',
    });
  if (flags.svg !== undefined) await draw(text, flags.svg);
  if (flags.output === undefined && flags.svg === undefined) screen.print(text.trimEnd());
}

/** The flags that say nothing to a format. */
const without: Readonly<Record<ExportFlags['to'], readonly (keyof ExportFlags)[]>> = {
  promela: ['thread', 'svg'],
  dot: ['guarantee'],
  itf: ['thread', 'minimised', 'svg'],
  mermaid: ['thread', 'minimised', 'svg'],
};

async function automataOf(name: string, flags: ExportFlags & { readonly to: AutomataFormat }): Promise<string> {
  const entry = selectOne(await loadModels(rootOf(flags), [name]), name);
  const { protocol, guarantees } = entry.loaded;
  checkGuaranteeName([entry], flags.guarantee);
  const scenario = scopeOf(protocol, flags.scope).scenario(entry.variant.routines);
  // Liveness is not asserted, and what its monitors owe would only add states.
  const judged = flags.to === 'promela' ? guarantees.filter((each) => canAssert(each) || each.name === flags.guarantee) : guarantees;
  const left = guarantees.filter((each) => !judged.includes(each)).map((each) => each.name);
  const system = new System(protocol.handles, protocol.ranks, scenario, judged, {
    automata: flags.minimised === true ? 'minimised' : 'raw',
  });
  const title = `${protocol.name}/${entry.variant.name}, scope ${flags.scope}`;
  if (flags.to === 'dot') return flags.thread === undefined ? stateGraphDot(system, title) : automatonDot(system, flags.thread, title);
  return promela(system, {
    title: `${title}, exported by Heddle ${version()}${left.length === 0 ? '' : `, without ${left.join(', ')}`}`,
    guarantees: flags.guarantee === undefined ? undefined : [flags.guarantee],
    maxBytes: flags.memory * 2 ** 20,
  });
}
