import { blocked, compoundTable, faulty, outside, valuesOfRow } from '../../automaton/compound-table.ts';
import type { LocalState } from '../../automaton/local-state.ts';
import type { System } from '../../kernel/system.ts';
import type { Operation } from '../../model/operation.ts';
import { decide, either } from './decision.ts';
import type { Effects, Way } from './effects.ts';
import type { Enabled } from './enabled.ts';
import { columnsOf, type Vocabulary } from './vocabulary.ts';

/** What each kind of operation does where it is enabled, faults included (docs/semantics.md). */
export class Operations {
  readonly #system: System;
  readonly #words: Vocabulary;
  readonly #effects: Effects;
  readonly #enabled: Enabled;

  constructor(system: System, words: Vocabulary, effects: Effects, enabled: Enabled) {
    this.#system = system;
    this.#words = words;
    this.#effects = effects;
    this.#enabled = enabled;
  }

  /** What an enabled operation does, apart from `choose`. */
  does(thread: number, state: LocalState): readonly string[] {
    const { pending } = state;
    if (pending.kind === 'fault') return this.#effects.fails(this.#effects.asserted.throws, pending.message);
    if (pending.kind === 'error') return this.#effects.unsound(pending.error.what);
    if (pending.kind !== 'operation') return this.#effects.take(thread, state, { result: 0 });
    const { operation, phase } = pending;
    const system = this.#system;
    const words = this.#words;
    const { throws, discipline } = this.#effects.asserted;
    const take = (way: Omit<Way, 'result'>, result = 0): readonly string[] => this.#effects.take(thread, state, { ...way, result });
    const gated = words.pins[thread] !== undefined;
    const unless = (wrong: string, guarantee: number, says: string, otherwise: readonly string[]): readonly string[] =>
      either(wrong, this.#effects.fails(guarantee, says), otherwise);
    const unpinned = (otherwise: readonly string[]): readonly string[] =>
      gated ? unless(`(${words.pins[thread]} == 0)`, discipline, 'releases an m that it has not acquired', otherwise) : otherwise;
    switch (operation.kind) {
      case 'load':
        return decide(columnsOf(this.#system, this.#words, [operation.handle]), (code) => take({}, code));
      case 'store': {
        const value = system.numberOf(operation.handle, 'a store');
        const to = operation.handle.domain.encode(operation.value);
        if (to < 0) return this.#effects.unsound(`${operation.handle.name} can't hold what is stored`);
        // What a monitor sees depends on the value before.
        if (!system.watched.has(operation.handle.name)) return take({ assigned: [{ value, from: undefined, to }] });
        return decide(columnsOf(this.#system, this.#words, [operation.handle]), (from) => take({ assigned: [{ value, from, to }] }));
      }
      case 'swap':
      case 'compareAndSwap':
      case 'fetchAdd':
      case 'waitUntil':
      case 'atomically':
        return this.#compound(thread, state, operation);
      case 'lock': {
        const number = system.numberOf(operation.mutex, 'a lock');
        if (phase === 'request') return take({ pin: 1, judged: number });
        const judged = phase === 'whole' ? { judged: number } : {};
        return unless(
          `(${words.mutexes[number]} == ${thread + 1})`,
          discipline,
          `locks ${operation.mutex.name}, which it holds already`,
          take({ mutex: { number, holder: thread + 1 }, ...judged }),
        );
      }
      case 'unlock': {
        const number = system.numberOf(operation.mutex, 'an unlock');
        return unless(
          `(${words.mutexes[number]} != ${thread + 1})`,
          discipline,
          `unlocks ${operation.mutex.name}, which it does not hold`,
          unpinned(take({ mutex: { number, holder: 0 }, pin: -1 })),
        );
      }
      case 'tryLock': {
        const number = system.numberOf(operation.mutex, 'a tryLock');
        return either(
          `(${words.mutexes[number]} == 0)`,
          take({ mutex: { number, holder: thread + 1 }, pin: 1, judged: number }, 1),
          take({}, 0),
        );
      }
      case 'acquirem':
        return take({ pin: 1 });
      case 'releasem':
        return unpinned(take({ pin: -1 }));
      case 'acquire': {
        const name = words.semaphores[system.numberOf(operation.semaphore, 'an acquire')]!;
        if (this.#enabled.cannotPark(thread, operation))
          return this.#effects.fails(throws, `waits on ${operation.semaphore.name} without a goroutine to park`);
        return take({ also: [`${name} = ${name} - 1;`] });
      }
      case 'release': {
        const name = words.semaphores[system.numberOf(operation.semaphore, 'a release')]!;
        return unless(
          `(${name} == ${operation.semaphore.limit})`,
          throws,
          `releases ${operation.semaphore.name} above its limit`,
          take({ also: [`${name} = ${name} + 1;`] }),
        );
      }
      case 'stop': {
        const number = system.numberOf(operation.gate, 'a stop');
        const threads = system.scenario.threads.length;
        if (phase !== 'request') return take({ gate: { number, code: 1 + threads + thread } });
        return unless(
          this.#enabled.mayNotStop(thread),
          discipline,
          `stops ${operation.gate.name} while holding a lock`,
          take({ gate: { number, code: 1 + thread } }),
        );
      }
      case 'start': {
        const number = system.numberOf(operation.gate, 'a start');
        const threads = system.scenario.threads.length;
        return unless(
          `(${words.gates[number]} != ${1 + threads + thread})`,
          throws,
          `starts ${operation.gate.name}, which it did not stop`,
          take({ gate: { number, code: 0 }, also: this.#enabled.behind(number).map((other) => `${words.stopped[other]} = 0;`) }),
        );
      }
      case 'emit':
      case 'choose':
        return take({});
    }
  }

  #compound(thread: number, state: LocalState, operation: Operation): readonly string[] {
    const table = compoundTable(operation);
    const numbers = table.handles.map((handle) => this.#system.numberOf(handle, 'a table'));
    return decide(columnsOf(this.#system, this.#words, table.handles), (row) => {
      const result = table.outcome[row]!;
      if (result === blocked) return undefined;
      if (result === faulty) return this.#effects.fails(this.#effects.asserted.throws, table.messages.get(row) ?? '');
      if (result === outside) return this.#effects.unsound(table.messages.get(row) ?? '');
      const befores = valuesOfRow(table.handles, row);
      const assigned =
        table.writes[row] === 0
          ? []
          : numbers.map((value, k) => ({
              value,
              from: table.handles[k]!.domain.encode(befores[k]),
              to: table.next[row * numbers.length + k]!,
            }));
      return this.#effects.take(thread, state, { result, assigned });
    });
  }
}
