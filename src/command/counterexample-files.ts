import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { rowsOf } from '../check/broken-beyond.ts';
import type { CheckedGuarantee, CheckedVariant } from '../check/check-variant.ts';
import { rawSystemOf } from '../check/raw-system.ts';
import { recordedOf } from '../check/recorded.ts';
import { smallestViolation, type SmallestOptions } from '../check/smallest.ts';
import { counterexamplePath, scopeWords, writeCounterexample } from '../counterexample/file.ts';
import { initialValues } from '../counterexample/record.ts';
import type { Violation } from '../explore/verdict.ts';
import { colours } from '../report/colours.ts';
import { renderColumns } from '../report/columns.ts';
import type { CounterexampleFacts } from '../report/json.ts';
import { preemptionsOf } from '../schedule/preemptions.ts';
import type { Screen } from './screen.ts';
import { version } from './version.ts';

/** What decides which violations are told and recorded. */
interface Wanted {
  readonly guarantee?: string;
  readonly record?: boolean;
  readonly json?: boolean;
}

/** The counterexample files of a run. */
export class CounterexampleFiles {
  readonly #root: string;
  readonly #flags: Wanted;
  readonly #smallest = new Map<CheckedGuarantee, Violation>();
  constructor(root: string, flags: Wanted) {
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
