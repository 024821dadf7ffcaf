import type { Ghost, Handle, Variable } from '../model/handle.ts';
import { captureSite, type Site } from '../model/site.ts';
import { checkCaptures } from '../model/captures.ts';
import type { Routine } from '../model/routine.ts';
import { enters, returns, type Event, type EventPattern } from './event.ts';
import type { Liveness } from './liveness.ts';

/** What properties may name: protocol variables and ghosts. */
export type Watched = Variable<unknown> | Ghost<unknown>;
// oxlint-disable-next-line typescript/no-explicit-any -- Variable<T> is invariant in T; a tuple of variables of any types needs it.
export type Watchable = Variable<any> | Ghost<any>;
export type ValuesOf<H extends readonly Watchable[]> = {
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
  /** What the property speaks of has begun once this has reacted, as with `Monitor.triggered`. */
  readonly triggers?: boolean;
}

/** A monitor's initial state where that depends on the values with which a run starts. */
export interface Start<S = unknown> {
  readonly handles: readonly Watched[];
  readonly state: (...values: readonly unknown[]) => S;
}

/** A deterministic automaton over events; its state is plain data. */
export interface Monitor {
  readonly kind: 'monitor';
  /** Undefined where there is a `start`. */
  readonly initial: unknown;
  readonly start: Start | undefined;
  readonly reactions: readonly Reaction[];
  /** Whether what the property speaks of has begun; a property that never was is vacuous. */
  readonly triggered: (state: unknown) => boolean;
  /** Whether `atEnd` ever says anything. */
  readonly judgesEnds: boolean;
  /** What is wrong if a run ends in this state; undefined if nothing. */
  readonly atEnd: (state: unknown) => string | undefined;
  readonly site: Site;
}

/** No thread inside some routines ever waits, along the wait-for chain, for one inside others. */
export interface NeverDelayedBy {
  readonly kind: 'neverDelayedBy';
  /** Remembers which threads are inside: its states are `Inside`. */
  readonly tracker: Monitor;
}

/** The names of the threads that are inside the delayed and the delaying routines, once for each call that is under way. */
export interface Inside {
  readonly delayed: readonly string[];
  readonly delaying: readonly string[];
}

/** What every protocol is checked for, or can be without saying more. */
export interface BuiltIn {
  readonly kind: 'notStuck' | 'lockDiscipline' | 'lockOrder' | 'noThrow' | 'dataRaceFreedom';
}

export type Property = Invariant | StepProperty | Monitor | NeverDelayedBy | Liveness | BuiltIn;

/** The monitor that a property runs on events, if it has one. */
export function monitorOf(property: Property): Monitor | undefined {
  if (property.kind === 'monitor') return property;
  return property.kind === 'neverDelayedBy' || property.kind === 'liveness' ? property.tracker : undefined;
}

/** `invariant([gomaxprocs], (procs) => procs > 0)`: true in every state. It names what it reads, so that it is a table over those values. */
export function invariant<const H extends readonly Watchable[]>(handles: H, holds: (...values: ValuesOf<H>) => boolean): Invariant {
  const site = captureSite(invariant);
  checkCaptures(holds, 'an invariant', site);
  return Object.freeze({ kind: 'invariant', handles, holds: holds as (...values: readonly unknown[]) => boolean, site });
}

/** `stepProperty([cycle], ([before], [after]) => after >= before)`: true of every step. */
export function stepProperty<const H extends readonly Watchable[]>(
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
 * `start` instead of `initial`: the initial state depends on the values that some handles have at the start.
 */
export function monitor<S>(
  parts: ({ readonly initial: S } | { readonly start: Start<S> }) & {
    readonly reactions: readonly Reaction<S>[];
    readonly triggered?: (state: S) => boolean;
    readonly atEnd?: (state: S) => string | undefined;
  },
): Monitor {
  const site = captureSite(monitor);
  for (const { react } of parts.reactions) checkCaptures(react as (state: never, event: never) => unknown, 'a monitor', site);
  return Object.freeze({
    kind: 'monitor',
    initial: 'initial' in parts ? parts.initial : undefined,
    start: 'start' in parts ? parts.start : undefined,
    reactions: parts.reactions as readonly Reaction[],
    triggered: (parts.triggered ?? (() => true)) as (state: unknown) => boolean,
    judgesEnds: parts.atEnd !== undefined,
    atEnd: (parts.atEnd ?? (() => undefined)) as (state: unknown) => string | undefined,
    site,
  });
}

type Routines = Routine | string | readonly (Routine | string)[];

/**
 * `neverDelayedBy([mProf_Malloc, mProf_Free], mProf_Flush)`: no reachable state in which a thread inside one of the first
 * waits for a mutex whose holder, or whoever that waits for in turn, is inside one of the second.
 */
export function neverDelayedBy(delayed: Routines, delaying: Routines): NeverDelayedBy {
  const entering = (routine: Routine | string, role: keyof Inside): Reaction<Inside> =>
    on(enters(routine), (inside: Inside, { thread }): Inside => ({ ...inside, [role]: [...inside[role], thread].sort() }));
  const leaving = (routine: Routine | string, role: keyof Inside): Reaction<Inside> =>
    on(returns(routine), (inside: Inside, { thread }): Inside => ({
      ...inside,
      [role]: inside[role].toSpliced(inside[role].indexOf(thread), 1),
    }));
  const both = (routines: Routines, role: keyof Inside): Reaction<Inside>[] =>
    ([routines].flat() as (Routine | string)[]).flatMap((routine) => [entering(routine, role), leaving(routine, role)]);
  return Object.freeze({
    kind: 'neverDelayedBy',
    tracker: monitor<Inside>({
      initial: { delayed: [], delaying: [] },
      reactions: [...both(delayed, 'delayed'), ...both(delaying, 'delaying')],
      triggered: (inside) => inside.delayed.length > 0 && inside.delaying.length > 0,
    }),
  });
}

/** No two threads ever could access a `plain` variable in the next step, one of them writing and one of them without an atomic operation. */
export function dataRaceFreedom(): BuiltIn {
  return { kind: 'dataRaceFreedom' };
}

/** Nobody is stuck: no bad terminal state, no wait-for cycle, and no state from which a thread can never go on (docs/semantics.md). */
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
    {
      says: 'nobody waits in a circle for mutexes and the world, and nobody waits in vain',
      source: 'built in',
    },
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

const raceFree = guarantee(
  'no-data-race',
  { says: 'plain variables are never accessed by two threads at once, one of them writing', source: 'built in' },
  dataRaceFreedom(),
);

/** A protocol's own guarantees and the built-in ones that it does not state under a name of its own. */
export function withBuiltIn(guarantees: readonly Guarantee[], hasRanks: boolean, hasPlain = false): readonly Guarantee[] {
  const stated = new Set(guarantees.map(({ property }) => property.kind));
  return [
    ...guarantees,
    ...[...builtIn, ...(hasRanks ? [ranked] : []), ...(hasPlain ? [raceFree] : [])].filter(({ property }) => !stated.has(property.kind)),
  ];
}

/** Whether some of a protocol's variables are plain memory. */
export function hasPlain(handles: readonly Handle[]): boolean {
  return handles.some((handle) => handle.kind === 'variable' && handle.isPlain);
}
