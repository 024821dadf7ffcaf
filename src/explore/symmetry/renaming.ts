import type { System } from '../../kernel/system.ts';

/** Threads that change places, and what that does to everything that is numbered by threads. */
export interface Renaming {
  /** Where each thread goes. */
  readonly threads: Int32Array;
  /** By thread: the local state of the thread in whose place it goes, for each of its own. */
  readonly nodes: readonly Int32Array[];
  /** By variable or ghost: its new code for each code; undefined where it holds no threads. */
  readonly values: readonly (Int32Array | undefined)[];
}

/** A set of renamings that is closed under composition. */
export interface Group {
  /** The first changes nothing. */
  readonly elements: readonly Renaming[];
  readonly inverse: Int32Array;
  /** By element, then element: the one that does the second first and then the first. */
  readonly product: readonly Int32Array[];
}

/** What a thread-valued variable or ghost becomes when threads change places; a string: why it can't. */
export function renamedValues(system: System, threads: Int32Array): readonly (Int32Array | undefined)[] | string {
  const maps: (Int32Array | undefined)[] = [];
  for (const { name, domain } of system.values) {
    const { rename } = domain;
    const map = rename && Int32Array.from({ length: domain.size }, (_, code) => rename(code, (thread) => threads[thread] ?? thread));
    if (map?.includes(-1) === true) return `${name} can hold some of the threads only`;
    maps.push(map);
  }
  return maps;
}

/** The renaming that does `second` first. */
function composed(first: Renaming, second: Renaming): Renaming {
  return {
    threads: second.threads.map((thread) => first.threads[thread]!),
    nodes: second.nodes.map((nodes, thread) => nodes.map((node) => first.nodes[second.threads[thread]!]![node]!)),
    values: second.values.map((values, value) => values?.map((code) => first.values[value]![code]!)),
  };
}

/** The group that some renamings of a system generate. */
export function groupOf(system: System, generators: readonly Renaming[]): Group {
  const identity: Renaming = {
    threads: Int32Array.from(system.scenario.threads, (_, thread) => thread),
    nodes: system.learners.map(({ states }) => Int32Array.from(states, (_, node) => node)),
    values: system.values.map(({ domain }) =>
      domain.rename === undefined ? undefined : Int32Array.from({ length: domain.size }, (_, code) => code),
    ),
  };
  // Where the threads go decides the rest, so an element is known by that.
  const numbers = new Map([[identity.threads.join(), 0]]);
  const elements = [identity];
  for (let next = 0; next < elements.length; next++)
    for (const generator of generators) {
      const element = composed(generator, elements[next]!);
      const key = element.threads.join();
      if (numbers.has(key)) continue;
      numbers.set(key, elements.length);
      elements.push(element);
    }
  const numberOf = (threads: Int32Array): number => numbers.get(threads.join())!;
  const product = elements.map(({ threads }) =>
    Int32Array.from(elements, (second) => numberOf(second.threads.map((thread) => threads[thread]!))),
  );
  return { elements, product, inverse: Int32Array.from(product, (row) => row.indexOf(0)) };
}
