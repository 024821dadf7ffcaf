import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { Option, type Command } from 'commander';
import { CheckAll } from '../check/check-all.ts';
import type { CheckedGuarantee, CheckedVariant } from '../check/check-variant.ts';
import { rowsOf } from '../check/broken-beyond.ts';
import { rawSystemOf } from '../check/raw-system.ts';
import { recordedOf } from '../check/recorded.ts';
import { smallestViolation, type SmallestOptions } from '../check/smallest.ts';
import { counterexamplePath, scopeWords, writeCounterexample } from '../counterexample/file.ts';
import { initialValues } from '../counterexample/record.ts';
import { defaultDepth } from '../explore/random/settings.ts';
import { strategyNames, type StrategyName } from '../explore/strategies/named.ts';
import type { Violation } from '../explore/verdict.ts';
import { HeddleError } from '../model/error.ts';
import { loadModels } from '../project/load-models.ts';
import { checkGuaranteeName, scopeOf, select, type Selected } from '../project/select.ts';
import { colours } from '../report/colours.ts';
import { renderColumns } from '../report/columns.ts';
import { exitCodeOf, jsonResults, type CounterexampleFacts } from '../report/json.ts';
import { findings, heading, summary, variantBlock, type ResultsOptions } from '../report/results.ts';
import { preemptionsOf } from '../schedule/preemptions.ts';
import { positive, rootOf, rootOption, whole } from './options.ts';
import { ProgressLine } from './progress-line.ts';
import { exitCodes, type Screen } from './screen.ts';
import { version } from './version.ts';

interface CheckFlags {
  readonly scope: string;
  readonly guarantee?: string;
  readonly engine: 'exhaustive' | 'random' | 'auto';
  readonly strategy: StrategyName;
  readonly depth: number;
  readonly schedules?: number;
  readonly seconds?: number;
  readonly memory: number;
  readonly workers: number;
  readonly seed: number;
  readonly reduction: boolean;
  readonly symmetry: boolean;
  readonly hashCompact?: boolean;
  readonly record?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly root?: string;
}

/** A random run with a budget in time and no other runs as many schedules as that allows. */
function schedulesOf({ schedules, engine, seconds }: CheckFlags): number {
  return schedules ?? (engine === 'random' && seconds !== undefined ? 2 ** 30 : 2000);
}

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
      'budget for visited states, for each variant; the fast search holds 4096, with 8192 and more a slower one takes over',
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
    .action((patterns: string[], flags: CheckFlags) => check(patterns, flags, screen));
}

