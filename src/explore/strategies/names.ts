/** The strategies that random schedules are drawn with, in the order of the help; `named.ts` makes them. */
export const strategyNames = ['walk', 'pct', 'pos', 'uniform'] as const;

export type StrategyName = (typeof strategyNames)[number];
