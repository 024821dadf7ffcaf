import { valuesOfRow } from '../../automaton/compound-table.ts';
import type { LocalState, Pending } from '../../automaton/local-state.ts';
import { resultOf } from '../../automaton/result.ts';
import type { System } from '../../kernel/system.ts';
import type { GhostWrite, Operation } from '../../model/operation.ts';
import type { Event } from '../../property/event.ts';
import { breachOf } from '../../ranks/breach.ts';
import { among, any, condition, decide, either, type Column } from './decision.ts';
import type { Memory } from './monitors.ts';
import { comment } from './names.ts';
import { columnsOf, type Vocabulary } from './vocabulary.ts';

/** One way for an operation to go: what it answers and what it does to shared state. */
export interface Way {
  /** As the automaton counts results. */
  readonly result: number;
  /** Variables that it assigns, with their codes before and after. */
  readonly assigned?: readonly { readonly value: number; readonly from: number | undefined; readonly to: number }[];
  /** The mutex that it takes or gives back. */
  readonly mutex?: { readonly number: number; readonly holder: number };
  /** What it adds to `m.locks`. */
  readonly pin?: number;
  /** The gate that it closes or opens. */
  readonly gate?: { readonly number: number; readonly code: number };
  /** Other assignments. */
  readonly also?: readonly string[];
  /** The mutex whose rank is judged. */
  readonly judged?: number;
}

/** The guarantees that steps assert, by their number in the system, −1 where there is none. */
interface Asserted {
  readonly throws: number;
  readonly discipline: number;
  readonly order: number;
}

/** What a step does once it is taken, and all that watches it: ghosts, monitors, lock order, step properties. Tests override parts of it. */
export class Effects {
  /** The guarantees that steps assert. */
  readonly asserted: Asserted;
  readonly #system: System;
  readonly #words: Vocabulary;
  /** By guarantee, where it remembers something. */
  readonly #memories: readonly (Memory | undefined)[];

  constructor(system: System, words: Vocabulary, memories: readonly (Memory | undefined)[]) {
    this.#system = system;
    this.#words = words;
    this.#memories = memories;
    const byKind = (kind: string): number => system.guarantees.findIndex(({ property }) => property.kind === kind);
    this.asserted = { throws: byKind('noThrow'), discipline: byKind('lockDiscipline'), order: byKind('lockOrder') };
  }

