import type { StrategyName } from './names.ts';
import { Pct } from './pct.ts';
import { Pos } from './pos.ts';
import type { MakeStrategy } from './strategy.ts';
import { Uniform } from './uniform.ts';
import { Walk } from './walk.ts';

/** The strategies by the names that `--strategy` takes; a new one is a file, a name and a line here. */
export const strategies = {
  walk: () => new Walk(),
  pct: (kernel, settings) => new Pct(kernel, settings),
  pos: (kernel) => new Pos(kernel),
  uniform: (kernel, settings) => new Uniform(kernel, settings),
} as const satisfies Readonly<Record<StrategyName, MakeStrategy>>;
