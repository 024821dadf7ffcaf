/** One random search by several worker threads, which add up to what one would have found (see `HandOut`). */
import { Worker } from 'node:worker_threads';
import { conclude } from '../explore/random/conclusion.ts';
import { HandOut } from '../explore/random/hand-out.ts';
import { settled } from '../explore/random/settings.ts';
import { Tally, type SentTally } from '../explore/random/tally.ts';
import type { Progress } from '../explore/search.ts';
import type { Cut } from '../explore/verdict.ts';
import type { ErrorCode } from '../model/error-catalogue.ts';
import { HeddleError } from '../model/error.ts';
import type { CompiledModel } from '../project/compile-models.ts';
import type { Selected } from '../project/select.ts';
import { systemOf, untilViolated, type CheckOptions, type Explored } from './check-variant.ts';

/** What a worker of a crew is given. */
export interface CrewJob {
  readonly compiled: CompiledModel;
  readonly variant: string;
  readonly options: CheckOptions;
  /** The `HandOut` of the search. */
  readonly shared: SharedArrayBuffer;
}

/** What it sends. */
export type CrewMessage =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'done'; readonly tally: SentTally; readonly changeWithin: number }
  | { readonly kind: 'error'; readonly code: ErrorCode; readonly what: string; readonly where: string | undefined; readonly cure: string };

/** A worker takes about half a second to begin, which fewer schedules than this are not worth. */
const worthAWorker = 1000;

/** How many of these workers a search is shared among. */
export function crewFor({ engine, schedules, seconds }: CheckOptions, workers: number): number {
  if (engine !== 'random') return 1;
  return seconds === undefined ? Math.min(workers, Math.ceil(schedules / worthAWorker)) : workers;
}

interface Hooks {
  readonly interrupted: () => boolean;
  readonly onProgress: (progress: Progress, seconds: number) => void;
}

/** Explores one variant by random schedules with so many workers. Throws the HeddleError of a model at fault. */
export async function exploreTogether(entry: Selected, options: CheckOptions, workers: number, hooks: Hooks): Promise<Explored> {
  const { protocol, guarantees, compiled } = entry.loaded;
  const handOut = HandOut.begin(guarantees.length);
  // A budget in time is for schedules, not for what workers take to begin.
  let began = performance.now();
  let begun = false;
  let cut: Cut | undefined;
  const end = (reason: Cut): void => {
    cut ??= reason;
    handOut.stop();
  };
  const latest: Progress[] = [];
  let shown = began;
  const watch = setInterval(() => {
    const now = performance.now();
    if (!begun) {
      begun = handOut.begun;
      began = now;
    }
    if (hooks.interrupted()) end('interrupted');
    else if (options.seconds !== undefined && now - began > options.seconds * 1000) end('time');
    if (now - shown > 200 && latest.length > 0) hooks.onProgress(together(latest), ((shown = now) - began) / 1000);
  }, 20);
  const each = { ...options, maxBytes: Math.floor(options.maxBytes / workers) };
  const job: CrewJob = { compiled, variant: entry.variant.name, options: each, shared: handOut.shared };
  let parts: readonly Part[];
  try {
    parts = await Promise.all(
      Array.from({ length: workers }, (_, index) =>
        share(job, (progress) => {
          latest[index] = progress;
        }),
      ),
    );
  } finally {
    handOut.stop();
    clearInterval(watch);
  }
  const settings = settled({ ...options, untilViolated: untilViolated(entry.variant, guarantees) });
  const tally = new Tally();
  for (const part of parts) tally.add(part.tally);
  if (tally.full) cut = 'memory';
  // What was stopped after the last schedule was not cut.
  if (tally.sums().schedules >= settings.schedules) cut = undefined;
  const system = systemOf(protocol, entry.variant, guarantees, options.scope);
  const course = { changeWithin: parts[0]!.changeWithin, cut, milliseconds: performance.now() - began };
  return { exploration: conclude(system, settings, tally, course), automata: system.automata, workers };
}

type Part = Extract<CrewMessage, { kind: 'done' }>;

function share(job: CrewJob, onProgress: (progress: Progress) => void): Promise<Part> {
  const worker = new Worker(new URL('./random-worker.js', import.meta.url), { workerData: job });
  return new Promise<Part>((resolve, reject) => {
    worker.on('message', (message: CrewMessage) => {
      if (message.kind === 'progress') onProgress(message.progress);
      else if (message.kind === 'done') resolve(message);
      else reject(new HeddleError(message.code, message.what, { where: message.where, cure: message.cure }));
    });
    worker.on('error', reject);
    worker.on('exit', () => reject(new Error('a worker ended without an answer')));
  }).finally(() => worker.terminate());
}

/** States that two workers have seen count twice here; the result counts them once. */
function together(parts: readonly Progress[]): Progress {
  const present = parts.filter((part) => part !== undefined);
  const sum = (of: (part: Progress) => number): number => present.reduce((total, part) => total + of(part), 0);
  return {
    states: sum(({ states }) => states),
    transitions: sum(({ transitions }) => transitions),
    depth: Math.max(...present.map(({ depth }) => depth)),
    frontier: Math.min(...present.map(({ frontier }) => frontier)),
  };
}