async function check(patterns: readonly string[], flags: CheckFlags, screen: Screen): Promise<void> {
  if (flags.hashCompact === true && flags.engine === 'random')
    throw new HeddleError('bad-usage', '--hash-compact is for the exhaustive engine, and --engine is random', {
      cure: 'Leave one of them out: a random run counts states by fingerprints anyway.',
    });
  const root = rootOf(flags);
  const found = select(await loadModels(root, patterns), patterns);
  // Asked for everything, a protocol that has no such scope is left out, and said to be; one that was named must have it.
  const hasScope = ({ loaded }: Selected): boolean => loaded.protocol.scopes.some(({ name }) => name === flags.scope);
  const selected = patterns.length === 0 && found.some(hasScope) ? found.filter(hasScope) : found;
  for (const { loaded } of selected) scopeOf(loaded.protocol, flags.scope);
  for (const { protocol } of new Set(found.filter((entry) => !selected.includes(entry)).map(({ loaded }) => loaded)))
    console.error(
      `${protocol.name} has no scope ${flags.scope}: heddle check ${protocol.name} --scope ${protocol.scopes.map(({ name }) => name).join('|')}`,
    );
  checkGuaranteeName(selected, flags.guarantee);

  const files = new CounterexampleFiles(root, flags);
  const options: ResultsOptions = { colours: colours(screen.colour), width: screen.width, guarantee: flags.guarantee, fileOf: files.shown };
  const progress = new ProgressLine(screen, selected.length, flags.quiet === true);
  const printer = new InOrder(selected, (checked, isFirst) => {
    if (flags.json === true) return;
    screen.print(`${isFirst ? `${heading(checked, options)}\n\n` : ''}${variantBlock(checked, options)}`);
  });

  const run = new CheckAll(
    selected,
    {
      scope: flags.scope,
      engine: flags.engine,
      maxBytes: flags.memory * 2 ** 20,
      symmetry: flags.reduction && flags.symmetry,
      reduction: flags.reduction,
      hashCompact: flags.hashCompact,
      seconds: flags.seconds,
      seed: flags.seed,
      schedules: schedulesOf(flags),
      strategy: flags.strategy,
      depth: flags.depth,
    },
    {
      onProgress: (entry, state, seconds) => progress.show(entry, state, seconds),
      onChecked: (checked) => {
        progress.done(checked);
        printer.add(checked);
      },
    },
  );
  let interrupted = false;
  const interrupt = (): void => {
    if (interrupted) process.exit(exitCodes.interrupted);
    interrupted = true;
    screen.progress('interrupted: ending at the next slice (again to quit at once)');
    run.interrupt();
  };
  process.removeAllListeners('SIGINT');
  process.on('SIGINT', interrupt);
  const began = performance.now();
  let results: readonly CheckedVariant[];
  let milliseconds: number;
  try {
    results = await run.run(flags.workers);
    milliseconds = performance.now() - began;
    printer.rest();
    await files.minimise(results, {
      maxBytes: flags.memory * 2 ** 20,
      seconds: flags.seconds,
      interrupted: () => interrupted,
      onProgress: ({ states }) => progress.say(`looking for the smallest counterexample: ${states} states`),
    });
  } finally {
    process.off('SIGINT', interrupt);
    screen.clearProgress();
  }

  if (flags.record === true) for (const checked of results) await files.record(checked, screen);
  if (flags.json === true)
    screen.print(
      JSON.stringify(
        jsonResults(results, {
          version: version(),
          seed: flags.seed,
          scope: flags.scope,
          timed: flags.seconds !== undefined,
          guarantee: flags.guarantee,
          fileOf: files.shown,
          storyOf: files.storyOf,
        }),
        null,
        2,
      ),
    );
  else {
    for (const checked of results)
      for (const { checked: where, row } of rowsOf(checked))
        if (files.isNew(where, row)) screen.print(`\n${files.tell(where, row, screen).trimEnd()}\n${keeping(where, row, flags)}`);
    const told = findings(results, options);
    if (told !== undefined) screen.print(`\n${told}`);
    screen.print(`\n${summary(results, milliseconds, options)}`);
  }
  if (interrupted) {
    const left = selected.length - results.length;
    console.error(`interrupted${left > 0 ? `; ${left} of ${selected.length} variants were not begun` : ''}`);
    process.exitCode = exitCodes.interrupted;
  } else process.exitCode = exitCodeOf(results, flags.guarantee);
}

/** How to keep a counterexample that is only on the screen. */
function keeping({ protocol, variant, description }: CheckedVariant, { guarantee }: CheckedGuarantee, flags: CheckFlags): string {
  const budget = description === undefined ? '' : ` --engine auto --schedules ${schedulesOf(flags)} --seed ${flags.seed}`;
  return `\nkeep it: npx heddle check ${protocol.name}/${variant.name} --guarantee ${guarantee.name} --scope ${flags.scope}${budget} --record`;
}

/** Prints results in the order of the selection, each as soon as all before it are there. */
class InOrder {
  readonly #selected: readonly Selected[];
  readonly #print: (checked: CheckedVariant, isFirst: boolean) => void;
  readonly #waiting: CheckedVariant[] = [];
  #next = 0;
  #protocol: string | undefined;
  constructor(selected: readonly Selected[], print: (checked: CheckedVariant, isFirst: boolean) => void) {
    this.#selected = selected;
    this.#print = print;
  }
  add(checked: CheckedVariant): void {
    this.#waiting.push(checked);
    for (let index = this.#ready(); index >= 0; index = this.#ready()) {
      this.#emit(this.#waiting.splice(index, 1)[0]!);
      this.#next++;
    }
  }
  #ready(): number {
    const entry = this.#selected[this.#next];
    return entry === undefined
      ? -1
      : this.#waiting.findIndex(({ protocol, variant }) => protocol === entry.loaded.protocol && variant === entry.variant);
  }
  /** What an interruption left behind one that never came. */
  rest(): void {
    for (const checked of this.#waiting.splice(0)) this.#emit(checked);
  }
  #emit(checked: CheckedVariant): void {
    this.#print(checked, this.#protocol !== checked.protocol.name);
    this.#protocol = checked.protocol.name;
  }
}

