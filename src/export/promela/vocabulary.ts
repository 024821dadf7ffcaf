import { describe } from '../../model/plain-data.ts';
import type { System } from '../../kernel/system.ts';
import type { Column } from './decision.ts';
import { comment, Names, typeFor } from './names.ts';

/** A variable and the largest number that it holds. */
export interface Limit {
  readonly name: string;
  readonly most: number;
}

/** What the parts of a system are called in Promela, by their numbers in the system, and how they are declared. */
export class Vocabulary {
  readonly threads: readonly string[];
  /** Where a thread's automaton is. */
  readonly at: readonly string[];
  /** `m.locks` of a thread; only gated threads have one. */
  readonly pins: readonly (string | undefined)[];
  /** Whether a gated thread has stopped. */
  readonly stopped: readonly (string | undefined)[];
  readonly values: readonly string[];
  readonly mutexes: readonly string[];
  readonly semaphores: readonly string[];
  readonly gates: readonly string[];
  /** By guarantee: the name that an assertion about it fails by. */
  readonly holds: readonly string[];
  /** Fails where a run reaches what the exploration that the tables were taken from did not. */
  readonly explored: string;
  /** Fails where the model is at fault, not the protocol. */
  readonly sound: string;
  readonly names = new Names();
  readonly #system: System;
  readonly #scratch = new Map<string, { readonly name: string; readonly size: number; readonly length?: number }>();

  constructor(system: System) {
    const { names } = this;
    const { threads } = system.scenario;
    this.#system = system;
    this.explored = names.take('as_explored');
    this.sound = names.take('model_is_sound');
    this.holds = system.guarantees.map(({ name }) => names.take(`${name}_holds`));
    this.threads = threads.map(({ name }) => names.take(name));
    this.at = this.threads.map((name) => names.take(`at_${name}`));
    this.pins = threads.map(({ gate }, thread) => (gate === undefined ? undefined : names.take(`locks_${this.threads[thread]}`)));
    this.stopped = threads.map(({ gate }, thread) => (gate === undefined ? undefined : names.take(`stopped_${this.threads[thread]}`)));
    this.values = system.values.map(({ name }) => names.take(name));
    this.mutexes = system.mutexes.map(({ name }) => names.take(name));
    this.semaphores = system.semaphores.map(({ name }) => names.take(name));
    this.gates = system.gates.map(({ name }) => names.take(name));
  }

  /** A variable that keeps a value's code for the length of a step, and is 0 between steps. */
  before(value: number): string {
    const name = `before_${this.values[value]}`;
    return this.scratch(name, this.#system.values[value]!.domain.size);
  }

  /** A variable that is 0 between steps. */
  scratch(wanted: string, size: number): string {
    return this.#named(wanted, { size });
  }

  #named(wanted: string, shape: { readonly size: number; readonly length?: number }): string {
    const known = this.#scratch.get(wanted);
    if (known !== undefined) return known.name;
    const name = this.names.take(wanted);
    this.#scratch.set(wanted, { name, ...shape });
    return name;
  }

  /** An array of flags that are 0 between steps. */
  array(wanted: string, length: number): string {
    return this.#named(wanted, { size: 2, length });
  }

  /** The declarations of all shared state. */
  declarations(): readonly string[] {
    const { threads, initial: given } = this.#system.scenario;
    const starts = new Map(
      given.map(({ handle, values }) => [this.#system.numberOf(handle, 'the initial values'), handle.domain.encode(values[0])]),
    );
    const gateNames = threads.map((_, thread) => `${1 + thread} or ${1 + threads.length + thread} ${this.threads[thread]}`).join(', ');
    const holders = threads.map((_, thread) => `${thread + 1} ${this.threads[thread]}`).join(', ');
    return [
      ...this.#system.values.map(({ domain, initial, name, kind }, value) => {
        const all = domain.size <= 8 && !/^0\.\.\d+$/.test(domain.label);
        const codes = all
          ? Array.from({ length: domain.size }, (_, code) => `${code} ${describe(domain.decode(code))}`).join(', ')
          : `${kind} ${domain.label}`;
        return `${typeFor(domain.size)} ${this.values[value]} = ${starts.get(value) ?? domain.encode(initial)}; ${comment(`${name}: ${codes}`)}`;
      }),
      ...(this.mutexes.length === 0 ? [] : [comment(`Mutexes: who holds them: 0 nobody, ${holders}.`)]),
      ...this.mutexes.map((name) => `byte ${name} = 0;`),
      ...this.semaphores.map(
        (name, semaphore) =>
          `${typeFor(this.#system.semaphores[semaphore]!.limit + 1)} ${name} = ${this.#system.semaphores[semaphore]!.initial}; ${comment('a semaphore')}`,
      ),
      ...(this.gates.length === 0 ? [] : [comment(`Gates: 0 open; being stopped, or stopped, by: ${gateNames}.`)]),
      ...this.gates.map((name) => `byte ${name} = 0;`),
      comment('Where each thread is in its automaton; for gated threads also m.locks, and whether it has stopped.'),
      ...this.#system.learners.flatMap(({ states, initial }, thread) => [
        `${typeFor(states.length)} ${this.at[thread]} = ${initial};`,
        ...[this.pins[thread], this.stopped[thread]].flatMap((name) => (name === undefined ? [] : [`byte ${name} = 0;`])),
      ]),
    ];
  }

  /** Every variable of the state, but for what properties remember, with the largest number that it holds. */
  limits(): readonly Limit[] {
    const { values, semaphores, learners, scenario } = this.#system;
    const threads = scenario.threads.length;
    const limits: [string | undefined, number][] = [
      ...values.map(({ domain }, value): [string, number] => [this.values[value]!, domain.size - 1]),
      ...this.mutexes.map((name): [string, number] => [name, threads]),
      ...semaphores.map(({ limit }, semaphore): [string, number] => [this.semaphores[semaphore]!, limit]),
      ...this.gates.map((name): [string, number] => [name, 2 * threads]),
      ...learners.map(({ states }, thread): [string, number] => [this.at[thread]!, states.length - 1]),
      ...this.pins.map((name): [string | undefined, number] => [name, 254]),
      ...this.stopped.map((name): [string | undefined, number] => [name, 1]),
    ];
    return limits.flatMap(([name, most]) => (name === undefined ? [] : [{ name, most }]));
  }

  /** Declarations of what is 0 in every state. */
  scratchDeclarations(): readonly string[] {
    return [...this.#scratch.values()].map(
      ({ name, size, length }) => `${typeFor(size)} ${name}${length === undefined ? '' : `[${length}]`} = 0;`,
    );
  }
}

/** The variables that a table over these handles reads. */
export function columnsOf(system: System, words: Vocabulary, handles: readonly Parameters<System['numberOf']>[0][]): readonly Column[] {
  return handles.map((handle) => {
    const value = system.numberOf(handle, 'a table');
    return { name: words.values[value]!, size: system.values[value]!.domain.size };
  });
}
