import type { Command } from 'commander';
import { readCounterexample, scopeWords } from '../counterexample/file.ts';
import { loadModels } from '../project/load-models.ts';
import { colours } from '../report/colours.ts';
import { renderColumns, renderSteps } from '../report/columns.ts';
import { rootOf, rootOption } from './options.ts';
import { noViolation, replayed } from './replayed.ts';
import type { Screen } from './screen.ts';

/** `heddle replay FILE`: tells a counterexample again; an error if it no longer fits or no longer violates. */
export function addReplay(program: Command, screen: Screen): void {
  program
    .command('replay')
    .argument('<file>', 'a counterexample, counterexamples/<protocol>/<variant>--<guarantee>.json')
    .description('replay a counterexample file and print its trace in columns')
    .addOption(rootOption())
    .action(async (path: string, options: { root?: string }) => {
      const file = await readCounterexample(path);
      const { guarantee, outcome } = replayed(await loadModels(rootOf(options, path), [file.protocol]), file, path);
      const style = { width: screen.width, colors: colours(screen.colour) };
      if (outcome.kind === 'violates') {
        const { protocol, variant, certificate } = file;
        const { trace, contrast } = outcome;
        const story = { protocol, variant, scope: scopeWords(file), guarantee, violation: outcome, certificate, trace, contrast };
        screen.print(renderColumns(story, style).trimEnd());
        return;
      }
      const told = outcome.kind === 'parted' ? outcome.traceSoFar : outcome.trace;
      if (told !== undefined) screen.print(renderSteps(told, style).trimEnd());
      throw noViolation(outcome, file, path);
    });
}