/** The counterexample files of a run. */
class CounterexampleFiles {
  readonly #root: string;
  readonly #flags: CheckFlags;
  readonly #smallest = new Map<CheckedGuarantee, Violation>();
  constructor(root: string, flags: CheckFlags) {
    this.#root = root;
    this.#flags = flags;
  }

  /** The recorded file of a row, relative to the working directory. */
  shown = (checked: CheckedVariant, row: CheckedGuarantee): string | undefined => {
    const file = join(
      this.#root,
      counterexamplePath({ protocol: checked.protocol.name, variant: checked.variant.name, guarantee: row.guarantee.name }),
    );
    return existsSync(file) ? relative(process.cwd(), file) : undefined;
  };

  /** Whether a violation is to be told: one that was not expected, or that nobody has recorded yet. */
  isNew(checked: CheckedVariant, row: CheckedGuarantee): boolean {
    if (row.verdict.kind !== 'violated' || !this.#isSelected(row)) return false;
    return row.status === 'unexpected' || (row.expected !== 'unspecified' && this.shown(checked, row) === undefined);
  }

  #isSelected({ guarantee }: CheckedGuarantee): boolean {
    return this.#flags.guarantee === undefined || guarantee.name === this.#flags.guarantee;
  }

  /** Whether `--record` writes the row: a violation that the variant says something about. */
  #isRecorded(row: CheckedGuarantee): boolean {
    return this.#flags.record === true && row.verdict.kind === 'violated' && row.expected !== 'unspecified' && this.#isSelected(row);
  }

  /** Looks for the smallest violation of all that will be told or recorded; the others stay as they were found. */
  async minimise(results: readonly CheckedVariant[], options: SmallestOptions): Promise<void> {
    for (const checked of results)
      for (const row of checked.guarantees)
        if (this.isNew(checked, row) || this.#isRecorded(row)) this.#smallest.set(row, await smallestViolation(checked, row, options));
  }

  /** A violation as a story in columns. */
  tell(checked: CheckedVariant, row: CheckedGuarantee, screen: Screen): string {
    return this.#story(checked, row, { width: screen.width, colour: screen.colour }).text;
  }

  /** Writes a file for every violation that the variant says something about. */
  async record(checked: CheckedVariant, screen: Screen): Promise<void> {
    for (const { checked: where, row } of rowsOf(checked)) {
      if (!this.#isRecorded(row)) continue;
      const { file, text } = this.#story(where, row, { width: 80, colour: false });
      const written = await writeCounterexample(this.#root, file, text);
      if (this.#flags.json !== true) screen.print(`recorded ${relative(process.cwd(), written)}`);
    }
  }

  #story(checked: CheckedVariant, row: CheckedGuarantee, { width, colour }: { readonly width: number; readonly colour: boolean }) {
    if (row.verdict.kind !== 'violated') throw new Error('only a violation has a story');
    const violation = this.#smallest.get(row) ?? row.verdict.violation;
    const { file, trace, contrast } = recordedOf(checked, row, violation, version());
    const { certificate } = file;
    const text = renderColumns(
      { ...file, scope: scopeWords(file), guarantee: row.guarantee, certificate, trace, contrast },
      { width, colors: colours(colour) },
    );
    return { file, text };
  }

  /** What JSON tells of a violation. */
  storyOf = (checked: CheckedVariant, row: CheckedGuarantee): CounterexampleFacts | undefined => {
    if (row.verdict.kind !== 'violated') return undefined;
    const system = rawSystemOf(checked);
    const violation = this.#smallest.get(row) ?? row.verdict.violation;
    const { schedule } = violation;
    return {
      violation,
      scenario: checked.description ?? Object.fromEntries(initialValues(system, schedule.initial)),
      preemptions: preemptionsOf(system, schedule),
    };
  };
}
