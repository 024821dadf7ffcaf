import { blocked, compoundTable, faulty, valuesOfRow } from '../../automaton/compound-table.ts';
import type { System } from '../../kernel/system.ts';
import type { Operation } from '../../model/operation.ts';
import { decide, either } from './decision.ts';
import type { Effects } from './effects.ts';
import { columnsOf, type Vocabulary } from './vocabulary.ts';

/** Compound steps over many values. */
export class WideSteps {
  readonly #system: System;
  readonly #words: Vocabulary;
  readonly #effects: Effects;

  constructor(system: System, words: Vocabulary, effects: Effects) {
    this.#system = system;
    this.#words = words;
    this.#effects = effects;
  }

  /**
   * A large compound step, one table for each of its handles and one for what it answers: `answer` gets the result + 1, or
   * stays 0 where the runtime throws. That is smaller than one table for all, as each depends on few of the handles.
   */
  does(thread: number, operation: Operation, answer: string): readonly string[] {
    const words = this.#words;
    const table = compoundTable(operation);
    const numbers = table.handles.map((handle) => this.#system.numberOf(handle, 'a table'));
    const columns = columnsOf(this.#system, this.#words, table.handles);
    const perRow = (line: (row: number, result: number) => readonly string[] | undefined): readonly string[] =>
      decide(columns, (row) => {
        const result = table.outcome[row]!;
        return result === blocked ? undefined : line(row, result);
      });
    const rows = Array.from(table.outcome.keys()).filter((row) => table.outcome[row]! >= 0);
    const written = rows.some((row) => table.writes[row] === 1);
    const changed = numbers.flatMap((value, k) =>
      rows.some((row) => valuesOfRow(table.handles, row)[k] !== table.handles[k]!.domain.decode(table.next[row * numbers.length + k]!))
        ? [{ value, k }]
        : [],
    );
    const targets = operation.ghosts.map((write) => this.#system.numberOf(write.target, 'a ghost update'));
    const isWatched = (value: number): boolean => this.#system.watched.has(this.#system.values[value]!.name);
    const kept = new Set([...(written ? numbers : []), ...targets].filter(isWatched));
    const judged = this.#effects.judgedByStep(new Set([...changed.map(({ value }) => value), ...targets]), kept);
    const name = this.#system.scenario.threads[thread]!.name;
    const wrote = words.scratch('assigns', 2);
    const next = (value: number): string => words.scratch(`next_${words.values[value]}`, this.#system.values[value]!.domain.size);
    const shown = (written ? numbers : []).filter(isWatched).flatMap((value) => this.#effects.dynamicallyAssigned(name, value));
    return [
      ...[...kept].map((value) => `${words.before(value)} = ${words.values[value]};`),
      ...perRow((row, result) =>
        result >= 0
          ? [`${answer} = ${result + 1};`]
          : result === faulty
            ? this.#effects.fails(this.#effects.asserted.throws, table.messages.get(row) ?? '')
            : this.#effects.unsound(table.messages.get(row) ?? ''),
      ),
      ...either(
        `(${answer} == 0)`,
        [],
        [
          ...decide([{ name: answer, size: table.results.length + 1 }], (code) =>
            code === 0 ? [] : this.#effects.ghosts(operation, code - 1),
          ),
          ...changed.flatMap(({ value, k }) =>
            perRow((row, result) => (result < 0 ? undefined : [`${next(value)} = ${table.next[row * numbers.length + k]};`])),
          ),
          ...(shown.length === 0 ? [] : perRow((row) => (table.writes[row] === 1 ? [`${wrote} = 1;`] : []))),
          ...changed.flatMap(({ value }) => [`${words.values[value]} = ${next(value)};`, `${next(value)} = 0;`]),
          ...either(shown.length === 0 ? 'false' : `(${wrote} == 1)`, shown, []),
          ...targets.filter(isWatched).flatMap((value) => this.#effects.dynamicallyAssigned(name, value)),
          ...judged,
          ...(shown.length === 0 ? [] : [`${wrote} = 0;`]),
        ],
      ),
      ...[...kept].map((value) => `${words.before(value)} = 0;`),
    ];
  }
}
