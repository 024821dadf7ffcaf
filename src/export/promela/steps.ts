import { compoundTable } from '../../automaton/compound-table.ts';
import type { LocalState } from '../../automaton/local-state.ts';
import { operationKey } from '../../automaton/minimise.ts';
import { labelOf, placeOf } from '../../counterexample/describe-step.ts';
import type { System } from '../../kernel/system.ts';
import { all, among, decide } from './decision.ts';
import type { Effects } from './effects.ts';
import type { Enabled } from './enabled.ts';
import { comment, indented } from './names.ts';
import { Operations } from './operations.ts';
import type { Vocabulary } from './vocabulary.ts';
import { WideSteps } from './wide-step.ts';

/** A table with so many rows is written once for all local states that it is the step of. */
const manyRows = 16;

/**
 * The steps of a system's threads as options of Promela loops, told from docs/semantics.md and not from the kernel: each
 * is one `d_step`, and where the runtime throws, it fails an assertion and changes nothing.
 */
export class Steps {
  readonly #system: System;
  readonly #words: Vocabulary;
  readonly #enabled: Enabled;
  readonly #effects: Effects;
  readonly #operations: Operations;
  readonly #wide: WideSteps;

  constructor(system: System, words: Vocabulary, enabled: Enabled, effects: Effects) {
    this.#system = system;
    this.#words = words;
    this.#enabled = enabled;
    this.#effects = effects;
    this.#operations = new Operations(system, words, effects, enabled);
    this.#wide = new WideSteps(system, words, effects);
  }

  /** The options of a thread's loop. */
  options(thread: number): readonly string[] {
    const { states } = this.#system.learners[thread]!;
    const shared = this.#shared(thread, states);
    const steps = states.flatMap((state) => {
      const group = shared.get(state.id);
      if (group === undefined) return this.#optionsOf(thread, state);
      return group[0] === state ? this.#optionOf(thread, group) : [];
    });
    const halting = this.#enabled.canHalt(thread);
    return halting === 'false' ? steps : [...steps, ...option('stops at its safe point', halting, this.#effects.halted(thread))];
  }

  /** The local states whose compound step is large and the same, by the number of each: they are one option. */
  #shared(thread: number, states: readonly LocalState[]): ReadonlyMap<number, readonly LocalState[]> {
    const groups = new Map<string, LocalState[]>();
    for (const state of states) {
      if (state.pending.kind !== 'operation') continue;
      const { operation } = state.pending;
      if (operation.kind !== 'atomically' || compoundTable(operation).rows < manyRows) continue;
      const targets = Array.from(compoundTable(operation).results, (_, result) => this.#effects.target(thread, state, result));
      if (targets.some((target) => target < 0 || ['done', 'fault', 'error'].includes(states[target]!.pending.kind))) continue;
      const key = operationKey(operation);
      groups.set(key, [...(groups.get(key) ?? []), state]);
    }
    return new Map([...groups.values()].flatMap((group) => group.map(({ id }) => [id, group] as const)));
  }

  /** One option for several local states: what the step does, then where each goes on by what it answered. */
  #optionOf(thread: number, group: readonly LocalState[]): readonly string[] {
    const { pending } = group[0]!;
    if (pending.kind !== 'operation') return [];
    const ids = group.map(({ id }) => id);
    const at = this.#words.at[thread]!;
    const guard = all([among(at, ids), this.#enabled.running(thread), this.#enabled.enabled(thread, pending)]);
    if (guard === 'false') return [];
    const results = compoundTable(pending.operation).results.length;
    const answer = this.#words.scratch('answer', results + 1);
    const goesOn = decide(
      [
        { name: at, size: this.#system.learners[thread]!.states.length },
        { name: answer, size: results + 1 },
      ],
      (row) => {
        const size = this.#system.learners[thread]!.states.length;
        const state = group.find(({ id }) => id === row % size);
        const result = Math.floor(row / size) - 1;
        return state === undefined || result < 0 ? [] : [`${at} = ${this.#effects.target(thread, state, result)};`];
      },
    );
    return option(`${told(group[0]!)}; ${group.length} states`, guard, [
      ...this.#wide.does(thread, pending.operation, answer),
      ...goesOn,
      `${answer} = 0;`,
    ]);
  }

  /** A step that starts a row of its own for each value that it can pick. */
  #optionsOf(thread: number, state: LocalState): readonly string[] {
    const { id, pending } = state;
    if (pending.kind === 'done') return [];
    const guard = all([`${this.#words.at[thread]} == ${id}`, this.#enabled.running(thread), this.#enabled.enabled(thread, pending)]);
    if (guard === 'false') return [];
    if (pending.kind === 'operation' && pending.operation.kind === 'choose')
      return pending.operation.values.flatMap((_, result) =>
        option(result === 0 ? told(state) : '', guard, this.#effects.take(thread, state, { result })),
      );
    return option(told(state), guard, this.#operations.does(thread, state));
  }
}

/** What a local state asks for and where, for a comment. */
function told({ pending, frames }: LocalState): string {
  const place = placeOf(pending);
  const routine = frames.at(-1)?.routine.routineName;
  return `${labelOf(pending)}${routine === undefined ? '' : `, in ${routine}`}${place === undefined ? '' : `, ${place.file}:${place.line}`}`;
}

function option(told: string, guard: string, lines: readonly string[]): readonly string[] {
  return [
    ...(told === '' ? [] : [comment(told)]),
    `:: ${lengthOf(lines) > longest ? 'atomic' : 'd_step'} { ${guard} ->`,
    ...indented(indented(lines)),
    '  }',
  ];
}

/** SPIN refuses a \`d_step\` of more than 2,048 statements; \`atomic\` stores as many states and takes longer. */
const longest = 1000;

/** Statements, with room for what inlines hold. */
function lengthOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + (line.includes('_on_') ? 25 : 1), 0);
}
