import { CheckAll } from '../check/check-all.ts';
import type { CheckedGuarantee, CheckedVariant } from '../check/check-variant.ts';
import { rowsOf } from '../check/broken-beyond.ts';
import type { StrategyName } from '../explore/strategies/names.ts';
import { compileLoop } from '../kernel/loop.ts';
import { checkGuaranteeName, scopeOf, type Selected } from '../project/select.ts';
import { colours } from '../report/colours.ts';
import { exitCodeOf, jsonResults } from '../report/json.ts';
import { findings, heading, summary, variantBlock, type ResultsOptions } from '../report/results.ts';
import { CounterexampleFiles } from './counterexample-files.ts';
import { onInterrupt } from './interruption.ts';
import { rootOf } from './options.ts';
import { ProgressLine } from './progress-line.ts';
import { exitCodes, type Screen } from './screen.ts';
import { version } from './version.ts';

/** What was asked for beside the selection; see CONTRACT.md. */
export interface CheckFlags {
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

/** Does what a check needs that doesn't hang on models: to be called while one waits for them. */
export function prepareCheck({ engine }: CheckFlags): void {
  if (engine !== 'random') compileLoop();
}

/** Checks what the patterns select, prints what was found out, and sets the exit code. */
export async function runCheck(found: readonly Selected[], patterns: readonly string[], flags: CheckFlags, screen: Screen): Promise<void> {
  const root = rootOf(flags);
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
  const worked = onInterrupt(() => {
    interrupted = true;
    screen.progress('interrupted: ending at the next slice (again to quit at once)');
    run.interrupt();
  });
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
    worked();
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

/** How to keep a counterexample that is only on the screen; nothing if it has been recorded. */
function keeping({ protocol, variant, description }: CheckedVariant, { guarantee }: CheckedGuarantee, flags: CheckFlags): string {
  if (flags.record === true) return '';
  const budget = description === undefined ? '' : ` --engine auto --schedules ${schedulesOf(flags)} --seed ${flags.seed}`;
  return `\nkeep it: npx heddle check ${protocol.name}/${variant.name} --guarantee ${guarantee.name} --scope ${flags.scope}${budget}${flags.root === undefined ? '' : ` --root ${flags.root}`} --record`;
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
