/** Test support: protocols of some threads that are alike, beside perhaps one that is not, as a fast-check arbitrary of plain data. */
import * as fc from 'fast-check';
import { gate, ghost, handlesOf, int, mutex, option, semaphore, tagged, threadId, type Handle } from '../../model/handle.ts';
import { perThread } from '../../model/per-thread.ts';
import type { Body } from '../../model/operation.ts';
import {
  acquire,
  atomically,
  choose,
  compareAndSwap,
  emit,
  load,
  lock,
  mayWaitForever,
  release,
  self,
  set,
  start,
  stop,
  store,
  tryLock,
  unlock,
  waitUntil,
} from '../../model/operations.ts';
import { scenario, thread, type Scenario } from '../../model/protocol.ts';
import { forever, routine } from '../../model/routine.ts';
import { changes, emits, enters, returns, writes } from '../../property/event.ts';
import { linearizable, atOnce } from '../../property/linearizable.ts';
import { exists, never } from '../../property/pattern.ts';
import {
  guarantee,
  invariant,
  monitor,
  neverDelayedBy,
  on,
  stepProperty,
  violated,
  withBuiltIn,
  type Guarantee,
  type Property,
  type Violated,
} from '../../property/property.ts';

const x = int('x', { to: 2 });
const owner = option('owner', threadId('', 4));
/** Who wrote x last. */
const writer = ghost('writer', option(threadId('', 4)));
const m = mutex('m');
const n = mutex('n');
const s = semaphore('s', { initial: 1 });
const world = gate('world');

/** A thread's own, and a word that names one. */
const flags = perThread('flag', 4, (name) => int(name, { to: 1 }));
const notes = perThread('note', 4, (name) => semaphore(name, { initial: 0, limit: 2 }));
const locks = perThread('own', 4, (name) => mutex(name));
const top = tagged('top', option(threadId('', 4)), { to: 1 });

export const handles: readonly Handle[] = handlesOf([x, owner, writer, m, n, s, world, flags, notes, locks, top]);

export type Statement =
  | { readonly kind: (typeof simple)[number] | 'odd' }
  | { readonly kind: 'locked' | 'stopped' | 'called' | 'alone'; readonly body: readonly Statement[] };

const simple = [
  ...(['add', 'claim', 'own', 'disown', 'look', 'await', 'need', 'ping', 'flip', 'acquire', 'take', 'try'] as const),
  ...(['raise', 'lower', 'others', 'sleep', 'wake', 'push', 'pop'] as const),
] as const;

const alpha = routine('alpha', function* (body: readonly Statement[]): Body<number> {
  yield* run(body);
  return yield* load(x);
});

function* run(body: readonly Statement[]): Body<unknown> {
  const me = yield* self();
  for (const statement of body)
    switch (statement.kind) {
      case 'add': {
        const now = yield* load(x);
        yield* store(x, (now + 1) % 3, { ghost: set(writer, me) });
        break;
      }
      case 'claim':
        if (!(yield* compareAndSwap(owner, undefined, me))) yield* emit('lost');
        break;
      case 'own':
        yield* store(owner, me);
        break;
      case 'disown':
        yield* atomically([owner, x], (who, now) => (who === me ? { to: [undefined, (now + 1) % 3] } : {}), {
          ghost: set(writer, undefined),
        });
        break;
      case 'look': {
        const who = yield* load(owner);
        if (who !== undefined) yield* emit(who === me ? 'mine' : 'other', { who });
        break;
      }
      case 'await':
        yield* mayWaitForever(waitUntil([owner], (who) => who !== me));
        break;
      case 'need':
        yield* waitUntil([owner], (who) => who === me);
        break;
      case 'ping':
        yield* emit('ping');
        break;
      case 'flip':
        if ((yield* choose(false, true)) === true) yield* store(x, 0);
        break;
      case 'acquire':
        yield* acquire(s);
        yield* release(s);
        break;
      case 'take':
        yield* acquire(s);
        break;
      case 'try':
        if (yield* tryLock(n)) yield* unlock(n);
        break;
      case 'raise':
        yield* store(flags.at(me), 1);
        break;
      case 'lower':
        yield* store(flags.at(me), 0);
        break;
      case 'others': {
        // In another order for each thread.
        const others = flags.elements.map((_, k) => flags.at((me + k) % 4)).slice(1);
        yield* mayWaitForever(waitUntil(others, (...raised) => raised.every((flag) => flag === 0)));
        break;
      }
      case 'sleep':
        yield* mayWaitForever(acquire(notes.at(me)));
        break;
      case 'wake': {
        const who = yield* load(owner);
        if (who !== undefined) yield* release(notes.at(who));
        break;
      }
      case 'push': {
        const old = yield* load(top);
        if (!(yield* compareAndSwap(top, old, { value: me, tag: 1 - old.tag }))) yield* emit('lost');
        break;
      }
      case 'pop': {
        const { value, tag } = yield* load(top);
        if (value !== undefined && (yield* compareAndSwap(top, { value, tag }, { value: undefined, tag })))
          yield* store(flags.at(value), 1);
        break;
      }
      case 'alone':
        yield* lock(locks.at(me));
        yield* run(statement.body);
        yield* unlock(locks.at(me));
        break;
      case 'odd':
        if (me === 0) yield* emit('first');
        break;
      case 'locked':
        yield* lock(m);
        yield* run(statement.body);
        yield* unlock(m);
        break;
      case 'stopped':
        yield* stop(world);
        yield* run(statement.body);
        yield* start(world);
        break;
      case 'called':
        yield* alpha(statement.body);
    }
  return undefined;
}

const work = routine('work', function* (body: readonly Statement[]) {
  yield* run(body);
});

