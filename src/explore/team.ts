import { Worker } from 'node:worker_threads';
import type { Loop } from '../kernel/loop.ts';
import type { Range } from './expander.ts';
import * as at from './team-signal.ts';
import type { Membership } from './team-worker.ts';

/** Fewer segments are split sooner by one thread. */
const worthSplittingTogether = 8;

/**
 * Threads that expand the pieces of a level together, over one table of visited states. The caller's thread takes part and
 * does what only the kernel can: the others leave such states to it, and it expands them when all have ended their pieces.
 * So levels stay levels: the set of states after each is the same as with one thread, only their numbers differ.
 */
export class Team {
  readonly #loop: Loop;
  readonly #signal: Int32Array;
  readonly #buffer: SharedArrayBuffer;
  readonly #workers: Worker[];
  #dismissed = false;

  /**
   * @param members threads beside the caller's
   * @param words words a state
   * @param tables address of what `configure` of the loop reads
   * @param orbits address of what `takeAlike` of the loop reads, or 0
   */
  constructor(loop: Loop, members: number, words: number, tables: number, orbits: number) {
    this.#loop = loop;
    this.#buffer = new SharedArrayBuffer((at.reports + members * at.report.words) * 4);
    this.#signal = new Int32Array(this.#buffer);
    const fits = loop.exports.attachRun(1) === 1;
    this.#workers = Array.from({ length: fits ? members : 0 }, (_, member) => {
      const workerData: Membership = { shared: loop.shared, signal: this.#buffer, member, threads: members + 1, words, tables, orbits };
      const worker = new Worker(new URL('./team-worker.js', import.meta.url), { workerData });
      // A member that fails before its first round is never waited for; one that fails later is a mistake of Heddle's.
      worker.on('error', () => Atomics.store(this.#signal, at.ready, -1));
      worker.unref();
      return worker;
    });
  }

  /** Whether all members wait for work. */
  get isReady(): boolean {
    return !this.#dismissed && this.#workers.length > 0 && Atomics.load(this.#signal, at.ready) === this.#workers.length;
  }

  /** States that the members added, and transitions that they took. */
  get states(): number {
    return this.#sum((own) => this.#signal[own + at.report.states]!);
  }
  get transitions(): number {
    return this.#sum((own) => new Float64Array(this.#buffer, (own + at.report.transitions) * 4, 1)[0]!);
  }
  /** Numbers that the members could still give out. */
  get spare(): readonly Range[] {
    return this.#each((own) => ({ from: this.#signal[own + at.report.next]!, to: this.#signal[own + at.report.end]! }));
  }

  /**
   * Works off all pieces that are listed. Returns the numbers that the members gave out.
   * @param expand expands a state that a member left
   */
  work(news: { readonly cycles: boolean; readonly races: boolean }, expand: (state: number) => void): readonly Range[] {
    const signal = this.#signal;
    const { exports } = this.#loop;
    const ranges: Range[] = [];
    do {
      exports.share(this.#workers.length + 1);
      signal[at.cycles] = news.cycles ? 1 : 0;
      signal[at.races] = news.races ? 1 : 0;
      this.#together(at.tasks.work, () => exports.work());
      // The others wait from here on. What they left may be most of a level, so crowded segments must be split on the way.
      exports.share(1);
      for (const own of this.#each((start) => start)) {
        const listed = signal[own + at.report.rangesAt]! >>> 2;
        for (let k = 0; k < signal[own + at.report.ranges]!; k++)
          ranges.push({ from: this.#loop.words[listed + 2 * k]!, to: this.#loop.words[listed + 2 * k + 1]! });
        for (const state of this.leftBy(own)) expand(state);
      }
      exports.flush();
      const crowded = exports.listCrowded();
      if (crowded > worthSplittingTogether) this.#together(at.tasks.split, () => exports.splitListed());
      else exports.splitListed();
    } while (exports.piecesLeft() > 0 && !this.#loop.isFull);
    return ranges;
  }

  /** All members do it, and so does the caller. Nobody does anything any more when it is done. */
  #together(task: number, own: () => void): void {
    const signal = this.#signal;
    signal[at.task] = task;
    Atomics.store(signal, at.done, 0);
    Atomics.add(signal, at.round, 1);
    this.wake();
    try {
      own();
    } finally {
      // Even if the kernel has thrown: nobody may write any more when the caller goes on.
      for (let done = 0; done < this.#workers.length; done = Atomics.load(signal, at.done)) Atomics.wait(signal, at.done, done);
    }
    if (Atomics.load(signal, at.ready) === -1) throw new Error('a thread that helped to expand states has failed');
  }

  /** Wakes the members that sleep until a round begins. A hook for tests that wake them for nothing. */
  protected wake(): void {
    Atomics.notify(this.#signal, at.round);
  }

  /** The states that a member, by the place of its report, left to the caller. A hook for tests that break it on purpose. */
  protected leftBy(own: number): Int32Array {
    const from = this.#signal[own + at.report.leftAt]! >>> 2;
    return this.#loop.words.slice(from, from + this.#signal[own + at.report.left]!);
  }

  /** No more rounds. */
  dismiss(): void {
    this.#dismissed = true;
    Atomics.store(this.#signal, at.dismissed, 1);
    Atomics.add(this.#signal, at.round, 1);
    this.wake();
  }

  #each<T>(of: (own: number) => T): T[] {
    return this.#workers.map((_, member) => of(at.reports + member * at.report.words));
  }

  #sum(of: (own: number) => number): number {
    return this.#each(of).reduce((sum, each) => sum + each, 0);
  }
}
