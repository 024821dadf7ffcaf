import type { Trace } from '../counterexample/trace.ts';

/** All shared values after some steps of a trace, as traces show them. */
export class Values {
  readonly #values: ReadonlyMap<string, string>;
  readonly #mutexes: readonly string[];
  readonly #gates: readonly string[];

  /** @param mutexes @param gates their names */
  constructor(values: ReadonlyMap<string, string>, mutexes: readonly string[], gates: readonly string[]) {
    this.#values = values;
    this.#mutexes = mutexes;
    this.#gates = gates;
  }

  /** The thread that holds a mutex; undefined for a free one. */
  holderOf(mutex: string): string | undefined {
    const holder = this.#values.get(mutex);
    return this.#mutexes.includes(mutex) && holder !== free ? holder : undefined;
  }

  /** The mutexes that a thread holds. */
  locksOf(thread: string): readonly string[] {
    return this.#mutexes.filter((mutex) => this.#values.get(mutex) === thread);
  }

  /** The threads that are stopping what runs behind some gate. */
  stoppers(): readonly string[] {
    return this.#gates.flatMap((gate) => {
      const value = this.#values.get(gate)!;
      return value.startsWith(stopping) ? [value.slice(stopping.length)] : [];
    });
  }
}

const free = 'free';
const stopping = 'stopping for ';

/** The values at the start and after each step. */
export function valuesAlong({ initial, steps }: Trace): readonly Values[] {
  // No other value is shown so: texts have quotation marks.
  const named = (value: string): readonly string[] => initial.filter((each) => each.value === value).map(({ name }) => name);
  const mutexes = named(free);
  const gates = named('running');
  const values = new Map(initial.map(({ name, value }) => [name, value]));
  return [undefined, ...steps].map((step) => {
    for (const { name, to } of step?.changes ?? []) values.set(name, to);
    return new Values(new Map(values), mutexes, gates);
  });
}