/** Does the same and is not the same. */
const aside = routine('aside', function* (body: readonly Statement[]) {
  yield* run(body);
});

const looks = routine('looks', function* () {
  yield* load(x);
});
/** While it goes on nothing is a deadlock: who waits for ever is stuck beside it. */
const lives = routine('lives', function* () {
  yield* forever(looks);
});

const inside = monitor<readonly string[]>({
  initial: [],
  triggered: (names) => names.length > 0,
  reactions: [
    on(enters('alpha'), (names: readonly string[], { thread }) =>
      names.length === 2 ? violated(`${thread} is the third inside`) : [...names, thread],
    ),
    on(returns('alpha'), (names: readonly string[], { thread }) => names.filter((name) => name !== thread)),
  ],
});

const twice = monitor<string>({
  initial: '',
  reactions: [
    on(writes(x), (last: string, { thread }): string | Violated => (last === thread ? violated(`${thread} writes twice`) : thread)),
  ],
  atEnd: (last) => (last === '' ? 'nobody wrote' : undefined),
});

/** Whose flag was written last. */
const inTurn = monitor<string>({
  initial: '',
  reactions: flags.elements.map((flag) =>
    on(writes(flag), (last: string, { handle }): string | Violated => (last === handle ? violated(`${handle} is written twice`) : handle)),
  ),
});

/** The properties that generated protocols pick from; the last five tell the threads apart. */
export const properties: readonly Property[] = [
  inside,
  twice,
  invariant([owner, writer], (who, last) => who === undefined || who === last),
  stepProperty([owner, x], ([before, old], [after, now]) => before === undefined || after === undefined || before === after || old !== now),
  never(emits('ping')).after(emits('lost')),
  exists(emits('mine')).globally(),
  neverDelayedBy('alpha', 'work'),
  never(changes(owner)).afterUntil(emits('ping'), returns('alpha')),
  linearizable<number>({ initial: 0, calls: [atOnce('alpha', (count) => ({ state: (count + 1) % 3, result: (count + 1) % 3 }))] }),
  invariant(flags.elements, (...raised) => raised.filter((flag) => flag === 1).length < 2),
  stepProperty(
    [flags.at(3), flags.at(1), top, flags.at(2), flags.at(0)],
    (before, [three, one, word, two, zero]) =>
      word.value === undefined || word.tag === 0 || [zero, one, two, three][word.value] === 1 || before[2] === word,
  ),
  inTurn,
  invariant([flags.at(2), flags.at(1)], (two, one) => two + one < 2),
  never(writes(flags.at(0))).after(emits('ping')),
  never(writes(x, { by: 'B' })).after(emits('ping')),
  invariant([owner], (who) => who !== 1),
  never(changes(owner, { when: ({ to }) => to === 0 })).after(enters('alpha', { by: ['A', 'C'] })),
];

/** The properties that tell the threads apart. */
export const tellingApart: readonly number[] = properties.flatMap((_, index) => (index < properties.length - 5 ? [] : [index]));

export interface Alike {
  /** How many threads are alike. */
  readonly count: number;
  readonly gated: boolean;
  readonly body: readonly Statement[];
  /** What one more thread does; empty: there is none. */
  readonly other: readonly Statement[];
  /** Whether still another goes on for ever. */
  readonly alive?: boolean;
  readonly guarantees: readonly number[];
}

export function subjectOf({ count, gated, body, other, alive = false, guarantees }: Alike): {
  readonly scenario: Scenario;
  readonly guarantees: readonly Guarantee[];
} {
  const gates = gated ? { gate: world } : {};
  return {
    scenario: scenario({
      threads: [
        ...Array.from({ length: count }, (_, index) => thread('ABC'.charAt(index), work(body), gates)),
        ...(other.length === 0 ? [] : [thread('O', aside(other), gates)]),
        ...(alive ? [thread('L', lives(), { daemon: true })] : []),
      ],
    }),
    guarantees: withBuiltIn(
      guarantees.map((index) => guarantee(`property-${index}`, { says: '', source: '' }, properties[index]!)),
      false,
    ),
  };
}

const flat: fc.Arbitrary<Statement> = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.constantFrom<Statement>(...simple.map((kind) => ({ kind }))),
  },
  { weight: 1, arbitrary: fc.constant<Statement>({ kind: 'odd' }) },
);
const nested: fc.Arbitrary<Statement> = fc.record({
  kind: fc.constantFrom('locked' as const, 'stopped' as const, 'called' as const, 'alone' as const),
  body: fc.array(flat, { minLength: 1, maxLength: 2 }),
});
const program = (maxLength: number) =>
  fc.array(fc.oneof({ weight: 3, arbitrary: flat }, { weight: 2, arbitrary: nested }), { minLength: 1, maxLength });

/** Two or three threads that are alike and up to three guarantees; most of them really symmetric. */
export const alike: fc.Arbitrary<Alike> = fc
  .record({
    three: fc.nat(3),
    gated: fc.boolean(),
    long: program(3),
    short: program(2),
    other: program(1),
    alone: fc.boolean(),
    alive: fc.boolean(),
    odd: fc.nat(5),
    guarantees: fc.uniqueArray(fc.nat(tellingApart[0]! - 1), { maxLength: 3 }),
    apart: fc.constantFrom(...tellingApart),
  })
  .map(({ three, gated, long, short, other, alone, alive, odd, guarantees, apart }) => ({
    count: three === 0 ? 3 : 2,
    gated,
    body: three === 0 ? short : long,
    other: alone || three === 0 ? [] : other,
    alive,
    guarantees: odd === 0 ? [...guarantees, apart] : guarantees,
  }));
