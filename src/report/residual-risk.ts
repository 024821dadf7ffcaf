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
          `a bug of depth ${missedBug.depth} within the first ${missedBug.steps} steps was missed with probability ${percent(missedBug.atMost, Math.ceil)} at most`,
        ]),
    `assuming: ${assumptions.join('; ')}`,
  ];
}

function chance({ estimate, atMost }: Chance): string {
  return `probability ${percent(estimate)}, at most ${percent(atMost, Math.ceil)}`;
}

/** Two digits that count, four from 99% on, where what is left to 100% counts; bounds are rounded up. */
export function percent(probability: number, round: (number: number) => number = Math.round): string {
  if (probability === 0) return '0%';
  const digits = probability > 0.99 ? 4 : 2;
  const unit = 10 ** (Math.floor(Math.log10(100 * probability)) + 1 - digits);
  // The division leaves a hair, which is no reason to round up.
  return `${Number((round(Number(((100 * probability) / unit).toFixed(6))) * unit).toPrecision(digits))}%`;
}
