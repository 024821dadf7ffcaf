/** How many staged states are looked up together. */
export const batch = 256;

/**
 * States that wait to be looked up, with their fingerprints and origins: together, so that the processor waits for the lines
 * of all of them at once.
 */
export class Staged {
  count = 0;
  /** Packed, one after the other. */
  readonly states: Int32Array;
  readonly words: number;
  readonly segments = new Int32Array(batch);
  readonly highs = new Int32Array(batch);
  readonly lows = new Int32Array(batch);
  /** Where each is looked for first. */
  readonly homes = new Int32Array(batch);
  readonly parents = new Float64Array(batch);
  readonly steps = new Float64Array(batch);

  constructor(words: number) {
    this.words = words;
    this.states = new Int32Array(batch * words);
  }

  /** Only while there are fewer than `batch`. */
  add(
    state: Int32Array,
    value: { readonly segment: number; readonly high: number; readonly low: number },
    parent: number,
    step: number,
  ): void {
    const at = this.count++;
    for (let k = 0; k < this.words; k++) this.states[at * this.words + k] = state[k]!;
    this.segments[at] = value.segment;
    this.highs[at] = value.high;
    this.lows[at] = value.low;
    this.parents[at] = parent;
    this.steps[at] = step;
  }
}
