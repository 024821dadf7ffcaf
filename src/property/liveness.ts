/**
 * What must happen at last, on every fair run: existence (`eventually`) and response (`respondsTo`, `leadsTo`) of Dwyer,
 * Avrunin and Corbett (ICSE 1999), as monitors that remember what is owed. A run breaks the property if from some moment on
 * the same obligation is owed for ever: a deterministic Büchi condition for each obligation. So a search needs nothing but
 * cycles among states that owe it, and a response on a cycle is never missed.
 */
import { HeddleError } from '../model/error.ts';
import { checkCaptures } from '../model/captures.ts';
import { captureSite } from '../model/site.ts';
import type { Event, EventPattern } from './event.ts';
import type { Fairness } from './fairness.ts';
import {
  monitor,
  on,
  violated,
  type Monitor,
  type Reaction,
  type ValuesOf,
  type Violated,
  type Watchable,
  type Watched,
} from './property.ts';

/** On no fair run is the same obligation owed for ever. */
export interface Liveness {
  readonly kind: 'liveness';
  readonly tracker: Monitor;
  /** Names of what is owed in a state of the tracker. An obligation that is met and comes back has another name. */
  readonly owes: (state: unknown) => readonly string[];
  /** What is wrong if it never comes. */
  readonly says: string;
  readonly fairness: Fairness;
}

/** States, by the values of the handles named. */
export interface StatePattern {
  readonly kind: 'states';
  readonly handles: readonly Watched[];
  readonly holds: (...values: readonly unknown[]) => boolean;
  readonly label: string;
}

/** `whenHolds([gomaxprocs, limit], (procs, most) => procs === most)`: the states in which it is true, for what must happen at last. */
export function whenHolds<const H extends readonly Watchable[]>(
  handles: H,
  holds: (...values: ValuesOf<H>) => boolean,
  options: { readonly as?: string } = {},
): StatePattern {
  checkCaptures(holds, 'a state pattern', captureSite(whenHolds));
  return Object.freeze({
    kind: 'states',
    handles,
    holds: holds as StatePattern['holds'],
    label: options.as ?? `a condition on ${handles.map(({ name }) => name).join(', ')}`,
  });
}

// oxlint-disable-next-line typescript/no-explicit-any -- patterns of any kind of event go together in one monitor.
type Pattern = EventPattern<any> | StatePattern;
// oxlint-disable-next-line typescript/no-explicit-any -- as above.
type AnyEvent = EventPattern<any>;

/** What a liveness property assumes and how it counts. */
export interface LivenessOptions {
  readonly fairness?: Fairness;
  /** `thread`: an event is only answered by one of the same thread, so each thread is owed an answer of its own. */
  readonly each?: 'thread';
}

/** A liveness property that still needs its scope. */
export interface ScopedLiveness {
  /** Over the whole run. */
  globally(): Liveness;
  /** From the first q on. */
  after(q: AnyEvent): Liveness;
  /** From each q to the next r, or for ever; what is owed when r comes is a violation there. */
  afterUntil(q: AnyEvent, r: AnyEvent): Liveness;
}

/** It happens at least once in the scope, on every fair run. */
export function eventually(wanted: Pattern, options: Omit<LivenessOptions, 'each'> = {}): ScopedLiveness {
  return scoped({ trigger: undefined, response: wanted, label: `${wanted.label} never happens`, options });
}

/** Whenever the second happens, or its states are entered, the first happens then or later. */
export function respondsTo(response: Pattern, trigger: Pattern, options: LivenessOptions = {}): ScopedLiveness {
  const each = options.each === 'thread' ? ' by the same thread' : '';
  return scoped({ trigger, response, label: `${trigger.label} is not followed by ${response.label}${each}`, options });
}

/** `respondsTo` the other way round: `leadsTo(enters(f), returns(f))`. */
export function leadsTo(trigger: Pattern, response: Pattern, options: LivenessOptions = {}): ScopedLiveness {
  return respondsTo(response, trigger, options);
}

interface Obligation {
  /** Undefined: owed from the start of the scope on, once. */
  readonly trigger: Pattern | undefined;
  readonly response: Pattern;
  readonly label: string;
  readonly options: LivenessOptions;
}

interface State {
  readonly open: boolean;
  readonly opened: boolean;
  /** Whose answers are owed: thread names, or '' where threads do not count. */
  readonly owed: readonly string[];
  /** Those whose answer has come an odd number of times, where one step can bring both an answer and a new obligation. */
  readonly odd: readonly string[];
}

type Settling = Extract<Event, { kind: 'settles' }>;

