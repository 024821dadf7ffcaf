import type { Command } from 'commander';
import { System } from '../kernel/system.ts';
import { readCounterexample, scopeWords, type Counterexample } from '../counterexample/file.ts';
import { replay } from '../counterexample/replay.ts';
import { HeddleError } from '../model/error.ts';
import { scenariosOf } from '../model/protocol.ts';
import { loadModels, type LoadedProtocol } from '../project/load-models.ts';
import { scopeOf, select } from '../project/select.ts';
import { colours } from '../report/colours.ts';
import { renderColumns, renderSteps } from '../report/columns.ts';
import { rootOf, rootOption } from './options.ts';
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
      const { guarantees, outcome } = replayed(await loadModels(rootOf(options, path), [file.protocol]), file, path);
      const style = { width: screen.width, colors: colours(screen.colour) };
      const where = file.scenario.description === undefined ? `--scope ${file.scope}` : '--engine auto';
      const again = `heddle check ${file.protocol}/${file.variant} --guarantee ${file.guarantee} ${where} --record`;
      if (outcome.kind === 'violates') {
        const guarantee = guarantees.find(({ name }) => name === file.guarantee)!;
        const { protocol: name, variant, certificate } = file;
        screen.print(
          renderColumns(
            {
              protocol: name,
              variant,
              scope: scopeWords(file),
              guarantee,
              violation: outcome,
              certificate,
              trace: outcome.trace,
              contrast: outcome.contrast,
            },
            style,
          ).trimEnd(),
        );
        return;
      }
      if (outcome.kind === 'parted') {
        if (outcome.traceSoFar !== undefined) screen.print(renderSteps(outcome.traceSoFar, style).trimEnd());
        throw new HeddleError(
          'counterexample-outdated',
          `it parts from the model at step ${outcome.at} of ${file.schedule.length}: the file has ${outcome.expected}, the model has ${outcome.found}`,
          { where: path, cure: `If the model was meant to change, record it again: ${again}` },
        );
      }
      screen.print(renderSteps(outcome.trace, style).trimEnd());
      throw new HeddleError('counterexample-passes', `all ${file.schedule.length} steps run, and ${file.guarantee} holds along them`, {
        where: path,
        cure: `If this is the fix, check the variant again: ${again}`,
      });
    });
}

/** Replays a file on the variant and scope that it names. A name that is gone is a model that has changed. */
function replayed(protocols: readonly LoadedProtocol[], file: Counterexample, path: string) {
  try {
    const { loaded, variant } = select(protocols, [`${file.protocol}/${file.variant}`])[0]!;
    const { protocol, guarantees } = loaded;
    const { description } = file.scenario;
    const scenario =
      description === undefined
        ? scopeOf(protocol, file.scope).scenario(variant.routines)
        : scenariosOf(protocol).build(variant.routines)(description);
    return { guarantees, outcome: replay(new System(protocol.handles, protocol.ranks, scenario, guarantees), file) };
  } catch (error) {
    // A description that can't be built any more is as gone as a scope.
    const gone = file.scenario.description === undefined ? ['unknown-name'] : ['unknown-name', 'bad-declaration'];
    if (!(error instanceof HeddleError) || !gone.includes(error.code)) throw error;
    throw new HeddleError('counterexample-outdated', error.what, { where: path, cause: error });
  }
}
