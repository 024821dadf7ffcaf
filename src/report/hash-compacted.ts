import type { Compacted } from '../explore/compact/omission.ts';
import type { CompactedBound } from '../explore/verdict.ts';

/** The bound of a search that kept fingerprints of states, in words. */
export function compactedSentence({ steps, sought, ...odds }: CompactedBound): string {
  const runs = steps === undefined ? 'in any run' : `in runs of up to ${steps} steps`;
  const only = sought === undefined ? '' : `; of threads that are stuck, only ${sought} were looked for`;
  return `${runs}, ${oddsSentence(odds)}${only}`;
}

/** What hash compaction may have cost. */
export function oddsSentence({ bits, omission }: Compacted): string {
  return `hash-compacted: each state was told from the others by ${bits} bits, and some state was left out with probability ${small(omission)} at most`;
}

/** Two digits, rounded up; small numbers as a power of ten. */
export function small(probability: number): string {
  if (probability === 0 || probability >= 1) return String(probability);
  const unit = 10 ** (Math.floor(Math.log10(probability)) - 1);
  // The division leaves a hair, which is no reason to round up.
  const rounded = Number((Math.ceil(Number((probability / unit).toFixed(6))) * unit).toPrecision(2));
  return rounded < 0.001 ? rounded.toExponential() : String(rounded);
}
