import type { Chance } from '../risk/chance.ts';
import type { ResidualRisk } from '../risk/residual-risk.ts';

/** What a random run leaves to be found, in sentences: what is known, then under which assumptions. */
export function riskSentences({ confidence, newState, newEnd, missedBug, assumptions }: ResidualRisk): readonly string[] {
  const sure = `${Math.round(confidence * 100)}% confidence each`;
  return [
    `residual risk: one more schedule shows a new state with ${chance(newState)}, a new way to end with ${chance(newEnd)} (${sure})`,
    ...(missedBug === null
      ? []
      : [
          `a bug of depth ${missedBug.depth} within the first ${missedBug.steps} steps was missed with probability ${percent(missedBug.atMost)} at most`,
        ]),
    `assuming: ${assumptions.join('; ')}`,
  ];
}

function chance({ estimate, atMost }: Chance): string {
  return `probability ${percent(estimate)}, at most ${percent(atMost)}`;
}

/** Two digits that count, and never 0% for what is not 0 nor 100% for what is not 1. */
export function percent(probability: number): string {
  if (probability === 0 || probability === 1) return `${100 * probability}%`;
  if (probability > 0.99) return `${(Math.floor(probability * 1e4) / 1e2).toFixed(2)}%`;
  return `${Number((100 * probability).toPrecision(2))}%`;
}
