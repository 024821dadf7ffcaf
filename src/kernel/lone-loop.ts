import { Loop } from './loop.ts';

/** An inner loop that only keeps states, and asks nobody anything: for tests of how it does. */
export function loneLoop(maxBytes: number): Loop {
  return new Loop({ fire: () => 0, settle: () => 0, invariant: () => 1, future: () => 1, takeAlike: () => 0 }, maxBytes);
}
