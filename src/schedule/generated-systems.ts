import { LearnedThreads } from '../automaton/learned-threads.ts';
import { System } from '../kernel/system.ts';
import { keyOf } from '../model/plain-data.ts';
import { scenariosOf, type Protocol, type Scenario, type Variant } from '../model/protocol.ts';
import type { Guarantee } from '../property/property.ts';

/** Systems of one variant for described scenarios. Threads are learned once for all of them. */
export class GeneratedSystems {
  readonly protocol: Protocol;
  readonly guarantees: readonly Guarantee[];
  readonly #build: (description: unknown) => Scenario;
  readonly #learned = new LearnedThreads();

  /** Throws `bad-declaration` if the protocol states no scenarios. */
  constructor(protocol: Protocol, variant: Variant<unknown>, guarantees: readonly Guarantee[]) {
    this.protocol = protocol;
    this.guarantees = guarantees;
    this.#build = scenariosOf(protocol).build(variant.routines);
  }

  /** Throws HeddleError if the description can't be built. */
  scenario(description: unknown): Scenario {
    return this.#build(description);
  }

  system(description: unknown, automata: 'raw' | 'minimised' = 'minimised'): System {
    const { handles, ranks } = this.protocol;
    return new System(handles, ranks, this.scenario(description), this.guarantees, { automata, learned: this.#learned });
  }
}

/** Keeps what was made of the last few descriptions: shrinking comes back to them. */
export class ByDescription<T> {
  readonly #make: (description: unknown) => T;
  readonly #most: number;
  readonly #made = new Map<string, T>();

  constructor(make: (description: unknown) => T, most = 32) {
    this.#make = make;
    this.#most = most;
  }

  get(description: unknown): T {
    const key = keyOf(description);
    const made = this.#made.get(key) ?? this.#make(description);
    // The latest goes to the end; the first is the one not asked for the longest.
    this.#made.delete(key);
    this.#made.set(key, made);
    if (this.#made.size > this.#most) this.#made.delete(this.#made.keys().next().value!);
    return made;
  }
}
