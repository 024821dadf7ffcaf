import { HeddleError } from '../model/error.ts';
import { didYouMean } from '../model/nearest.ts';
import type { LockRanks } from '../model/protocol.ts';
import { isPseudo, parseRanks, type RankEdge, type RankNotation } from './parse-ranks.ts';

/**
 * A graph of lock ranks without cycles, as src/runtime/mklockrank.go makes lockPartialOrder from its notation: pseudo-nodes
 * are elided and the rows are transitively closed.
 *
 * @example
 * const order = PartialOrder.of('NONE < sysmon < SCHED < sched < allg, allp;');
 * order.table().allg; // ['sysmon', 'sched']
 */
export class PartialOrder {
  /** The ranks, pseudo-nodes left out, in a topological order; ties in the order of the text. */
  readonly ranks: readonly string[];
  /** Ranks of which several locks may be held at once. */
  readonly nests: ReadonlySet<string>;
  /** Names that the text uses and never defines (`NONE < name`). */
  readonly undefinedNames: readonly string[];
  readonly #notation: RankNotation;
  /** What may directly be held under each name, itself left out. */
  readonly #direct: ReadonlyMap<string, ReadonlySet<string>>;

  /** Throws `ranks-cyclic` for a cycle other than a rank that is declared to nest in itself. */
  constructor(notation: RankNotation) {
    this.#notation = notation;
    const direct = new Map(notation.names.map((name) => [name, new Set<string>()]));
    const nests = new Set<string>();
    for (const edge of notation.edges) {
      if (edge.held !== edge.taken) direct.get(edge.taken)!.add(edge.held);
      else if (isPseudo(edge.taken)) throw cyclic([edge]);
      else nests.add(edge.taken);
    }
    this.#direct = direct;
    this.nests = nests;
    this.undefinedNames = notation.names.filter((name) => !notation.defined.has(name));
    this.ranks = this.#numbered().filter((name) => !isPseudo(name));
  }

  /** The graph of a text in the notation. Throws `ranks-unreadable` and `ranks-cyclic` with a place in it. */
  static of(text: string, source?: string): PartialOrder {
    return new PartialOrder(parseRanks(text, source));
  }

  /** For each rank, all ranks that may be held when one of it is taken: the runtime's lockPartialOrder. */
  table(): LockRanks {
    return this.#rows(() => true);
  }

  /** The same without the transitive closure over ranks: what the statements say, through pseudo-nodes only. */
  stated(): LockRanks {
    return this.#rows(isPseudo);
  }

  /** The rows of these ranks, with these ranks in them: what a protocol that has no others needs. Throws `unknown-name`. */
  only(...ranks: readonly string[]): LockRanks {
    for (const rank of ranks)
      if (!this.ranks.includes(rank))
        throw new HeddleError('unknown-name', `there is no lock rank '${rank}'`, {
          cure: didYouMean(rank, this.ranks) ?? `The ranks are ${this.ranks.join(', ')}.`,
        });
    const kept = new Set(ranks);
    const table = this.table();
    return Object.freeze(
      Object.fromEntries(this.ranks.filter((rank) => kept.has(rank)).map((rank) => [rank, table[rank]!.filter((held) => kept.has(held))])),
    );
  }

  /** The graph of the text as if it did not name this rank. */
  without(rank: string): PartialOrder {
    const { names, defined, edges } = this.#notation;
    return new PartialOrder({
      names: names.filter((name) => name !== rank),
      defined: new Set([...defined].filter((name) => name !== rank)),
      edges: edges.filter(({ held, taken }) => held !== rank && taken !== rank),
    });
  }

  #rows(passes: (name: string) => boolean): LockRanks {
    return Object.freeze(
      Object.fromEntries(
        this.ranks.map((rank) => {
          const below = this.#below(rank, passes);
          if (this.nests.has(rank)) below.add(rank);
          return [rank, Object.freeze(this.ranks.filter((name) => below.has(name)))];
        }),
      ),
    );
  }

  /** All that lies under a name, by steps that go on from names that pass. */
  #below(rank: string, passes: (name: string) => boolean): Set<string> {
    const seen = new Set<string>();
    const work = [...this.#direct.get(rank)!];
    for (let name = work.pop(); name !== undefined; name = work.pop()) {
      if (seen.has(name)) continue;
      seen.add(name);
      if (passes(name)) work.push(...this.#direct.get(name)!);
    }
    return seen;
  }

  /** Always the first name whose predecessors are all there. */
  #numbered(): readonly string[] {
    const left = new Set(this.#notation.names);
    const numbered: string[] = [];
    while (left.size > 0) {
      const next = [...left].find((name) => [...this.#direct.get(name)!].every((held) => !left.has(held)));
      if (next === undefined) throw cyclic(this.#cycleIn(left));
      left.delete(next);
      numbered.push(next);
    }
    return numbered;
  }

  /** Each name of `left` has a predecessor in it: going back from any, one comes round. */
  #cycleIn(left: ReadonlySet<string>): readonly RankEdge[] {
    const path: RankEdge[] = [];
    for (let taken = [...left][0]!; ;) {
      const held = [...this.#direct.get(taken)!].find((name) => left.has(name))!;
      path.unshift(this.#notation.edges.find((edge) => edge.held === held && edge.taken === taken)!);
      const end = path.findIndex((edge) => edge.taken === held);
      if (end >= 0) return path.slice(0, end + 1);
      taken = held;
    }
  }
}

function cyclic(cycle: readonly RankEdge[]): HeddleError {
  const names = [cycle[0]!.held, ...cycle.map(({ taken }) => taken)];
  const edges = cycle.map(({ held, taken, place }) => `${held} < ${taken} (${place})`);
  return new HeddleError('ranks-cyclic', `the ranks go round: ${names.join(' < ')}`, {
    where: cycle.at(-1)!.place,
    cure:
      cycle.length === 1
        ? `${names[0]} is a pseudo-node, which nobody holds: take this statement away.`
        : `Take one of these away: ${edges.join(', ')}.`,
  });
}
