/**
 * Checks many variants, several at a time: each is an exploration of its own, in one thread, so that results do not depend
 * on how many run beside each other.
 */
import type { Progress } from '../explore/search.ts';
import type { Selected } from '../project/select.ts';
import { exploreVariant, judge, type CheckedVariant, type CheckOptions, type Explored } from './check-variant.ts';
import { CheckWorker } from './worker.ts';

export interface CheckAllHooks {
  readonly onProgress?: (entry: Selected, progress: Progress, seconds: number) => void;
  /** Called for each variant as it is done, in any order. */
  readonly onChecked?: (checked: CheckedVariant) => void;
}

/** Checks a selection. */
export class CheckAll {
  readonly #selected: readonly Selected[];
  readonly #options: CheckOptions;
  readonly #hooks: CheckAllHooks;
  readonly #interrupt = new SharedArrayBuffer(4);

  constructor(selected: readonly Selected[], options: CheckOptions, hooks: CheckAllHooks = {}) {
    this.#selected = selected;
    this.#options = options;
    this.#hooks = hooks;
  }

  /** Ends all explorations where they are; those not begun are left out of the results. */
  interrupt(): void {
    Atomics.store(new Int32Array(this.#interrupt), 0, 1);
  }

  get #interrupted(): boolean {
    return Atomics.load(new Int32Array(this.#interrupt), 0) === 1;
  }

  /**
   * Runs with this many workers; 1 runs in this thread. Results are in the order of the selection. Where there are fewer
   * variants than workers, all of them work on one variant after the other.
   * Throws the HeddleError of a model at fault, after ending the others.
   */
  async run(workers: number): Promise<readonly CheckedVariant[]> {
    const sharing = this.#selected.length < workers ? workers : 1;
    const across = sharing > 1 ? 1 : Math.min(workers, this.#selected.length);
    const results: (CheckedVariant | undefined)[] = this.#selected.map(() => undefined);
    let next = 0;
    const work = async (worker: CheckWorker | undefined): Promise<void> => {
      try {
        while (next < this.#selected.length && !this.#interrupted) {
          const index = next++;
          const entry = this.#selected[index]!;
          const explored = worker === undefined ? await this.#here(entry, sharing) : await this.#in(worker, entry);
          const checked = judge(entry.loaded.protocol, entry.variant, entry.loaded.guarantees, this.#options.scope, explored);
          results[index] = checked;
          this.#hooks.onChecked?.(checked);
        }
      } finally {
        await worker?.end();
      }
    };
    const here = across <= 1;
    try {
      await Promise.all(Array.from({ length: Math.max(1, across) }, () => work(here ? undefined : new CheckWorker(this.#interrupt))));
    } catch (error) {
      this.interrupt();
      throw error;
    }
    return results.filter((result) => result !== undefined);
  }

  async #here(entry: Selected, sharing: number): Promise<Explored> {
    const hooks = {
      interrupted: () => this.#interrupted,
      onProgress: (progress: Progress, seconds: number) => this.#hooks.onProgress?.(entry, progress, seconds),
    };
    if (this.#options.engine === 'random') {
      const { crewFor, exploreTogether } = await import('./random-crew.ts');
      const crew = crewFor(this.#options, sharing);
      if (crew > 1) return exploreTogether(entry, this.#options, crew, hooks);
    }
    return exploreVariant(entry.loaded.protocol, entry.variant, entry.loaded.guarantees, this.#options, hooks, sharing);
  }

  #in(worker: CheckWorker, entry: Selected): Promise<Explored> {
    const job = { compiled: entry.loaded.compiled, variant: entry.variant.name, options: this.#options };
    return worker.explore(job, (progress, seconds) => this.#hooks.onProgress?.(entry, progress, seconds));
  }
}
