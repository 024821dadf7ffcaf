import { HeddleError } from '../model/error.ts';
import { describe, keyOf } from '../model/plain-data.ts';
import { PlainKeys } from '../model/plain-keys.ts';
import type { Event } from '../property/event.ts';
import type { Monitor, Reaction } from '../property/property.ts';
import { withRoom } from './growing.ts';

/** The code of the state of a monitor that has been violated; it never leaves it. */
export const violatedState = 0;
/** A monitor with more states is taken for one that never forgets. An acceptor that remembers a whole trace has millions. */
const limit = 2 ** 22;
/** The code of a monitor's initial state, if that is the same for all runs. */
const initialState = 1;

/** Bytes that the heap takes for a state beside its key and itself: its places in two tables. */
const perState = 64;

/** Whoever wants to know what a monitor's table learns. */
export interface MonitorWatcher {
  /** An event was asked for the first time; −1: no reaction accepts it. */
  met(event: Event, number: number): void;
  /** What an event makes of a state was asked for the first time. */
  learned(state: number, event: number, next: number): void;
  /** Bytes that it takes. */
  readonly bytes: number;
}

/**
 * A monitor as a table: its states and the events that it reacts to are numbered as they turn up, and each
 * (state, event) is asked of the author's functions once. Exploration then runs on numbers only.
 */
export class MonitorTable {
  readonly monitor: Monitor;
  readonly name: string;
  /** By code; the violated state has none. */
  readonly states: unknown[] = [undefined];
  /** Whether some state that a run reached has triggered the property. */
  triggered = false;
  watcher: MonitorWatcher | undefined;
  /** Reactions that some step of the threads' automata could cause. */
  readonly #possible = new Set<Reaction>();
  /** Whether some run ended, so that `atEnd` was asked. */
  #ended = false;
  /** Told of each answer when it is given for the first time. */
  onLearned: ((event: number, state: number, code: number) => void) | undefined;
  readonly #keys = new PlainKeys();
  /** Of keys, successors and words. */
  #bytes = 0;
  readonly #codes = new Map<string, number>();
  readonly #events = new Map<string, number>();
  readonly #reactions: (readonly Reaction[])[] = [];
  readonly #payloads: Event[] = [];
  readonly #ignored: Event[] = [];
  /** Successor codes by event, then state; −1 where not asked yet. */
  readonly #next: Int32Array<ArrayBuffer>[] = [];
  readonly #says = new Map<number, string>();

  constructor(monitor: Monitor, name: string) {
    this.monitor = monitor;
    this.name = name;
    if (monitor.start === undefined) this.#code(monitor.initial);
  }

  /** The code of the state that a run starts in with these values of `Monitor.start`'s handles. */
  startingWith(values: readonly unknown[]): number {
    const { start } = this.monitor;
    return start === undefined ? initialState : this.#code(this.#ask(() => start.state(...values)));
  }

