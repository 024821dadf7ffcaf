import { Balance, type Denied } from './fair-parts.ts';
import type { Subgraph } from './subgraph.ts';

/** A transition of a loop: where it starts and the edge. */
interface Move {
  readonly from: number;
  readonly edge: number;
}

/**
 * A short fair loop through a node of a fair part, as edges; none if nobody wants to go on there. It starts as a shortest
 * loop and grows, a detour at a time, by what fairness still demands of it: the steps that it denies, or states that excuse
 * them, each reached by a shortest path.
 */
export function fairLoop(graph: Subgraph, part: Int32Array, start: number): readonly number[] {
  if (graph.wants[start] === 0 && graph.wantsToStop[start] === 0) return [];
  const members = new Set(part);
  const demanded: Denied[] = [];
  for (;;) {
    const moves = loopWith(graph, members, start, demanded);
    const balance = new Balance();
    for (const { from, edge } of moves) {
      balance.node(graph, from);
      balance.edge(graph.actions[edge]!);
    }
    const { steps, stops } = balance.denied;
    if (steps === 0 && stops === 0) return moves.map(({ edge }) => edge);
    // One demand at a time: what it takes to meet it often meets others.
    demanded.push(steps !== 0 ? { steps: steps & -steps, stops: 0 } : { steps: 0, stops: stops & -stops });
  }
}

function loopWith(graph: Subgraph, members: ReadonlySet<number>, start: number, demanded: readonly Denied[]): readonly Move[] {
  const moves: Move[] = [];
  let at = start;
  let left = demanded;
  const go = (path: readonly Move[]): void => {
    for (const move of path) {
      moves.push(move);
      at = graph.targets[move.edge]!;
      left = left.filter((demand) => !meets(graph, move, demand));
    }
  };
  while (left.length > 0) go(shortest(graph, members, at, (move) => left.some((demand) => meets(graph, move, demand))));
  if (at !== start || moves.length === 0) go(shortest(graph, members, at, ({ edge }) => graph.targets[edge] === start));
  return moves;
}

/** Whether a move gives a thread what is demanded for it, or leads to where it is excused. */
function meets(graph: Subgraph, { edge }: Move, { steps, stops }: Denied): boolean {
  const target = graph.targets[edge]!;
  const action = graph.actions[edge]!;
  const given = 1 << (action >> 1);
  if (steps !== 0) return ((action & 1) === 0 && given === steps) || (graph.excused[target]! & steps) !== 0;
  return ((action & 1) === 1 && given === stops) || (graph.excusedFromStopping[target]! & stops) !== 0;
}

/** A shortest path among the members whose last move is wanted. */
function shortest(graph: Subgraph, members: ReadonlySet<number>, start: number, wanted: (move: Move) => boolean): readonly Move[] {
  const reachedBy = new Map<number, Move | undefined>([[start, undefined]]);
  for (const [from] of reachedBy)
    for (let edge = graph.first[from]!; edge < graph.first[from + 1]!; edge++) {
      const target = graph.targets[edge]!;
      if (!members.has(target)) continue;
      if (wanted({ from, edge })) {
        const path: Move[] = [{ from, edge }];
        for (let move = reachedBy.get(from); move !== undefined; move = reachedBy.get(move.from)) path.unshift(move);
        return path;
      }
      if (!reachedBy.has(target)) reachedBy.set(target, { from, edge });
    }
  throw new Error('a fair part does not hold together');
}
