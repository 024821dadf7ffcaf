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
import { rootOf, rootOption, whole } from './options.ts';
import type { Screen } from './screen.ts';
import { version } from './version.ts';

interface ExportFlags {
  readonly to: 'promela' | 'dot';
  readonly scope: string;
  readonly guarantee?: string;
  readonly thread?: string;
  readonly minimised?: boolean;
  readonly memory: number;
  readonly output?: string;
  readonly svg?: string;
  readonly root?: string;
}

/** `heddle export PROTOCOL[/variant] --to FORMAT`: what was learned, for other tools. */
export function addExport(program: Command, screen: Screen): void {
  program
    .command('export')
    .argument('<protocol>', "protocol or protocol/variant; without a variant, the protocol's first")
    .description('the learned automata for other tools: a program for SPIN, or a drawing')
    .addOption(
      new Option('--to <format>', 'promela, or dot: the automaton of a --thread, or the graph of all states')
        .choices(['promela', 'dot'])
        .makeOptionMandatory(),
    )
    .option('--scope <name>', 'gate (small, for every commit), full (for the night), or another of the protocol', 'gate')
    .option('--guarantee <name>', 'assert this guarantee only (promela)')
    .option('--thread <name>', 'draw the automaton of this thread (dot)')
    .option('--minimised', 'minimise the automata, as check does; without it they are as learned')
    .option('--memory <mb>', 'budget for visited states, where exporting needs an exploration', whole(1), 4096)
    .option('--output <file>', 'write to this file instead of standard output')
    .option('--svg <file>', 'draw it (dot)')
    .addOption(rootOption())
    .action((name: string, flags: ExportFlags) => exportTo(name, flags, screen));
}

async function exportTo(name: string, flags: ExportFlags, screen: Screen): Promise<void> {
  const pointless = (flags.to === 'dot' ? (['guarantee'] as const) : (['thread', 'svg'] as const)).find(
    (flag) => flags[flag] !== undefined,
  );
  if (pointless !== undefined)
    throw new HeddleError('bad-usage', `--${pointless} has no meaning with --to ${flags.to}`, {
      cure: '`heddle export --help` says what goes with what.',
    });
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
  const text =
    flags.to === 'dot'
      ? flags.thread === undefined
        ? stateGraphDot(system, title)
        : automatonDot(system, flags.thread, title)
      : promela(system, {
          title: `${title}, exported by Heddle ${version()}${left.length === 0 ? '' : `, without ${left.join(', ')}`}`,
          guarantees: flags.guarantee === undefined ? undefined : [flags.guarantee],
          maxBytes: flags.memory * 2 ** 20,
        });
  if (flags.output !== undefined)
    await writeWhole(flags.output, text, 'the export', {
      cure: 'Name a file in a folder that is there, on a disk with room: --output FILE.',
    });
  if (flags.svg !== undefined) await draw(text, flags.svg);
  if (flags.output === undefined && flags.svg === undefined) screen.print(text.trimEnd());
}
