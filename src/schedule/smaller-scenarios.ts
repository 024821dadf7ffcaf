import type { Arbitrary, Value } from 'fast-check';
import { BreadthFirst } from '../explore/breadth-first.ts';
import type { Minimum } from '../explore/minimal.ts';
import { minimalViolation } from '../explore/minimal-violation.ts';
import type { System } from '../kernel/system.ts';
import { keyOf } from '../model/plain-data.ts';
import type { Schedule } from './schedule.ts';

/** How far complete searches go. Both are counted in states, so that what they find is the same on every machine. */
export interface Exhaust {
  /** States of one scenario. */
  readonly each: number;
  /** States of all scenarios that are smaller than one, together. */
  readonly all: number;
}

/** What is known of the scenarios that are smaller than one: all of those that its arbitrary's shrinking leads to. */
export interface Smaller {
  /** Scenarios searched completely: no run of them comes to a step or state that breaks the guarantee. */
  readonly excluded: number;
  /** States of these. */
  readonly states: number;
  /** Scenarios with more states than were allowed, by their descriptions. */
  readonly open: readonly unknown[];
  /** Whether that is all of them; if not, the budget ended first. */
  readonly all: boolean;
}

/** A smaller scenario, and a run of it that breaks the guarantee. */
export interface Broken {
  readonly description: Value<unknown>;
  readonly schedule: Schedule;
}

/** What a complete search of one scenario says of one guarantee. */
interface Searched {
  readonly states: number;
  /** A shortest schedule that breaks it, that none does, or that there were too many states. */
  readonly outcome: Schedule | 'excluded' | 'open';
}

/** States between two looks at what was found. */
const slice = 2000;

/** Searches scenarios for runs that break a guarantee, and remembers what it has excluded. */
export class SmallerScenarios {
  readonly #descriptions: Arbitrary<unknown>;
  readonly #system: (description: unknown) => System;
  readonly #exhaust: Exhaust;
  readonly #searched = new Map<string, Searched>();
  readonly #minima = new Map<string, Minimum>();
  readonly #smaller = new Map<string, Smaller>();

  constructor(descriptions: Arbitrary<unknown>, system: (description: unknown) => System, exhaust: Exhaust) {
    this.#descriptions = descriptions;
    this.#system = system;
    this.#exhaust = exhaust;
  }

  /** What a walk that ended without finding anything knows; undefined where none did. */
  smaller(description: unknown, guarantee: number): Smaller | undefined {
    return this.#smaller.get(keyed(description, guarantee));
  }

  /** The run of this scenario that breaks the guarantee with the fewest preemptions, and of these the fewest steps. */
  minimum(description: unknown, guarantee: number): Minimum {
    const key = keyed(description, guarantee);
    const known = this.#minima.get(key) ?? minimalViolation(this.#system(description), guarantee, { maxStates: this.#exhaust.each });
    this.#minima.set(key, known);
    return known;
  }

  /** The same, if it has been looked for. */
  knownMinimum(description: unknown, guarantee: number): Minimum | undefined {
    return this.#minima.get(keyed(description, guarantee));
  }

  /** Walks the smaller scenarios of one, the next ones first, and gives those that break the guarantee. */
  *broken(from: Value<unknown>, guarantee: number): Generator<Broken, undefined> {
    const seen = new Set([keyOf(from.value_)]);
    const open: unknown[] = [];
    let excluded = 0;
    let states = 0;
    let spent = 0;
    let found = false;
    const queue = [from];
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      for (const description of this.#descriptions.shrink(next.value_, next.context)) {
        const key = keyOf(description.value_);
        if (seen.has(key)) continue;
        seen.add(key);
        if (spent >= this.#exhaust.all) {
          if (!found) this.#smaller.set(keyed(from.value_, guarantee), { excluded, states, open, all: false });
          return;
        }
        queue.push(description);
        const searched = this.#search(description.value_, guarantee);
        spent += searched.states;
        if (searched.outcome === 'open') open.push(description.value_);
        else if (searched.outcome === 'excluded') {
          excluded++;
          states += searched.states;
        } else {
          found = true;
          yield { description, schedule: searched.outcome };
        }
      }
    if (!found) this.#smaller.set(keyed(from.value_, guarantee), { excluded, states, open, all: true });
  }

  #search(description: unknown, guarantee: number): Searched {
    const key = keyed(description, guarantee);
    let searched = this.#searched.get(key);
    if (searched === undefined) {
      searched = this.searchOf(this.#system(description), guarantee);
      this.#searched.set(key, searched);
    }
    return searched;
  }

  /** Searches one scenario. A hook for tests that break it on purpose. */
  protected searchOf(system: System, guarantee: number): Searched {
    const search = new BreadthFirst(system.judging([guarantee]), { untilViolated: [guarantee] });
    for (let ended = false; !ended && search.progress.states <= this.#exhaust.each;) ended = search.advance(slice);
    const verdict = search.result().verdicts[guarantee]!;
    const { states } = search.progress;
    if (verdict.kind === 'violated') return { states, outcome: verdict.violation.schedule };
    // Whatever the whole graph would tell beside: no run comes to a step or state that breaks it.
    return { states, outcome: search.complete ? 'excluded' : 'open' };
  }
}

function keyed(description: unknown, guarantee: number): string {
  return `${guarantee} ${keyOf(description)}`;
}
