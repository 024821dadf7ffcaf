/** For tests: threads that do nothing but take and give back mutexes, each along one line. */
import * as fc from 'fast-check';
import { gate, mutex, type Mutex } from '../model/handle.ts';
import { lock, unlock } from '../model/operations.ts';
import { scenario, thread, type LockRanks, type Scenario } from '../model/protocol.ts';
import { routine } from '../model/routine.ts';

/** Mutexes by number: taken if not held, else given back; what is held at the end is given back. */
export interface Locking {
  readonly mutexes: number;
  /** Of each thread, and whether it has a gate. */
  readonly threads: readonly { readonly program: readonly number[]; readonly gated: boolean }[];
  /** A total order: mutex k has rank `r<order[k]>`, and lower ranks are taken first. */
  readonly order: readonly number[];
}

const world = gate('world');
const mutexes = [0, 1, 2, 3].map((number) => mutex(`m${number}`, { rank: `r${number}` }));

/** One step a number, and at the end what is left to give back, last taken first. */
const follow = routine('follow', function* (program: readonly number[]) {
  const held: number[] = [];
  for (const number of program) {
    const at = held.indexOf(number);
    if (at < 0) {
      yield* lock(mutexes[number]!);
      held.push(number);
    } else {
      yield* unlock(mutexes[number]!);
      held.splice(at, 1);
    }
  }
  while (held.length > 0) yield* unlock(mutexes[held.pop()!]!);
});

/** Two or three threads, two to four mutexes, up to six steps before the last are given back. */
export const locking: fc.Arbitrary<Locking> = fc.integer({ min: 2, max: 4 }).chain((count) =>
  fc.record({
    mutexes: fc.constant(count),
    threads: fc.array(fc.record({ program: fc.array(fc.nat(count - 1), { minLength: 2, maxLength: 6 }), gated: fc.boolean() }), {
      minLength: 2,
      maxLength: 3,
    }),
    order: fc.shuffledSubarray([0, 1, 2, 3].slice(0, count), { minLength: count, maxLength: count }),
  }),
);

/** The same with every lock left out that would be taken against the order. */
export function respecting({ mutexes, threads, order }: Locking): Locking {
  return {
    mutexes,
    order,
    threads: threads.map(({ program, gated }) => {
      const kept: number[] = [];
      const held = new Set<number>();
      for (const number of program) {
        if (held.delete(number)) kept.push(number);
        else if ([...held].every((other) => order[other]! < order[number]!)) {
          held.add(number);
          kept.push(number);
        }
      }
      return { program: kept, gated };
    }),
  };
}

/** Which mutex is taken under which, as `held,taken`, read off the programs: each thread may run alone before the others. */
export function nestings({ threads }: Locking): readonly string[] {
  const edges = new Set<string>();
  for (const { program } of threads) {
    const held = new Set<number>();
    for (const number of program) {
      if (held.delete(number)) continue;
      for (const other of held) edges.add(`${other},${number}`);
      held.add(number);
    }
  }
  return [...edges].sort();
}

/** The protocol: its mutexes, the table of its order, its threads. */
export function lockingProtocol({ mutexes: count, threads, order }: Locking): {
  readonly handles: readonly (Mutex | typeof world)[];
  readonly ranks: LockRanks;
  readonly scenario: Scenario;
} {
  const numbers = mutexes.slice(0, count).map((_, number) => number);
  return {
    handles: [...mutexes.slice(0, count), world],
    ranks: Object.fromEntries(
      numbers.map((taken) => [`r${taken}`, numbers.filter((held) => order[held]! < order[taken]!).map((held) => `r${held}`)]),
    ),
    scenario: scenario({
      threads: threads.map(({ program, gated }, index) => thread(`T${index}`, follow(program), gated ? { gate: world } : {})),
    }),
  };
}
