import { MonitorTable, violatedState } from '../../kernel/monitor-table.ts';
import type { System } from '../../kernel/system.ts';
import { HeddleError } from '../../model/error.ts';
import { keyOf } from '../../model/plain-data.ts';
import type { Event } from '../../property/event.ts';
import type { Inside, Monitor, NeverDelayedBy } from '../../property/property.ts';
import { decide, type Column } from './decision.ts';
import { comment, indented, typeFor } from './names.ts';
import type { Limit, Vocabulary } from './vocabulary.ts';

/** A monitor with more states than this, over all events in any order, is taken for one that only real runs keep finite. */
const mostStates = 200;

/** What a property remembers: variables, and what events do to them. */
export interface Memory {
  /** Statements for an event; none if it does not concern the property. */
  on(event: Event): readonly string[];
  declarations(): readonly string[];
  limits(): readonly Limit[];
}

/** What is behind a numbered event in one state: the next one, or −1 where no run of the exploration asked. */
type Next = (state: number, event: number) => number;

/**
 * A monitor as a variable and, for each kind of change that events make to it, an inline. It is first used to collect the
 * events that there are (`on` then answers with provisional text), then closed over them, then used again for the program.
 */
export class MonitorText implements Memory {
  /** The variable that holds its state. */
  readonly name: string;
  readonly #guarantee: string;
  readonly #holds: string;
  readonly #explored: string;
  readonly #initial: readonly (readonly unknown[])[];
  #table: MonitorTable;
  readonly #events: Event[] = [];
  #states = 0;
  /** By event: the number of its inline, or −1 where it changes nothing; undefined until closed. */
  #inlines: readonly number[] | undefined;
  #bodies: readonly (readonly string[])[] = [];

  /** @param initial the values of `Monitor.start`'s handles in each initial state */
  constructor(monitor: Monitor, guarantee: string, holds: string, initial: readonly (readonly unknown[])[], vocabulary: Vocabulary) {
    this.#guarantee = guarantee;
    this.#holds = holds;
    this.#explored = vocabulary.explored;
    this.#table = new MonitorTable(monitor, guarantee);
    this.name = vocabulary.names.take(`remembers_${guarantee}`);
    this.#initial = initial;
    for (const values of initial) this.#table.startingWith(values);
  }