  /** The step itself: to the automaton's next state, unless the thread must not be there. */
  take(thread: number, state: LocalState, way: Way): readonly string[] {
    const target = this.target(thread, state, way.result);
    if (target < 0) return [`assert(${this.#words.explored});`];
    const { pending } = this.#system.learners[thread]!.states[target]!;
    if (pending.kind === 'error') return this.unsound(pending.error.what);
    if (pending.kind === 'fault') return this.fails(this.asserted.throws, pending.message);
    const taken = this.recorded(thread, state.pending, way, target);
    if (pending.kind !== 'done') return taken;
    const { throws, discipline } = this.asserted;
    const stopped = either(this.#keepsGate(thread, way), this.fails(throws, 'exits with the world stopped'), taken);
    return either(this.keepsLock(thread, way), this.fails(discipline, 'exits holding a lock'), stopped);
  }

  /** The assignments of a step, with all that watches them. */
  recorded(thread: number, pending: Pending | undefined, way: Way, target?: number): readonly string[] {
    const words = this.#words;
    const system = this.#system;
    const operation = pending?.kind === 'operation' && pending.phase !== 'request' ? pending.operation : undefined;
    const ghosts = operation?.ghosts ?? [];
    const assigned = way.assigned ?? [];
    const targets = ghosts.map((write) => system.numberOf(write.target, 'a ghost update'));
    const changed = new Set([...assigned.map(({ value }) => value), ...targets]);
    const kept = new Set(targets.filter((value) => system.watched.has(system.values[value]!.name)));
    const judged = this.judgedByStep(changed, kept);
    const name = system.scenario.threads[thread]!.name;
    return [
      ...[...kept].map((value) => `${words.before(value)} = ${words.values[value]};`),
      ...this.ranked(thread, way.judged),
      ...(operation === undefined ? [] : this.ghosts(operation, way.result)),
      ...(pending === undefined ? [] : this.#shown(name, pending)),
      ...assigned.filter(({ from, to }) => from !== to).map(({ value, to }) => `${words.values[value]} = ${to};`),
      ...(way.mutex === undefined ? [] : [`${words.mutexes[way.mutex.number]} = ${way.mutex.holder};`]),
      ...(way.gate === undefined ? [] : [`${words.gates[way.gate.number]} = ${way.gate.code};`]),
      ...(way.also ?? []),
      ...this.pinned(thread, way.pin ?? 0),
      ...(target === undefined ? [] : [`${words.at[thread]} = ${target};`]),
      ...assigned.flatMap(({ value, from, to }) => (from === undefined ? [] : this.#assigned(name, value, from, to))),
      ...targets.filter((value) => kept.has(value)).flatMap((value) => this.dynamicallyAssigned(name, value)),
      ...judged,
      ...[...kept].map((value) => `${words.before(value)} = 0;`),
    ];
  }

  /** The local state after a result; −1 if no run came there. */
  target(thread: number, state: LocalState, result: number): number {
    return this.#system.closed ? this.#system.learners[thread]!.next(state.id, result) : state.successors[result]!;
  }

  fails(guarantee: number, says: string): readonly string[] {
    return guarantee < 0 ? ['skip;'] : [`assert(${this.#words.holds[guarantee]}); ${comment(says)}`];
  }

  unsound(says: string): readonly string[] {
    return [`assert(${this.#words.sound}); ${comment(says)}`];
  }

  halted(thread: number): readonly string[] {
    return [`${this.#words.stopped[thread]} = 1;`, ...this.judgedByStep(new Set(), new Set())];
  }

  /** Ghosts are written from the values before the step. */
  ghosts(operation: Operation, result: number): readonly string[] {
    const { ghosts } = operation;
    const reads = ({ target, reads }: GhostWrite): readonly Column[] => columnsOf(this.#system, this.#words, [target, ...reads]);
    const separately = ghosts.every((write, index) =>
      ghosts.slice(0, index).every(({ target }) => ![write.target, ...write.reads].includes(target)),
    );
    const nameOf = ({ target }: GhostWrite): string => this.#words.values[this.#system.numberOf(target, 'a ghost update')]!;
    const into = (write: GhostWrite): string =>
      separately ? nameOf(write) : this.#words.scratch(`next_${nameOf(write)}`, write.target.domain.size);
    const updates = ghosts.flatMap((write) =>
      decide(reads(write), (row) => {
        const code = ghostCode(write, operation, row, result);
        return code < 0 ? this.unsound(`${write.target.name} has no value for this`) : [`${into(write)} = ${code};`];
      }),
    );
    if (separately) return updates;
    const copies = new Map(ghosts.map((write) => [into(write), nameOf(write)]));
    return [...updates, ...[...copies].map(([next, name]) => `${name} = ${next};`), ...[...copies.keys()].map((next) => `${next} = 0;`)];
  }

  dynamicallyAssigned(thread: string, value: number): readonly string[] {
    const { size } = this.#system.values[value]!.domain;
    const columns = [
      { name: this.#words.before(value), size },
      { name: this.#words.values[value]!, size },
    ];
    return decide(columns, (row) => this.#assigned(thread, value, row % size, Math.floor(row / size)));
  }

  /** Step properties over a step that changes these values; those whose codes before must be kept are added to `kept`. */
  judgedByStep(changed: ReadonlySet<number>, kept: Set<number>): readonly string[] {
    return this.#system.stepProperties.flatMap(({ guarantee, property }) => {
      const numbers = property.handles.map((handle) => this.#system.numberOf(handle, 'a step property'));
      const before = numbers.filter((value) => changed.has(value));
      const sizeOf = (value: number): number => this.#system.values[value]!.domain.size;
      const columns = [
        ...numbers.map((value) => ({ name: this.#words.values[value]!, size: sizeOf(value) })),
        ...before.map((value) => ({ name: this.#words.before(value), size: sizeOf(value) })),
      ];
      const domains = [...numbers, ...before].map((value) => this.#system.values[value]!);
      const wanted = condition(columns, (row) => {
        const values = valuesOfRow(domains, row);
        return property.holds(
          numbers.map((value, k) => values[before.includes(value) ? numbers.length + before.indexOf(value) : k]),
          values.slice(0, numbers.length),
        );
      });
      if (wanted === 'true') return [];
      for (const value of before) kept.add(value);
      return [`assert(${this.#words.holds[guarantee]} || ${wanted});`];
    });
  }

  protected pinned(thread: number, by: number): readonly string[] {
    const pins = this.#words.pins[thread];
    return pins === undefined || by === 0 ? [] : [`${pins} = ${pins} ${by > 0 ? '+' : '-'} ${Math.abs(by)};`];
  }

  /** Whether, after the step, the thread holds a mutex or has `m.locks` above 0. */
  protected keepsLock(thread: number, way: Way): string {
    const pins = this.#words.pins[thread];
    return any([
      ...this.#words.mutexes.map((name, number) =>
        way.mutex?.number === number ? String(way.mutex.holder === thread + 1) : `(${name} == ${thread + 1})`,
      ),
      ...(pins === undefined ? [] : [`(${pins} > ${-(way.pin ?? 0)})`]),
    ]);
  }

  #keepsGate(thread: number, way: Way): string {
    const codes = [1 + thread, 1 + this.#system.scenario.threads.length + thread];
    return any(
      this.#words.gates.map((name, number) => (way.gate?.number === number ? String(codes.includes(way.gate.code)) : among(name, codes))),
    );
  }

  /** The lock order, judged by what the thread holds before the step. */
  protected ranked(thread: number, taken: number | undefined): readonly string[] {
    const { order } = this.asserted;
    const { mutexes, ranks } = this.#system;
    if (taken === undefined || order < 0) return [];
    const forbidden = mutexes.flatMap(({ rank }, held) =>
      held !== taken && breachOf(ranks, rank, mutexes[taken]!.rank) !== undefined
        ? [`(${this.#words.mutexes[held]} == ${thread + 1})`]
        : [],
    );
    return forbidden.length === 0 ? [] : [`assert(${this.#words.holds[order]} || !${any(forbidden)});`];
  }

  #notify(event: Event): readonly string[] {
    return this.#memories.flatMap((memory) => memory?.on(event) ?? []);
  }

  /** The step's own event. */
  #shown(thread: string, pending: Pending): readonly string[] {
    if (pending.kind === 'enters')
      return this.#notify({ kind: 'enters', thread, routine: pending.routine, parameters: pending.parameters });
    if (pending.kind === 'returns')
      return this.#notify({ kind: 'returns', thread, routine: pending.routine, parameters: pending.parameters, value: pending.value });
    if (pending.kind !== 'operation' || pending.operation.kind !== 'emit') return [];
    return this.#notify({ kind: 'emits', thread, event: pending.operation.event, data: pending.operation.data });
  }

  #assigned(thread: string, value: number, from: number, to: number): readonly string[] {
    const { name, domain } = this.#system.values[value]!;
    if (!this.#system.watched.has(name)) return [];
    const event = { thread, handle: name, from: domain.decode(from), to: domain.decode(to) };
    return [...this.#notify({ kind: 'writes', ...event }), ...(from === to ? [] : this.#notify({ kind: 'changes', ...event }))];
  }
}

function ghostCode({ target, reads, compute }: GhostWrite, operation: Operation, row: number, result: number): number {
  try {
    return target.domain.encode(compute(...valuesOfRow([target, ...reads], row), resultOf(operation, result)));
  } catch {
    return -1;
  }
}
