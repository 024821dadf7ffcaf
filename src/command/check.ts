import { availableParallelism } from 'node:os';
import { Option, type Command } from 'commander';
import { defaultDepth } from '../explore/random/settings.ts';
import { strategyNames } from '../explore/strategies/names.ts';
import { HeddleError } from '../model/error.ts';
import { loadModels } from '../project/load-models.ts';
import { select } from '../project/select.ts';
import { positive, rootOf, rootOption, whole } from './options.ts';
import type { CheckFlags } from './run-check.ts';
import type { Screen } from './screen.ts';

/** `heddle check [selection]`: the main job. */
export function addCheck(program: Command, screen: Screen): void {
  program
    .command('check')
    .argument('[selection...]', 'protocol, protocol/variant, or globs; none means all')
    .description('check every variant and guarantee of the selection in a scope')
    .option('--scope <name>', 'gate (small, for every commit), full (for the night), or another of the protocol', 'gate')
    .option('--guarantee <name>', 'report this guarantee only')
    .addOption(
      new Option('--engine <engine>', 'auto proves the scope, then looks beyond it at generated scenarios')
        .choices(['exhaustive', 'random', 'auto'])
        .default('auto'),
    )
    .addOption(
      new Option('--strategy <strategy>', 'how random schedules are drawn (docs/random.md)').choices([...strategyNames]).default('walk'),
    )
    .option('--depth <d>', "of the bugs that pct's bound speaks of", whole(1), defaultDepth)
    .option(
      '--schedules <n>',
      'random schedules: of a random run (default: 2000, or as many as --seconds allows), or beyond the scope (default: 2000)',
      whole(1),
    )
    .option('--seconds <n>', 'budget in time for each variant; the result is marked as timed', positive)
    .option(
      '--memory <mb>',
      'budget for visited states and what monitors remember, for each variant; the fast search holds 4096, with 8192 and more a slower one takes over',
      whole(1),
      4096,
    )
    .option(
      '--workers <n>',
      'threads: variants checked at the same time, or shares of one random run',
      whole(1),
      Math.max(1, availableParallelism()),
    )
    .option('--seed <n>', 'of random runs, and of the hash function of --hash-compact', whole(0), 1)
    .option('--no-symmetry', 'explore states that differ in the names of like threads one by one')
    .option('--no-reduction', 'explore every state: no symmetry, and no steps taken alone')
    .option('--hash-compact', 'keep fingerprints instead of states: holds more of them, proves nothing (docs/hash-compaction.md)')
    .option('--record', 'write a counterexample file for every violation that is judged')
    .option('--json', 'results as one JSON document')
    .option('--quiet', 'no progress')
    .addOption(rootOption())
    .action(async (patterns: string[], flags: CheckFlags) => {
      if (flags.hashCompact === true && flags.engine === 'random')
        throw new HeddleError('bad-usage', '--hash-compact is for the exhaustive engine, and --engine is random', {
          cure: 'Leave one of them out: a random run counts states by fingerprints anyway.',
        });
      // While esbuild compiles the models in a process of its own, the engine is loaded.
      const [loaded, { runCheck }] = await Promise.all([loadModels(rootOf(flags), patterns), readyToCheck(flags)]);
      await runCheck(select(loaded, patterns), patterns, flags, screen);
    });
}

/** The engine, loaded and prepared. */
async function readyToCheck(flags: CheckFlags) {
  const engine = await import('./run-check.ts');
  engine.prepareCheck(flags);
  return engine;
}
