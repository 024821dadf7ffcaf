/**
 * Checks many variants, several at a time: each is an exploration of its own, in a worker thread of its own, so that
 * results do not depend on how many run beside each other.
 */
import { Worker } from 'node:worker_threads';
import { HeddleError } from '../model/error.ts';
import type { ErrorCode } from '../model/error-catalogue.ts';
import type { CompiledModel } from '../project/compile-models.ts';
import type { Selected } from '../project/select.ts';
import { exploreVariant, judge, type CheckedVariant, type CheckOptions, type Explored } from './check-variant.ts';
import type { Progress } from '../explore/search.ts';

/** What a worker is given. */
export interface Job {
  readonly compiled: CompiledModel;
  readonly variant: string;
  readonly options: CheckOptions;
  /** One Int32; 1: end where you are. */
  readonly interrupt: SharedArrayBuffer;
}

/** What a worker sends. */
export type Message =
  | { readonly kind: 'progress'; readonly progress: Progress; readonly seconds: number }
  | { readonly kind: 'explored'; readonly explored: Explored }
  | { readonly kind: 'error'; readonly code: ErrorCode; readonly what: string; readonly where: string | undefined; readonly cure: string };

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
   * Runs with this many workers; 1 runs in this thread. Results are in the order of the selection.
   * Throws the HeddleError of a model at fault, after ending the others.
   */
  async run(workers: number): Promise<readonly CheckedVariant[]> {
    const results: (CheckedVariant | undefined)[] = this.#selected.map(() => undefined);
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < this.#selected.length && !this.#interrupted) {
        const index = next++;
        const entry = this.#selected[index]!;
        const explored = workers === 1 || this.#selected.length === 1 ? await this.#here(entry) : await this.#inWorker(entry);
        const checked = judge(entry.loaded.protocol, entry.variant, entry.loaded.guarantees, this.#options.scope, explored);
        results[index] = checked;
        this.#hooks.onChecked?.(checked);
      }
    };
    try {
      await Promise.all(Array.from({ length: workers }, work));
    } catch (error) {
      this.interrupt();
      throw error;
    }
    return results.filter((result) => result !== undefined);
  }

  #here(entry: Selected): Promise<Explored> {
    return exploreVariant(entry.loaded.protocol, entry.variant, entry.loaded.guarantees, this.#options, {
      interrupted: () => this.#interrupted,
      onProgress: (progress, seconds) => this.#hooks.onProgress?.(entry, progress, seconds),
    });
  }

  #inWorker(entry: Selected): Promise<Explored> {
    const workerData: Job = {
      compiled: entry.loaded.compiled,
      variant: entry.variant.name,
      options: this.#options,
      interrupt: this.#interrupt,
    };
    return new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./check-worker.js', import.meta.url), { workerData });
      worker.on('message', (message: Message) => {
        if (message.kind === 'progress') this.#hooks.onProgress?.(entry, message.progress, message.seconds);
        else if (message.kind === 'explored') resolve(message.explored);
        else reject(new HeddleError(message.code, message.what, { where: message.where, cure: message.cure }));
      });
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error('a worker ended without an answer')));
    });
  }
}
