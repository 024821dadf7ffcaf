import { blocked, compoundTable } from '../../automaton/compound-table.ts';
import type { Pending } from '../../automaton/local-state.ts';
import type { System } from '../../kernel/system.ts';
import type { Operation } from '../../model/operation.ts';
import { all, among, any, condition, not } from './decision.ts';
import { columnsOf, type Vocabulary } from './vocabulary.ts';

/** Where the steps of a system's threads are enabled, as Promela's expressions (docs/semantics.md, "Blocking"). */
export class Enabled {
  readonly #system: System;
  readonly #words: Vocabulary;

  constructor(system: System, words: Vocabulary) {
    this.#system = system;
    this.#words = words;
  }

  /** Whether the thread's next operation is enabled, faults included. */
  canStep(thread: number): string {
    const { states } = this.#system.learners[thread]!;
    const nodes = new Map<string, number[]>();
    for (const { id, pending } of states) {
      if (pending.kind === 'done') continue;
      const enabled = this.enabled(thread, pending);
      nodes.set(enabled, [...(nodes.get(enabled) ?? []), id]);
    }
    const at = this.#words.at[thread]!;
    return all([this.running(thread), any([...nodes].map(([enabled, ids]) => all([among(at, ids), enabled])))]);
  }

  /** Whether the thread is stopped next by another that closes its gate. */
  canHalt(thread: number): string {
    const { gate } = this.#system.scenario.threads[thread]!;
    if (gate === undefined) return 'false';
    const threads = this.#system.scenario.threads.length;
    const name = this.#words.gates[this.#system.numberOf(gate, 'a thread')]!;
    return all([
      `(${name} >= 1 && ${name} <= ${threads} && ${name} != ${thread + 1})`,
      this.running(thread),
      `(${this.#words.pins[thread]} == 0)`,
      not(this.isDone(thread)),
    ]);
  }

  isDone(thread: number): string {
    return this.nodes(thread, ({ kind }) => kind === 'done');
  }

  /** Whether the thread is where it asks for something of this kind. */
  nodes(thread: number, is: (pending: Pending) => boolean): string {
    const ids = this.#system.learners[thread]!.states.filter(({ pending }) => is(pending)).map(({ id }) => id);
    return among(this.#words.at[thread]!, ids);
  }

  /** Where a running thread can take its operation; `true` if everywhere. */
  enabled(thread: number, pending: Pending): string {
    if (pending.kind !== 'operation') return 'true';
    const { operation, phase } = pending;
    const system = this.#system;
    const words = this.#words;
    switch (operation.kind) {
      case 'lock': {
        if (phase === 'request') return 'true';
        const mutex = words.mutexes[system.numberOf(operation.mutex, 'a lock')]!;
        return `(${mutex} == 0 || ${mutex} == ${thread + 1})`;
      }
      case 'acquire':
        return this.cannotPark(thread, operation)
          ? 'true'
          : `(${words.semaphores[system.numberOf(operation.semaphore, 'an acquire')]} > 0)`;
      case 'stop': {
        const number = system.numberOf(operation.gate, 'a stop');
        if (phase === 'request') return any([this.mayNotStop(thread), `(${words.gates[number]} == 0)`]);
        return all(
          this.behind(number)
            .filter((other) => other !== thread)
            .map((other) => any([`(${words.stopped[other]} == 1)`, this.isDone(other)])),
        );
      }
      case 'waitUntil':
      case 'atomically': {
        const table = compoundTable(operation);
        return condition(columnsOf(this.#system, this.#words, table.handles), (row) => table.outcome[row] !== blocked);
      }
      default:
        return 'true';
    }
  }

  /** The threads behind a gate. */
  behind(gate: number): readonly number[] {
    return this.#system.scenario.threads.flatMap((spec, thread) =>
      spec.gate !== undefined && this.#system.numberOf(spec.gate, 'a thread') === gate ? [thread] : [],
    );
  }

  cannotPark(thread: number, operation: Extract<Operation, { kind: 'acquire' }>): boolean {
    const { onlyBehind } = operation.semaphore;
    return onlyBehind !== undefined && onlyBehind !== this.#system.scenario.threads[thread]!.gate;
  }

  mayNotStop(thread: number): string {
    const pins = this.#words.pins[thread];
    return any([...(pins === undefined ? [] : [`(${pins} > 0)`]), ...this.#words.mutexes.map((mutex) => `(${mutex} == ${thread + 1})`)]);
  }

  running(thread: number): string {
    const stopped = this.#words.stopped[thread];
    return stopped === undefined ? 'true' : `(${stopped} == 0)`;
  }
}
