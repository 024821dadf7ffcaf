import { Worker } from 'node:worker_threads';
import { HeddleError } from '../model/error.ts';
import type { ErrorCode } from '../model/error-catalogue.ts';
import type { Progress } from '../explore/search.ts';
import type { CompiledModel } from '../project/compile-models.ts';
import type { CheckOptions, Explored } from './check-variant.ts';

/** What a worker is asked. */
export interface Job {
  readonly compiled: CompiledModel;
  readonly variant: string;
  readonly options: CheckOptions;
}

/** What a worker sends. */
export type Message =
  | { readonly kind: 'progress'; readonly progress: Progress; readonly seconds: number }
  | { readonly kind: 'explored'; readonly explored: Explored }
  | { readonly kind: 'error'; readonly code: ErrorCode; readonly what: string; readonly where: string | undefined; readonly cure: string };

/** After an exploration of more states than this a new thread costs nothing, and the memory of the old one is free at once. */
const mostStates = 2_000_000;

/**
 * A thread that explores one variant after another. It keeps its compiled code and the tables of the models' operations
 * from one to the next, which is most of the time that a small scope takes; nothing that a result depends on.
 */
export class CheckWorker {
  readonly #interrupt: SharedArrayBuffer;
  #thread: Worker | undefined;
  /** Those who wait for the job in hand. */
  #answer: { readonly said: (message: Message) => void; readonly failed: (error: Error) => void } | undefined;

  /** @param interrupt one Int32; 1: end where you are */
  constructor(interrupt: SharedArrayBuffer) {
    this.#interrupt = interrupt;
  }

  /** Throws the HeddleError of a model at fault. One job at a time. */
  async explore(job: Job, onProgress: (progress: Progress, seconds: number) => void): Promise<Explored> {
    const thread = (this.#thread ??= this.#begin());
    const explored = await new Promise<Explored>((resolve, reject) => {
      const said = (message: Message): void => {
        if (message.kind === 'progress') onProgress(message.progress, message.seconds);
        else if (message.kind === 'explored') resolve(message.explored);
        else reject(new HeddleError(message.code, message.what, { where: message.where, cure: message.cure }));
      };
      this.#answer = { said, failed: reject };
      thread.postMessage(job);
    });
    if (explored.exploration.states > mostStates) await this.end();
    return explored;
  }

  /** Ends the thread. The next job begins another. */
  async end(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    this.#answer = undefined;
    await thread?.terminate();
  }

  #begin(): Worker {
    const thread = new Worker(new URL('./check-worker.js', import.meta.url), { workerData: this.#interrupt });
    thread.on('message', (message: Message) => this.#answer?.said(message));
    thread.on('error', (error: Error) => this.#answer?.failed(error));
    thread.on('exit', () => this.#answer?.failed(new Error('a worker ended without an answer')));
    return thread;
  }
}
