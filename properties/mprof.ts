/**
 * The documented guarantees of the heap profile. The sentences are ours; they stand for the message of Go commit 89c0dd82
 * and for the comments in src/runtime/mprof.go on memRecord, mProf_NextCycle, mProf_Flush and MemProfile.
 */
import {
  enters,
  guarantee,
  invariant,
  lockOrder,
  monitor,
  neverDelayedBy,
  noThrow,
  on,
  returns,
  violated,
  writes,
  type Reaction,
  type Violated,
} from 'heddle';
import { accumulating, activeHeld, buckets, collections, objectCount, torn } from '../models/mprof/state.ts';

/** What can happen to an object in the profile. */
type What = 'alloc' | 'free';

/**
 * Where the events are. An event's true key is the cycle at whose end it should be published: that of an allocation is two
 * mark terminations from now, that of a sweep's free the next one.
 */
interface Ledger {
  /** Mark terminations so far. */
  readonly cycle: number;
  /** The key of each object's event that has happened and is not in the active profile; 0: it has not, gotThere: it is there. */
  readonly alloc: readonly number[];
  readonly free: readonly number[];
  /** The greatest key in the active profile. */
  readonly published: number;
  /** mProf_PostSweep has run in this cycle: the frees of the sweep may be published. */
  readonly swept: boolean;
  /** Somebody holds the lock of the active profile, so that no consumer sees it. */
  readonly held: boolean;
  /** MemProfile found no data and publishes whatever there is. */
  readonly accumulating: boolean;
}

const gotThere = -1;

const empty: Ledger = {
  cycle: 0,
  alloc: Array.from({ length: objectCount }, () => 0),
  free: Array.from({ length: objectCount }, () => 0),
  published: 0,
  swept: false,
  held: false,
  accumulating: false,
};

const numbers = Array.from({ length: objectCount }, (_, object) => object);

/** The objects of a set. */
function members(set: number): readonly number[] {
  return numbers.filter((object) => ((set >> object) & 1) === 1);
}

/** The same list with another value at each of these places. */
function changed(list: readonly number[], places: readonly number[], value: (old: number) => number): readonly number[] {
  return list.map((old, place) => (places.includes(place) ? value(old) : old));
}

interface Watch {
  /** Whether what MemProfile accumulates when it finds no data is allowed to be too early. */
  readonly mayAccumulate: (ledger: Ledger) => boolean;
  /** What is wrong whenever an event has come and nobody holds the lock of the active profile, or when it is given back. */
  readonly seen?: (ledger: Ledger) => string | undefined;
  /** What is wrong when an event leaves its slot and does not get into the active profile. */
  readonly lost?: (what: What, object: number) => string;
  /** What is wrong when an event that is in the active profile gets into a slot again. */
  readonly twice?: (what: What, object: number) => string;
  /** What is wrong when mProf_Flush returns. */
  readonly flushed?: (ledger: Ledger) => string | undefined;
}

function ledger({ mayAccumulate, seen, lost, twice, flushed }: Watch) {
  const judged = (next: Ledger): Ledger | Violated => {
    const wrong = next.held ? undefined : seen?.(next);
    return wrong === undefined ? next : violated(wrong);
  };
  const follow = (what: What): Reaction<Ledger>[] => {
    const field = what === 'alloc' ? 'allocs' : 'frees';
    const key = (cycle: number): number => cycle + (what === 'alloc' ? 2 : 1);
    return buckets.elements.flatMap(({ active, future }) => [
      on(writes(active[field]), (state: Ledger, event): Ledger => {
        const come = members((event.to as number) & ~(event.from as number));
        const keys = come.map((object) => state[what][object]!);
        const early = state.accumulating && mayAccumulate(state);
        return {
          ...state,
          [what]: changed(state[what], come, () => gotThere),
          published: early ? state.published : Math.max(state.published, ...keys),
        };
      }),
      ...future.elements.map((mpc) =>
        on(writes(mpc[field]), (state: Ledger, event): Ledger | Violated => {
          const gone = members((event.from as number) & ~(event.to as number)).find((object) => state[what][object] !== gotThere);
          if (gone !== undefined && lost !== undefined) return violated(lost(what, gone));
          const come = members((event.to as number) & ~(event.from as number));
          const again = come.find((object) => state[what][object] === gotThere);
          if (again !== undefined && twice !== undefined) return violated(twice(what, again));
          return judged({ ...state, [what]: changed(state[what], come, () => key(state.cycle)) });
        }),
      ),
    ]);
  };
  return monitor<Ledger>({
    initial: empty,
    triggered: ({ published }) => published > 0,
    reactions: [
      ...follow('alloc'),
      ...follow('free'),
      on(writes(collections), (state: Ledger, { to }): Ledger => ({ ...state, cycle: to as number, swept: false })),
      on(enters('mProf_PostSweep'), (state: Ledger): Ledger => ({ ...state, swept: true })),
      on(writes(accumulating), (state: Ledger, { to }): Ledger => ({ ...state, accumulating: to as boolean })),
      on(writes(activeHeld), (state: Ledger, { to }): Ledger | Violated => judged({ ...state, held: to as boolean })),
      on(returns('mProf_Flush'), (state: Ledger): Ledger | Violated => {
        const wrong = flushed?.(state);
        return wrong === undefined ? state : violated(wrong);
      }),
    ],
  });
}

