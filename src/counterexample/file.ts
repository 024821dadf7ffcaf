import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Certificate } from '../explore/verdict.ts';
import { HeddleError } from '../model/error.ts';
import { describe } from '../model/plain-data.ts';
import { parseJson } from './parse-json.ts';
import { writeWhole } from './write-whole.ts';

/** The format that this release writes and reads. */
export const counterexampleFormat = 'heddle-counterexample/1';

/** One step of a recorded schedule, by what it is and not by number, so that it survives changes elsewhere in the model. */
export interface RecordedStep {
  readonly thread: string;
  /** The innermost routine. */
  readonly routine: string;
  /** The step's label, e.g. `store gomaxprocs = 2`, or `stops at a safe point`. */
  readonly operation: string;
  /** How often the thread has taken a step with this routine and operation, this one included. */
  readonly occurrence: number;
  /** What a `choose` picked, as traces show it. */
  readonly pick?: string;
}

/** The size of a counterexample, and what searches for smaller ones have excluded. */
export interface RecordedCertificate {
  /** Whether none has fewer steps, or none is smaller in the order of `search`. */
  readonly minimal: boolean;
  readonly steps: number;
  readonly threads?: number;
  readonly choices?: number;
  readonly preemptions?: number;
  /** In a sentence. */
  readonly excluded: string;
  /** What the search for the smallest excluded, if there was one. */
  readonly search?: Certificate;
}

/** The nearest passing schedule (see `nearestPassing`). */
export interface RecordedContrast {
  /** How many steps it shares with the counterexample. */
  readonly shared: number;
  /** Of the passing run, from there on. */
  readonly preemptions: number;
  readonly sameDecisions: boolean;
  /** How the passing run goes on from there. */
  readonly schedule: readonly RecordedStep[];
}

/** A counterexample as its file holds it. */
export interface Counterexample {
  readonly format: typeof counterexampleFormat;
  /** The version of Heddle that wrote it. */
  readonly heddle: string;
  readonly protocol: string;
  readonly variant: string;
  readonly guarantee: string;
  readonly scope: string;
  readonly scenario: {
    /** What the scenario was made from, if it was generated. */
    readonly description?: unknown;
    /** The values that the scope leaves open, by name, as traces show them. */
    readonly initial: Readonly<Record<string, string>>;
    readonly threads: readonly {
      readonly name: string;
      readonly gated: boolean;
      readonly daemon: boolean;
      readonly environment: boolean;
    }[];
  };
  readonly violation: { readonly at: 'step' | 'state'; readonly says: string };
  readonly certificate: RecordedCertificate;
  readonly schedule: readonly RecordedStep[];
  readonly contrast?: RecordedContrast;
  /** How many steps come before those that are taken again and again; absent for a run that ends. */
  readonly loop?: number;
}

async function schemaOf() {
  const z = await import('zod');
  const count = z.int().nonnegative();
  const schedule = z.array(
    z.object({
      thread: z.string(),
      routine: z.string(),
      operation: z.string(),
      occurrence: z.int().positive(),
      pick: z.exactOptional(z.string()),
    }),
  );
  return z.object({
    format: z.literal(counterexampleFormat),
    heddle: z.string(),
    protocol: z.string(),
    variant: z.string(),
    guarantee: z.string(),
    scope: z.string(),
    scenario: z.object({
      description: z.exactOptional(z.json()),
      initial: z.record(z.string(), z.string()),
      threads: z.array(z.object({ name: z.string(), gated: z.boolean(), daemon: z.boolean(), environment: z.boolean() })),
    }),
    violation: z.object({ at: z.enum(['step', 'state']), says: z.string() }),
    certificate: z.object({
      minimal: z.boolean(),
      steps: count,
      threads: z.exactOptional(count),
      choices: z.exactOptional(count),
      preemptions: z.exactOptional(count),
      excluded: z.string(),
      search: z.exactOptional(
        z
          .object({
            minimal: z.boolean(),
            order: z.array(z.enum(['threads', 'choices', 'preemptions'])),
            excludes: z.array(count),
            states: z.array(count),
            sought: z.exactOptional(z.literal('wait-for cycles and bad ends')),
          })
          .refine(({ order, excludes, states }) => excludes.length === order.length + 1 && states.length === excludes.length, {
            error: 'it has a bound and a count of states for each measure of its order, and for the steps',
          }),
      ),
    }),
    loop: z.exactOptional(count),
    schedule,
    contrast: z.exactOptional(z.object({ shared: count, preemptions: count, sameDecisions: z.boolean(), schedule })),
  });
}

