import type { Ghost, Variable } from '../model/handle.ts';
import { captureSite, type Site } from '../model/site.ts';
import { checkCaptures } from '../model/captures.ts';
import type { Event, EventPattern } from './event.ts';

/** What properties may name: protocol variables and ghosts. */
export type Watched = Variable<unknown> | Ghost<unknown>;
// oxlint-disable-next-line typescript/no-explicit-any -- Variable<T> is invariant in T; a tuple of variables of any types needs it.
type AnyWatched = Variable<any> | Ghost<any>;
type ValuesOf<H extends readonly AnyWatched[]> = {
  readonly [I in keyof H]: H[I] extends Variable<infer T> ? T : H[I] extends Ghost<infer T> ? T : never;
};

/** Holds in every state, the initial ones included. */
export interface Invariant {
  readonly kind: 'invariant';
  readonly handles: readonly Watched[];
  readonly holds: (...values: readonly unknown[]) => boolean;
  readonly site: Site;
}

/** Holds of the values before and after every step. */
export interface StepProperty {
  readonly kind: 'stepProperty';
  readonly handles: readonly Watched[];
  readonly holds: (before: readonly unknown[], after: readonly unknown[]) => boolean;
  readonly site: Site;
}

/** The answer of a reaction that found the property broken, in the property's own words. */
export interface Violated {
  readonly kind: 'violated';
  readonly says: string;
}

/** What a monitor does on the events of one pattern. */
export interface Reaction<S = unknown> {
  readonly pattern: EventPattern;
  readonly react: (state: S, event: never) => S | Violated;
}

/** A deterministic automaton over events; its state is plain data. */
export interface Monitor {
  readonly kind: 'monitor';
  readonly initial: unknown;
  readonly reactions: readonly Reaction[];
  /** Whether what the property speaks of has begun; a property that never was is vacuous. */
  readonly triggered: (state: unknown) => boolean;
  /** What is wrong if a run ends in this state; undefined if nothing. */
  readonly atEnd: (state: unknown) => string | undefined;
  readonly site: Site;
}

/** What every protocol is checked for. */
export interface BuiltIn {
  readonly kind: 'notStuck' | 'lockDiscipline' | 'lockOrder' | 'noThrow';
}

export type Property = Invariant | StepProperty | Monitor | BuiltIn;

/** `invariant([gomaxprocs], (procs) => procs > 0)`: true in every state. It names what it reads, so that it is a table over those values. */
export function invariant<const H extends readonly AnyWatched[]>(handles: H, holds: (...values: ValuesOf<H>) => boolean): Invariant {
  const site = captureSite(invariant);
  checkCaptures(holds, 'an invariant', site);
  return Object.freeze({ kind: 'invariant', handles, holds: holds as (...values: readonly unknown[]) => boolean, site });
}

/** `stepProperty([cycle], ([before], [after]) => after >= before)`: true of every step. */
export function stepProperty<const H extends readonly AnyWatched[]>(
  handles: H,
  holds: (before: ValuesOf<H>, after: ValuesOf<H>) => boolean,
): StepProperty {
  const site = captureSite(stepProperty);
  checkCaptures(holds, 'a step property', site);
  return Object.freeze({ kind: 'stepProperty', handles, holds: holds as unknown as StepProperty['holds'], site });
}

/** A reaction of a monitor: `on(enters(GOMAXPROCS), (state, event) => …)`. */
export function on<S, E extends Event>(pattern: EventPattern<E>, react: (state: S, event: E) => S | Violated): Reaction<S> {
  return { pattern: pattern as unknown as EventPattern, react: react as (state: S, event: never) => S | Violated };
}

/** Ends a monitor: the property is broken, and this is how. */
export function violated(says: string): Violated {
  return { kind: 'violated', says };
}

/**
 * A monitor of one's own: its state is plain data and finite, its reactions are pure.
 * Where an event matches several reactions, they run in the order given.
 */
export function monitor<S>(parts: {
  readonly initial: S;
  readonly reactions: readonly Reaction<S>[];
  readonly triggered?: (state: S) => boolean;
  readonly atEnd?: (state: S) => string | undefined;
}): Monitor {
  const site = captureSite(monitor);
  for (const { react } of parts.reactions) checkCaptures(react as (state: never, event: never) => unknown, 'a monitor', site);
  return Object.freeze({
    kind: 'monitor',
    initial: parts.initial,
    reactions: parts.reactions as readonly Reaction[],
    triggered: (parts.triggered ?? (() => true)) as (state: unknown) => boolean,
    atEnd: (parts.atEnd ?? (() => undefined)) as (state: unknown) => string | undefined,
    site,
  });
}

/** No reachable deadlock, in the two senses of docs/semantics.md: a bad terminal state, or a wait-for cycle. */
export function notStuck(): BuiltIn {
  return { kind: 'notStuck' };
}

/** No mutex is misused, kept at exit, or held across a request to stop the world. */
export function lockDiscipline(): BuiltIn {
  return { kind: 'lockDiscipline' };
}

/** Every mutex is taken in the order of the protocol's lock ranks, against the whole held stack. */
export function lockOrder(): BuiltIn {
  return { kind: 'lockOrder' };
}

/** The runtime's own assertions never fail. */
export function noThrow(): BuiltIn {
  return { kind: 'noThrow' };
}

/** A documented guarantee: the property, the sentence that it stands for (in our own words), and where that stands. */
export interface Guarantee {
  readonly name: string;
  readonly says: string;
  /** File, symbol and version. */
  readonly source: string;
  readonly property: Property;
}

/** `guarantee('g2-no-update-syscalls', { says: '…', source: 'src/runtime/proc.go computeMaxProcsLock, Go e481a08e' }, never(…))`. */
export function guarantee(name: string, documented: { readonly says: string; readonly source: string }, property: Property): Guarantee {
  return Object.freeze({ name, ...documented, property });
}

/** The guarantees that hold for any protocol; added to those that a protocol states itself. */
const builtIn: readonly Guarantee[] = [
  guarantee(
    'no-deadlock',
    { says: 'no thread waits for ever for a mutex, a thread that waits for it, or the world', source: 'built in' },
    notStuck(),
  ),
  guarantee(
    'lock-discipline',
    { says: 'mutexes are given back by their holders, before they exit and before they stop the world', source: 'built in' },
    lockDiscipline(),
  ),
  guarantee('no-throw', { says: 'no assertion of the runtime fails', source: 'built in' }, noThrow()),
];
const ranked = guarantee('lock-order', { says: 'mutexes are taken in the order of their ranks', source: 'built in' }, lockOrder());

/** A protocol's own guarantees and the built-in ones that it does not state under a name of its own. */
export function withBuiltIn(guarantees: readonly Guarantee[], hasRanks: boolean): readonly Guarantee[] {
  const stated = new Set(guarantees.map(({ property }) => property.kind));
  return [...guarantees, ...[...builtIn, ...(hasRanks ? [ranked] : [])].filter(({ property }) => !stated.has(property.kind))];
}
