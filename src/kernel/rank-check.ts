import { breachOf } from '../ranks/breach.ts';
import type { Kernel } from './kernel.ts';

/** Judges lock order where a mutex is taken or asked for, against all that the thread holds, and remembers what was taken under what. */
export class RankCheck {
  /** Which mutexes were taken, or asked for, under which: 1 at `held * mutexes + taken`. Only grows. */
  readonly edges: Uint8Array;
  /** How many of `edges` are set: without any, lock order is vacuous. */
  edgeCount = 0;
  readonly #kernel: Kernel;
  /** For each mutex, the mutexes that may not be held when it is taken. */
  readonly #forbidden: readonly Int32Array[];
  readonly #lockOrder: number;

  constructor(kernel: Kernel) {
    const { system } = kernel;
    this.#kernel = kernel;
    this.#lockOrder = system.guarantees.findIndex(({ property }) => property.kind === 'lockOrder');
    this.edges = new Uint8Array(system.mutexes.length ** 2);
    this.#forbidden = system.mutexes.map((taken) =>
      Int32Array.from(
        system.mutexes.flatMap((held, number) =>
          held !== taken && breachOf(system.ranks, held.rank, taken.rank) !== undefined ? [number] : [],
        ),
      ),
    );
  }

  /** Takes over what another has seen of the same system. */
  remember({ edges, edgeCount }: RankCheck): void {
    this.edges.set(edges);
    this.edgeCount = edgeCount;
  }

  /** The thread takes a mutex, or asks for it. */
  taken(thread: number, mutex: number): void {
    const kernel = this.#kernel;
    const mutexes = this.#forbidden.length;
    for (let held = 0; held < mutexes; held++) {
      const edge = held * mutexes + mutex;
      if (held === mutex || this.edges[edge] === 1 || kernel.holderOf(held) !== thread) continue;
      this.edges[edge] = 1;
      this.edgeCount++;
    }
    if (this.#lockOrder < 0) return;
    const forbidden = this.#forbidden[mutex]!;
    for (let k = 0; k < forbidden.length; k++) {
      const held = forbidden[k]!;
      if (kernel.holderOf(held) !== thread) continue;
      kernel.violate(
        this.#lockOrder,
        `takes ${kernel.system.mutexes[mutex]!.name} while holding ${kernel.system.mutexes[held]!.name}: the ranks have no edge ${kernel.system.mutexes[held]!.rank ?? '(leaf)'} < ${kernel.system.mutexes[mutex]!.rank ?? '(leaf)'}`,
      );
      return;
    }
  }
}