/** The active profile is all events up to some key, and that key's turn has come. */
function snapshot({ cycle, alloc, free, published, swept }: Ledger): string | undefined {
  if (published > cycle + Number(swept))
    return `the profile has an event of cycle ${published} in cycle ${cycle}: it had no chance to be followed by its free`;
  const late = [...alloc, ...free].find((key) => key > 0 && key <= published);
  return late === undefined ? undefined : `an event of cycle ${late} is missing although events of cycle ${published} are in the profile`;
}

function leftBehind({ cycle, alloc, free }: Ledger): string | undefined {
  const left = [...alloc, ...free].find((key) => key > 0 && key <= cycle);
  return left === undefined ? undefined : `mProf_Flush returns in cycle ${cycle} and an event of cycle ${left} is not in the profile`;
}

/** Allocated minus freed objects of each bucket in the active profile. */
interface InUse {
  readonly held: boolean;
  readonly objects: readonly number[];
}

const inUse = monitor<InUse>({
  initial: { held: false, objects: buckets.elements.map(() => 0) },
  triggered: ({ objects }) => objects.some((n) => n !== 0),
  reactions: [
    ...buckets.elements.flatMap(({ active }, bucket) =>
      (['allocs', 'frees'] as const).map((field) =>
        on(writes(active[field]), (state: InUse, { from, to }): InUse => {
          const more = members((to as number) & ~(from as number)).length * (field === 'allocs' ? 1 : -1);
          return { ...state, objects: changed(state.objects, [bucket], (n) => n + more) };
        }),
      ),
    ),
    on(writes(activeHeld), (state: InUse, { to }): InUse | Violated => {
      const negative = state.objects.findIndex((n) => n < 0);
      if (to === false && negative >= 0) return violated(`bucket[${negative + 1}] has more frees than allocations in the profile`);
      return { ...state, held: to as boolean };
    }),
  ],
});

const commit = 'message of Go commit 89c0dd82';
const cycles = 'src/runtime/mprof.go memRecord, Go 89c0dd82';

export const guarantees = [
  guarantee(
    'p1-flush-delays-no-free',
    { says: 'mProf_Flush delays neither mProf_Free nor mProf_Malloc', source: commit },
    neverDelayedBy(['mProf_Malloc', 'mProf_Free'], 'mProf_Flush'),
  ),
  guarantee(
    'p1-flush-delays-no-block-event',
    { says: 'mProf_Flush does not delay the profiles of blocking and of contention, which have a lock of their own', source: commit },
    neverDelayedBy('saveblockevent', 'mProf_Flush'),
  ),
  guarantee(
    'p2-record-is-whole',
    { says: 'a consumer sees counts and bytes of a record from the same events', source: commit },
    invariant([torn], (isTorn) => !isTorn),
  ),
  guarantee(
    'p3-snapshot',
    {
      says: 'the profile is all events up to one mark termination, and its sweep, unless MemProfile found no data at all',
      source: `${cycles}; MemProfile`,
    },
    ledger({ mayAccumulate: () => true, seen: snapshot }),
  ),
  guarantee(
    'p3-snapshot-after-a-collection',
    {
      says: 'once there has been a collection, the profile only has allocations that had a chance to be freed, whatever MemProfile found',
      source: 'src/runtime/mprof.go MemProfile, Go 89c0dd82',
    },
    ledger({ mayAccumulate: ({ cycle }) => cycle === 0, seen: snapshot }),
  ),
  guarantee(
    'p4-in-use-not-negative',
    { says: 'no bucket of the profile has more frees than allocations', source: 'Go issue 19311, fixed by eee85fc5a1' },
    inUse,
  ),
  guarantee(
    'p5-nothing-lost',
    {
      says: 'no event is lost, and when mProf_Flush returns all events up to the cycle are in the profile',
      source: `${cycles}; mProf_Flush`,
    },
    ledger({
      mayAccumulate: () => true,
      lost: (what, object) => `the ${what} of object ${object} leaves its slot and does not reach the profile`,
      twice: (what, object) => `the ${what} of object ${object} is in the profile, and waits to be added again`,
      flushed: leftBehind,
    }),
  ),
  guarantee(
    'p6-one-bucket-a-stack',
    { says: 'there is one bucket for a type, hash, size and stack', source: 'src/runtime/mprof.go stkbucket, Go 89c0dd82' },
    invariant(
      buckets.elements.map(({ stk }) => stk),
      (...stacks) => stacks.every((stk, index) => stk === 'none' || stacks.indexOf(stk) === index),
    ),
  ),
  guarantee(
    'p7-index-in-range',
    { says: 'MemProfile writes no record beyond the end of its caller’s slice', source: 'src/runtime/mprof.go MemProfile, Go 89c0dd82' },
    noThrow(),
  ),
  guarantee(
    'p8-lock-order',
    {
      says: 'mutexes are taken in the order of lockrank.go; two of profMemFutureLock are never held together',
      source: 'src/runtime/lockrank.go, Go 89c0dd82',
    },
    lockOrder(),
  ),
];