function scoped({ trigger, response, label, options }: Obligation): ScopedLiveness {
  const { each, fairness = {} } = options;
  if (each !== undefined && (trigger?.kind === 'states' || response.kind === 'states'))
    throw new HeddleError('bad-declaration', 'states are nobody’s: `each: "thread"` takes two events', { site: captureSite(scoped) });
  const states = [trigger, response].filter((pattern) => pattern?.kind === 'states');
  const handles = [...new Set(states.flatMap((pattern) => (pattern as StatePattern).handles))];
  const isTrue = (pattern: Pattern | undefined, values: readonly unknown[]): boolean =>
    pattern?.kind === 'states' && pattern.holds(...pattern.handles.map((handle) => values[handles.indexOf(handle)]));
  // An answer and a new obligation on one step would look like an obligation that is still the old one.
  const counts = trigger !== undefined && response.kind !== 'states' && (assigns(trigger) || assigns(response));
  const nameOf = ({ thread }: Event): string => (each === undefined ? '' : thread);

  const answered = (state: State, name: string): State => {
    if (!state.owed.includes(name)) return state;
    const odd = !counts ? state.odd : state.odd.includes(name) ? without(state.odd, name) : [...state.odd, name].sort();
    return { ...state, owed: without(state.owed, name), odd };
  };
  const settled = (state: State, values: readonly unknown[]): State => {
    if (isTrue(response, values)) return { ...state, owed: [] };
    return isTrue(trigger, values) ? owing(state, '') : state;
  };

  const build = (opening: AnyEvent | undefined, closing: AnyEvent | undefined): Liveness => {
    const scope = `${opening === undefined ? '' : ` after ${opening.label}`}${closing === undefined ? '' : ` before ${closing.label}`}`;
    const opens = (state: State): State => {
      const open = { ...state, open: true, opened: true };
      return trigger === undefined ? owing(open, '') : open;
    };
    const closed: State = { open: false, opened: false, owed: [], odd: [] };
    const first = opening === undefined ? opens(closed) : closed;
    const reactions: Reaction<State>[] = [];
    const reacts = (pattern: AnyEvent, react: (state: State, event: Event) => State | Violated, triggers = false): void => {
      reactions.push({ ...on<State, Event>(pattern, react), triggers });
    };
    if (closing !== undefined)
      reacts(closing, (state) => (state.owed.length > 0 ? violated(label + scope) : { ...state, open: false, odd: [] }));
    if (trigger !== undefined && trigger.kind !== 'states') reacts(trigger, (state, event) => owing(state, nameOf(event)));
    if (response.kind !== 'states') reacts(response, (state, event) => answered(state, nameOf(event)));
    if (opening !== undefined) reacts(opening, (state) => (state.open || (state.opened && closing === undefined) ? state : opens(state)));
    if (handles.length > 0) reacts(settlesOf(handles), (state, event) => settled(state, (event as Settling).values));
    const beginning =
      handles.length === 0 ? { initial: first } : { start: { handles, state: (...values: readonly unknown[]) => settled(first, values) } };
    const tracker = monitor<State>({
      ...beginning,
      reactions,
      triggered: ({ owed, opened }) => (trigger === undefined ? opened : owed.length > 0),
      atEnd: ({ owed }) => (owed.length > 0 ? label + scope : undefined),
    });
    return Object.freeze({
      kind: 'liveness',
      // That a run ends is not what it speaks of: most don't.
      tracker: Object.freeze({ ...tracker, judgesEnds: false }),
      owes: (state: unknown) => {
        const { owed, odd } = state as State;
        return owed.map((name) => (odd.includes(name) ? `${name}'` : name));
      },
      says: label + scope,
      fairness,
    });
  };
  return {
    globally: () => build(undefined, undefined),
    after: (q) => build(q, undefined),
    afterUntil: (q, r) => build(q, r),
  };
}

/** Whether events of the pattern can stand beside others on one step. */
function assigns({ kind }: Pattern): boolean {
  return kind === 'writes' || kind === 'changes' || kind === 'states';
}

/** The state in which an answer is owed to this name. */
function owing(state: State, name: string): State {
  return !state.open || state.owed.includes(name) ? state : { ...state, owed: [...state.owed, name].sort() };
}

function without(names: readonly string[], name: string): readonly string[] {
  return names.filter((other) => other !== name);
}

/** The values of some handles once a step is complete. */
function settlesOf(handles: readonly Watched[]): EventPattern<Settling> {
  const subject = handles.map(({ name }) => name).join(', ');
  return Object.freeze({ kind: 'settles', subject, handles, by: undefined, label: subject, accepts: () => true });
}
