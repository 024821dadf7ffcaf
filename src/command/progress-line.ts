import type { CheckedVariant } from '../check/check-variant.ts';
import type { Progress } from '../explore/search.ts';
import type { Selected } from '../project/select.ts';
import { count } from '../report/results.ts';
import type { Screen } from './screen.ts';

/** Seconds between two lines where standard error is not a terminal. */
const quietly = 10;

/** Progress on standard error: what runs, states, states a second, depth, frontier. Silent for the first second. */
export class ProgressLine {
  readonly #screen: Screen;
  readonly #total: number;
  readonly #off: boolean;
  readonly #began = performance.now();
  #last = performance.now();
  #done = 0;
  /** The latest line of each variant that runs. */
  readonly #running = new Map<string, string>();

  constructor(screen: Screen, total: number, off: boolean) {
    this.#screen = screen;
    this.#total = total;
    this.#off = off;
  }

  show({ variant }: Selected, { states, depth, frontier }: Progress, seconds: number): void {
    if (this.#off) return;
    const rate = seconds > 0 ? states / seconds / 1e6 : 0;
    this.#running.set(
      variant.name,
      `${variant.name}: ${count(states)} states, ${rate.toFixed(2)} M/s, depth ${depth}, frontier ${count(frontier)}`,
    );
    const now = performance.now();
    const wait = process.stderr.isTTY ? 200 : quietly * 1000;
    if (now - this.#began < 1000 || now - this.#last < wait) return;
    this.#last = now;
    this.#screen.progress(`[${this.#done}/${this.#total}] ${[...this.#running.values()].join(' | ')}`);
  }

  /** A line of its own, where there is a terminal. */
  say(text: string): void {
    if (!this.#off && process.stderr.isTTY) this.#screen.progress(text);
  }

  done({ variant }: CheckedVariant): void {
    this.#done++;
    this.#running.delete(variant.name);
  }
}
