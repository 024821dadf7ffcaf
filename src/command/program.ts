/** The command line. This folder is the only place that prints or exits; CONTRACT.md says what scripts rely on. */
import { Command, CommanderError } from 'commander';
import { cannotWrite } from '../counterexample/write-whole.ts';
import { HeddleError } from '../model/error.ts';
import { colours } from '../report/colours.ts';
import { wrapped } from '../report/wrapped.ts';
import { exitCodes, Screen } from './screen.ts';
import { version } from './version.ts';

/** Each command's module, loaded only where it is asked for: what one needs, another would wait for. */
const commands: Readonly<Record<string, () => Promise<(program: Command, screen: Screen) => void>>> = {
  check: async () => (await import('./check.ts')).addCheck,
  replay: async () => (await import('./replay.ts')).addReplay,
  list: async () => (await import('./list.ts')).addList,
  'lock-order': async () => (await import('./lock-order.ts')).addLockOrder,
  export: async () => (await import('./export.ts')).addExport,
  explain: async () => (await import('./explain.ts')).addExplain,
};

/** Does what the process was asked for. */
export async function main(): Promise<void> {
  const program = new Command('heddle')
    .description('A property-based model checker for the synchronisation protocols of language runtimes.')
    .version(version())
    .showSuggestionAfterError(true)
    .helpOption('-h, --help', 'show this')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text) });
  program.addHelpText(
    'after',
    '\nExit codes: 0 all as expected, 1 not, 2 wrong usage or a faulty model, 3 a budget ran out, 130 interrupted.',
  );

  const screen = new Screen();
  // Help and mistakes need all of them.
  const asked = commands[process.argv[2] ?? ''];
  for (const load of asked === undefined ? Object.values(commands) : [asked]) (await load())(program, screen);
  for (const command of program.commands)
    command
      .exitOverride()
      .showSuggestionAfterError(true)
      .showHelpAfterError('(`heddle ' + command.name() + ' --help` shows what it takes)');

  // Whoever reads the output may have seen enough (`heddle check | head`).
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    process.exit(report(cannotWrite('standard output', error), screen));
  });
  // Without it there is nobody left to tell.
  process.stderr.on('error', () => {});
  // Before a command has its own way of being interrupted: leave by the door, so that temporary folders go.
  process.on('SIGINT', () => process.exit(exitCodes.interrupted));

  try {
    if (process.argv.length <= 2) program.help();
    await program.parseAsync();
  } catch (error) {
    process.exitCode = report(error, screen);
  }
  // All is done and told: ending here spares waiting until Node has taken its heap apart.
  await Promise.all([drain(process.stdout), drain(process.stderr)]);
  process.exit();
}

/** Waits until what was written is with whoever reads it, or has failed: that is told by its own event, which comes later than the write. */
async function drain(stream: NodeJS.WriteStream): Promise<void> {
  await new Promise<void>((resolve) => void stream.write('', () => resolve()));
}

/** Tells a person what went wrong; the exit code. */
function report(error: unknown, screen: Screen): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.asExpected : exitCodes.usage;
  const { red, bold, dim } = colours(screen.errorColour);
  if (!(error instanceof HeddleError)) {
    console.error(`${red('heddle failed.')} This is a mistake in Heddle; please report it with what follows.\n`);
    console.error(error);
    return exitCodes.usage;
  }
  const lines = [`${red('error')} ${bold(error.code)}`, ...wrapped(error.what, screen.errorWidth, '  ')];
  if (error.where !== undefined) lines.push(`  at ${error.where}`);
  lines.push(...wrapped(error.cure, screen.errorWidth, '  '), dim(`  heddle explain ${error.code}`));
  console.error(lines.join('\n'));
  // A counterexample that lost its point is a result that is not as expected, not a mistake of whoever typed the command.
  return error.code === 'counterexample-passes' || error.code === 'counterexample-outdated' ? exitCodes.unexpected : exitCodes.usage;
}