  on(event: Event): readonly string[] {
    const number = this.#table.eventOf(event);
    if (number < 0) return [];
    if (this.#inlines === undefined) this.#events[number] ??= event;
    const inline = this.#inlines === undefined ? number : this.#inlines[number]!;
    return inline < 0 ? [] : [`${this.name}_on_${inline}();`];
  }

  /** Whether all orders of the events collected lead to few states; if so it is closed. */
  close(): boolean {
    try {
      for (let state = violatedState + 1; state < this.#table.states.length; state++)
        for (const event of this.#events.keys()) {
          if (this.#table.states.length > mostStates) return false;
          this.#table.next(state, event);
        }
    } catch (error) {
      // Orders that no run takes may be too much for the author's functions.
      if (!(error instanceof HeddleError)) throw error;
      return false;
    }
    this.#settle((state, event) => this.#table.next(state, event));
    return true;
  }

  /** Takes over what the runs of a complete exploration taught the system's own table. */
  closeAs(explored: MonitorTable): void {
    const numbers = this.#events.map((event) => explored.eventOf(event));
    this.#table = explored;
    this.#settle((state, event) => explored.known(state, numbers[event]!));
    const inlines = this.#inlines!;
    const renumbered: number[] = [];
    numbers.forEach((number, event) => (renumbered[number] = inlines[event]!));
    this.#inlines = renumbered;
  }

  #settle(next: Next): void {
    this.#states = this.#table.states.length;
    const known = new Map<string, number>();
    const bodies: (readonly string[])[] = [];
    this.#inlines = this.#events.map((_, event) => {
      const body = decide([{ name: this.name, size: this.#states }], (state) =>
        this.#change(state, state === violatedState ? state : next(state, event)),
      );
      if (body.length === 0) return -1;
      const key = body.join('\n');
      const number = known.get(key) ?? known.size;
      if (number === known.size) {
        known.set(key, number);
        bodies.push(body);
      }
      return number;
    });
    this.#bodies = bodies;
  }

  #change(from: number, to: number): readonly string[] {
    if (to === from) return [];
    if (to < 0) return [`assert(${this.#explored});`];
    return to === violatedState ? [`${this.name} = 0;`, `assert(${this.#holds});`] : [`${this.name} = ${to};`];
  }

  /** The states in which a run must not end. */
  badEnds(): readonly number[] {
    return Array.from({ length: this.#states }, (_, state) => state).filter((state) => this.#table.atEnd(state) !== undefined);
  }

  /** Statements for where it starts, if that depends on the initial values; `columns` are those of `Monitor.start`'s handles. */
  starts(columns: readonly Column[], valuesOf: (row: number) => readonly unknown[]): readonly string[] {
    const starts = new Map(this.#initial.map((values) => [keyOf(values), this.#table.startingWith(values)]));
    if (new Set(starts.values()).size === 1) return [];
    return decide(columns, (row) => {
      const start = starts.get(keyOf(valuesOf(row)));
      return start === undefined ? [] : [`${this.name} = ${start};`];
    });
  }

  limits(): readonly Limit[] {
    return [{ name: this.name, most: this.#states - 1 }];
  }

  declarations(): readonly string[] {
    return [
      comment(`What ${this.#guarantee} remembers; 0 if it is violated.`),
      `${typeFor(this.#states)} ${this.name} = ${this.#table.startingWith(this.#initial[0]!)};`,
      ...this.#bodies.flatMap((body, number) => [`inline ${this.name}_on_${number}() {`, ...indented(body), '}']),
    ];
  }
}

/** Who is inside the delayed and the delaying routines of a `neverDelayedBy`, counted by thread. */
export class InsideText implements Memory {
  readonly #monitor: Monitor;
  readonly #guarantee: string;
  readonly #counters: ReadonlyMap<string, Readonly<Record<keyof Inside, string>>>;

  constructor(property: NeverDelayedBy, guarantee: string, system: System, vocabulary: Vocabulary) {
    this.#monitor = property.tracker;
    this.#guarantee = guarantee;
    this.#counters = new Map(
      system.scenario.threads.map(({ name }, thread) => [
        name,
        {
          delayed: vocabulary.names.take(`${guarantee}_delayed_${vocabulary.threads[thread]}`),
          delaying: vocabulary.names.take(`${guarantee}_delaying_${vocabulary.threads[thread]}`),
        },
      ]),
    );
  }

  counters(thread: string): Readonly<Record<keyof Inside, string>> {
    return this.#counters.get(thread)!;
  }

  on(event: Event): readonly string[] {
    if (event.kind !== 'enters' && event.kind !== 'returns') return [];
    // What a call adds to the lists when it is entered is what it takes away when it returns.
    let inside = this.#monitor.initial as Inside;
    for (const { pattern, react } of this.#monitor.reactions)
      if (pattern.kind === 'enters' && pattern.subject === event.routine)
        inside = (react as (inside: Inside, event: Event) => Inside)(inside, { ...event, kind: 'enters' });
    return (['delayed', 'delaying'] as const).flatMap((role) => {
      const counter = this.counters(event.thread)[role];
      const count = inside[role].length;
      return count === 0 ? [] : [`${counter} = ${counter} ${event.kind === 'enters' ? '+' : '-'} ${count};`];
    });
  }

  limits(): readonly Limit[] {
    return [...this.#counters.values()].flatMap(({ delayed, delaying }) => [delayed, delaying].map((name) => ({ name, most: 254 })));
  }

  declarations(): readonly string[] {
    return [
      comment(`How many calls under way ${this.#guarantee} speaks of, by thread.`),
      ...[...this.#counters.values()].flatMap(({ delayed, delaying }) => [`byte ${delayed} = 0;`, `byte ${delaying} = 0;`]),
    ];
  }
}
