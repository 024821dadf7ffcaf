/**
 * The states that a run of one size reaches and no smaller one does, but for the steps: by their numbers among the visited,
 * which are in the order of steps.
 */
export class Level {
  /** The size without the steps. */
  readonly of: readonly number[];
  /** The number of the first state. */
  readonly start: number;
  /** Steps to the first states. */
  readonly firstSteps: number;
  /** Where the states after `firstSteps`, `firstSteps + 1`, … steps end. */
  readonly #ends: number[] = [];
  /** A set of bits: the kinds of steps (see `MinimalSearch`) that some of its states leave to larger levels. */
  leaves = 0;

  constructor(of: readonly number[], start: number, firstSteps: number) {
    this.of = of;
    this.start = start;
    this.firstSteps = firstSteps;
  }

  /** All states of one more step have been added, up to this number. */
  close(end: number): void {
    this.#ends.push(end);
  }

  /** Where the states after so many steps begin. */
  from(steps: number): number {
    return steps <= this.firstSteps ? this.start : this.to(steps - 1);
  }
  /** Where they end. */
  to(steps: number): number {
    if (steps < this.firstSteps || this.#ends.length === 0) return this.start;
    return this.#ends[Math.min(steps - this.firstSteps, this.#ends.length - 1)]!;
  }
  /** Steps to the last states. */
  get lastSteps(): number {
    return this.firstSteps + this.#ends.length - 1;
  }
  get end(): number {
    return this.#ends.at(-1) ?? this.start;
  }
}
