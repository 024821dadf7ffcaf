import { BreadthFirst } from '../explore/breadth-first.ts';
import { drive, type Progress } from '../explore/search.ts';
import type { Exploration } from '../explore/verdict.ts';
import { System } from '../kernel/system.ts';
import type { LockRanks, Protocol, Variant } from '../model/protocol.ts';
import { scopeOf } from '../project/select.ts';
import { lockUse, type LockUse } from '../ranks/lock-use.ts';
import type { Schedule } from '../schedule/schedule.ts';

export interface LockOrderOptions {
  readonly scope: string;
  /** Instead of the protocol's own. */
  readonly ranks: LockRanks | undefined;
  /** Budget for visited states, in bytes. */
  readonly maxBytes?: number | undefined;
}

/** The lock order of a variant, as far as its scope was explored. */
export interface LockOrder {
  readonly protocol: Protocol;
  readonly variant: Variant<unknown>;
  readonly scope: string;
  readonly ranks: LockRanks | undefined;
  /** The edges taken, each with a shortest schedule that ends with it (for a system without guarantees). */
  readonly use: LockUse<Schedule>;
  readonly exploration: Exploration;
  /** Whether every reachable state was seen: otherwise there may be more edges. */
  readonly complete: boolean;
}

/**
 * Explores a variant for the order in which it takes its mutexes. No guarantee is watched, which makes far fewer states than
 * a check has; entering and leaving routines are no steps here.
 */
export async function exploreLockOrder(
  protocol: Protocol,
  variant: Variant<unknown>,
  options: LockOrderOptions,
  hooks: { readonly interrupted?: () => boolean; readonly onProgress?: (progress: Progress, seconds: number) => void } = {},
): Promise<LockOrder> {
  const { scope, ranks } = options;
  const system = new System(protocol.handles, ranks, scopeOf(protocol, scope).scenario(variant.routines), [], { automata: 'minimised' });
  const search = new BreadthFirst(system, options.maxBytes === undefined ? {} : { maxBytes: options.maxBytes });
  const exploration = await drive(search, { slice: 20_000, ...hooks });
  const { mutexes } = system;
  const taken = search
    .lockEdges()
    .map(({ held, taken, schedule }) => ({ held: mutexes[held]!, taken: mutexes[taken]!, witness: schedule }));
  return { protocol, variant, scope, ranks, use: lockUse(mutexes, ranks, taken), exploration, complete: search.complete };
}
