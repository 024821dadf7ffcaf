import type { Cut, Exploration } from './verdict.ts';

/** How far a search has come. */
export interface Progress {
  /** Distinct states visited. */
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  /** States seen and not expanded yet (exhaustive), or schedules still to run (random). */
  readonly frontier: number;
}

/** A search that works in slices, so that whoever drives it can show progress, keep time and be interrupted. */
export interface Search<Result = Exploration> {
  readonly progress: Progress;
  /** Works off up to `count` units (states, or schedules). True when the search has ended. */
  advance(count: number): boolean;
  /** Ends it where it is. */
  cut(reason: Cut): void;
  result(): Result;
}

export interface DriveOptions {
  /** Units a slice; small enough that a slice takes well under a tenth of a second. */
  readonly slice: number;
  /** Wall-clock budget in seconds. */
  readonly seconds?: number | undefined;
  /** Asked between slices. */
  readonly interrupted?: () => boolean;
  /** Called about five times a second. */
  readonly onProgress?: (progress: Progress, seconds: number) => void;
}

/** Drives a search to its end, its budget or its interruption. The event loop runs between slices. */
export async function drive<Result>(search: Search<Result>, options: DriveOptions): Promise<Result> {
  const began = performance.now();
  let shown = began;
  while (!search.advance(options.slice)) {
    const now = performance.now();
    if (now - shown > 200) {
      shown = now;
      options.onProgress?.(search.progress, (now - began) / 1000);
      await new Promise(setImmediate);
    }
    if (options.interrupted?.() === true) search.cut('interrupted');
    else if (options.seconds !== undefined && now - began > options.seconds * 1000) search.cut('time');
  }
  return search.result();
}
