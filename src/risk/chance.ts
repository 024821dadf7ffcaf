/** The chance that one more schedule shows something that none has shown: an estimate, and a bound that is wrong with probability `1 − confidence` at most. */
export interface Chance {
  readonly estimate: number;
  readonly atMost: number;
}

/** What was counted over independent schedules, numbered in the order in which they count. */
export interface Shown {
  readonly schedules: number;
  /** Schedules that alone showed something: leaving one of them out, it would be missing. */
  readonly alone: number;
  /** Schedules of the later half (from `laterHalf` on) that showed something that none before had shown. */
  readonly newcomers: number;
}

/** Of the bounds, each by itself. */
export const confidence = 0.95;

/** Where the later half of so many schedules begins. */
export function laterHalf(schedules: number): number {
  return Math.floor(schedules / 2);
}

/**
 * Leave-one-schedule-out: each schedule is held against all others, and the share of those that show something new is the
 * estimate. Its mean is the mean chance after one schedule less, whatever the strategy and however states depend on each
 * other within a schedule. ⚠ Good and Turing's estimate over visits is not that: a schedule visits many states, so the share
 * of visits that are new is far from the share of schedules that see something new.
 *
 * The bound comes from the later half in order: given the past, a schedule is a newcomer with the chance that is left
 * then, and that only falls. So with m schedules in the half and s newcomers among them, (1 − θ)^s (1 − θ p)^−m at the
 * chance p that is left in the end is no larger than a martingale that begins at 1, for each θ; so is its mean over θ,
 * which exceeds 20 with odds of 1 in 20 at most (Markov). docs/residual-risk.md has the proof.
 */
export function chanceOf({ schedules, alone, newcomers }: Shown): Chance {
  const estimate = schedules === 0 ? 1 : alone / schedules;
  return { estimate, atMost: Math.max(estimate, largestChance(newcomers, schedules - laterHalf(schedules), 1 / (1 - confidence))) };
}

/** The largest p for which the mean over θ in (0, 1) of (1 − θ)^s (1 − θ p)^−m is at most `odds`. */
export function largestChance(newcomers: number, schedules: number, odds: number): number {
  // Near 1 the series converges slowly, and a bound there says no more than 1 does.
  let high = 0.999;
  if (newcomers >= schedules || !exceeds(high, newcomers, schedules, odds)) return 1;
  let low = 0;
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (exceeds(middle, newcomers, schedules, odds)) high = middle;
    else low = middle;
  }
  return high;
}

/** Whether the mean is above the odds: it is the hypergeometric series 2F1(m, 1; s + 2; p) / (s + 1), all of whose terms are positive. */
function exceeds(chance: number, newcomers: number, schedules: number, odds: number): boolean {
  const target = odds * (newcomers + 1);
  let sum = 0;
  let term = 1;
  for (let n = 0; sum <= target; n++) {
    sum += term;
    const ratio = (chance * (schedules + n)) / (newcomers + 2 + n);
    term *= ratio;
    // Once terms shrink they shrink ever faster, or at least as fast as `chance` in the end: what is left is a small part.
    if (ratio < 1 && term < 1e-12 * sum) return sum > target;
  }
  return true;
}