  /**
   * Whether a complete search says nothing about the property: what it speaks of never began, one of the calls, returns or
   * emits that it watches is nowhere in the threads, or it is about the ends of runs and no run ends.
   */
  get vacuous(): boolean {
    const blind = this.monitor.reactions.some(
      (reaction) => ['enters', 'returns', 'emits'].includes(reaction.pattern.kind) && !this.#possible.has(reaction),
    );
    return !this.triggered || blind || (this.monitor.judgesEnds && !this.#ended);
  }

  /** Bytes that its states, what they lead to and what is watched of them take, about. */
  get bytes(): number {
    return this.#bytes + this.#keys.bytes + (this.watcher?.bytes ?? 0);
  }

  /** The number of an event, or −1 if no reaction accepts it. */
  eventOf(event: Event): number {
    const subject = event.kind === 'emits' ? event.event : 'routine' in event ? event.routine : event.handle;
    const key = keyOf(event);
    const known = this.#events.get(key);
    if (known !== undefined) return known;
    // A pattern's `accepts` takes the events of its own kind, which is compared first.
    const reactions = this.monitor.reactions.filter(
      ({ pattern }) => pattern.kind === event.kind && pattern.subject === subject && this.#ask(() => pattern.accepts(event)),
    );
    for (const reaction of reactions) this.#possible.add(reaction);
    const number = reactions.length === 0 ? -1 : this.#reactions.length;
    this.#events.set(key, number);
    if (number < 0) this.#ignored.push(event);
    else {
      this.#reactions.push(reactions);
      this.#payloads.push(event);
      this.#next.push(new Int32Array(8).fill(-1));
    }
    this.watcher?.met(event, number);
    return number;
  }

  /** The event that a number stands for. */
  payload(number: number): Event {
    return this.#payloads[number]!;
  }

  /** All that is learned so far: state, event, next state. */
  *transitions(): Generator<readonly [number, number, number]> {
    for (const [event, row] of this.#next.entries()) for (const [state, next] of row.entries()) if (next >= 0) yield [state, event, next];
  }

  /** All events met so far, with their numbers. */
  *events(): Generator<readonly [Event, number]> {
    for (const [number, event] of this.#payloads.entries()) yield [event, number];
    for (const event of this.#ignored) yield [event, -1];
  }

  /** The state after an event. A hook for tests that break it on purpose. */
  next(state: number, event: number): number {
    if (state === violatedState) return violatedState;
    const row = this.#next[event]!;
    const known = state < row.length ? row[state]! : -1;
    return known >= 0 ? known : this.#learn(state, event);
  }

  /** The states after an event, by state; −1 where that was not asked yet. */
  answers(event: number): Int32Array {
    return this.#next[event]!;
  }

  /** The state after an event if some run has come there, else −1. */
  known(state: number, event: number): number {
    return state === violatedState ? violatedState : (this.#next[event]?.[state] ?? -1);
  }

  /** Why the event violates the property in this state, in its own words. */
  says(state: number, event: number): string {
    return this.#says.get(event * limit + state) ?? '';
  }

  /** What is wrong if a run ends in this state. */
  atEnd(state: number): string | undefined {
    this.#ended = true;
    return state === violatedState ? undefined : this.#ask(() => this.monitor.atEnd(this.states[state]));
  }

  #learn(state: number, event: number): number {
    let value = this.states[state];
    let code = state;
    for (const reaction of this.#reactions[event]!) {
      const answer = this.#ask(() => reaction.react(value, this.#payloads[event] as never)) as unknown;
      if (reaction.triggers === true) this.triggered = true;
      if (isViolated(answer)) {
        this.#says.set(event * limit + state, answer.says);
        this.#bytes += answer.says.length + perState;
        code = violatedState;
        break;
      }
      value = answer;
      code = this.#code(value);
    }
    const before = this.#next[event]!;
    const row = (this.#next[event] = withRoom(before, state + 1));
    this.#bytes += row.byteLength - before.byteLength;
    row[state] = code;
    // Who is told of the answer may come to the state that it names, and ask the watcher's tables.
    this.watcher?.learned(state, event, code);
    this.onLearned?.(event, state, code);
    return code;
  }

  #code(value: unknown): number {
    const key = this.#keys.keyOf(value, this.monitor.site);
    const known = this.#codes.get(key);
    if (known !== undefined) return known;
    const code = this.states.length;
    if (code >= limit)
      throw new HeddleError(
        'endless-local-history',
        `the monitor of ${this.name} has more than ${limit - 1} states, such as ${describe(value)}`,
        { site: this.monitor.site, cure: 'A monitor remembers finitely much: keep flags and small counts, not lists of what happened.' },
      );
    this.#codes.set(key, code);
    this.#bytes += key.length + perState;
    this.states.push(this.#keys.keep(value));
    if (this.#ask(() => this.monitor.triggered(value))) this.triggered = true;
    return code;
  }

  #ask<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      if (error instanceof HeddleError) throw error;
      throw new HeddleError(
        'property-threw',
        `the monitor of ${this.name} failed: ${error instanceof Error ? error.message : String(error)}`,
        { site: this.monitor.site, cause: error },
      );
    }
  }
}

function isViolated(answer: unknown): answer is { readonly kind: 'violated'; readonly says: string } {
  return typeof answer === 'object' && answer !== null && 'kind' in answer && answer.kind === 'violated' && 'says' in answer;
}