/** The scope of a counterexample, or its generated scenario, as a story names it. */
export function scopeWords({ scope, scenario }: Counterexample): string {
  return scenario.description === undefined ? scope : `${scope}: ${describe(scenario.description)}`;
}

/** Where a counterexample belongs below the root of the models: `counterexamples/<protocol>/<variant>--<guarantee>.json`. */
export function counterexamplePath(names: Pick<Counterexample, 'protocol' | 'variant' | 'guarantee'>): string {
  return join('counterexamples', names.protocol, `${names.variant}--${encodeURIComponent(names.guarantee)}.json`);
}

/**
 * A counterexample from its text; fields that it does not know are dropped.
 * @param file how errors name it
 * @throws HeddleError `counterexample-unreadable`
 */
export async function parseCounterexample(text: string, file: string): Promise<Counterexample> {
  const parsed = parseJson(text);
  if (parsed.kind === 'invalid')
    throw unreadable(`it is not JSON: ${parsed.problem}`, `${file}:${parsed.line}:${parsed.column}`, parsed.cause);
  const { value } = parsed;
  const format = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined;
  if (format !== counterexampleFormat)
    throw unreadable(
      format === undefined
        ? `it names no format; expected "format": "${counterexampleFormat}"`
        : `its format is ${JSON.stringify(format)}; this release reads "${counterexampleFormat}"`,
      file,
    );
  const checked = (await schemaOf()).safeParse(value);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0]!;
  throw unreadable(`at ${showPath(issue.path)}: ${issue.message}`, file);
}

/** Reads a counterexample file. @throws HeddleError `counterexample-unreadable` */
export async function readCounterexample(file: string): Promise<Counterexample> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw unreadable(missing ? 'there is no such file' : (cause as Error).message, file, cause);
  }
  return parseCounterexample(text, file);
}

function unreadable(what: string, where: string, cause?: unknown): HeddleError {
  return new HeddleError('counterexample-unreadable', what, { where, cause });
}

/** `schedule[3].thread` */
function showPath(path: readonly PropertyKey[]): string {
  const shown = path.map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`));
  return shown.join('') || 'the top';
}

/** The text of a counterexample's file: the same for the same counterexample. */
export function formatCounterexample(content: Counterexample): string {
  const { format, heddle, protocol, variant, guarantee, scope, scenario, violation, certificate, schedule, contrast, loop } = content;
  const head = {
    format,
    heddle,
    protocol,
    variant,
    guarantee,
    scope,
    scenario,
    violation,
    certificate,
    ...(loop === undefined ? {} : { loop }),
  };
  const opening = JSON.stringify(head, undefined, 2)
    // Lists of numbers and of measures stand on one line.
    .replace(/\[\n\s+((?:\d+|"(?:threads|choices|preemptions)"),?\s*)+\]/g, (list) =>
      list.replace(/\s+/g, ' ').replace('[ ', '[').replace(' ]', ']'),
    )
    .slice(0, -2);
  const passing =
    contrast === undefined
      ? ''
      : `,\n  "contrast": {\n    "shared": ${contrast.shared},\n    "preemptions": ${contrast.preemptions},\n    "sameDecisions": ${contrast.sameDecisions},\n    "schedule": [${stepLines(contrast.schedule, '      ')}]\n  }`;
  return `${opening},\n  "schedule": [${stepLines(schedule, '    ')}]${passing}\n}\n`;
}

/** A step a line: a diff of two files then is a diff of two schedules. */
function stepLines(schedule: readonly RecordedStep[], indent: string): string {
  const steps = schedule.map(({ thread, routine, operation, occurrence, pick }) =>
    JSON.stringify({ thread, routine, operation, occurrence, ...(pick === undefined ? {} : { pick }) }),
  );
  return steps.length === 0 ? '' : `\n${indent}${steps.join(`,\n${indent}`)}\n${indent.slice(2)}`;
}

/**
 * Writes the file and, beside it, its trace as text, each atomically, below the root of the models.
 * @param text the trace without colours, as `renderColumns` tells it
 * @returns the path of the JSON file
 */
export async function writeCounterexample(root: string, content: Counterexample, text: string): Promise<string> {
  const file = join(root, counterexamplePath(content));
  // The text first: a JSON file is only ever beside the text that belongs to it.
  await writeWhole(file.replace(/\.json$/, '.txt'), text, 'the counterexample', { folders: true });
  await writeWhole(file, formatCounterexample(content), 'the counterexample');
  return file;
}
