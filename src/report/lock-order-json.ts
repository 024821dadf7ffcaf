import type { LockOrder } from '../check/explore-lock-order.ts';

/** The document of `heddle lock-order --json`. */
export function jsonLockOrder(
  { protocol, variant, scope, ranks, use, exploration, complete }: LockOrder,
  about: { readonly version: string; readonly ranksFrom: string | undefined; readonly asExpected: boolean },
): unknown {
  return {
    format: 'heddle-lock-order/1',
    version: about.version,
    protocol: protocol.name,
    variant: variant.name,
    scope,
    ranks: ranks === undefined ? null : (about.ranksFrom ?? 'protocol'),
    complete,
    asExpected: about.asExpected,
    states: exploration.states,
    transitions: exploration.transitions,
    mutexes: protocol.handles.flatMap((handle) => (handle.kind === 'mutex' ? [{ name: handle.name, rank: handle.rank ?? null }] : [])),
    edges: use.edges.map(({ held, taken, breach, witness }) => ({
      held: held.name,
      taken: taken.name,
      heldRank: held.rank ?? null,
      takenRank: taken.rank ?? null,
      allowed: breach === undefined,
      breach: breach ?? null,
      steps: witness.choices.length,
    })),
    unused: use.unused,
    nonLeaves: use.nonLeaves.map(({ name }) => name),
    cycle: use.cycle?.map(({ name }) => name) ?? null,
    milliseconds: Math.round(exploration.milliseconds),
  };
}
