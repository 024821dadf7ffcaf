/** Test support: protocols of some threads that are alike, beside perhaps one that is not, as a fast-check arbitrary of plain data. */
import * as fc from 'fast-check';
import { gate, ghost, handlesOf, int, mutex, option, semaphore, threadId, type Handle } from '../../model/handle.ts';
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

export const handles: readonly Handle[] = handlesOf([x, owner, writer, m, n, s, world]);

export type Statement =
  | { readonly kind: 'add' | 'claim' | 'own' | 'disown' | 'look' | 'await' | 'need' | 'ping' | 'flip' | 'acquire' | 'take' | 'try' | 'odd' }
  | { readonly kind: 'locked' | 'stopped' | 'called'; readonly body: readonly Statement[] };

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

/** The properties that generated protocols pick from; the last three tell the threads apart. */
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
  never(writes(x, { by: 'B' })).after(emits('ping')),
  invariant([owner], (who) => who !== 1),
  never(changes(owner, { when: ({ to }) => to === 0 })).after(enters('alpha', { by: ['A', 'C'] })),
];

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
    arbitrary: fc.constantFrom<Statement>(
      ...(['add', 'claim', 'own', 'disown', 'look', 'await', 'need', 'ping', 'flip', 'acquire', 'take', 'try'] as const).map((kind) => ({
        kind,
      })),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Statement>({ kind: 'odd' }) },
);
const nested: fc.Arbitrary<Statement> = fc.record({
  kind: fc.constantFrom('locked' as const, 'stopped' as const, 'called' as const),
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
    guarantees: fc.uniqueArray(fc.nat(properties.length - 4), { maxLength: 3 }),
    apart: fc.integer({ min: properties.length - 3, max: properties.length - 1 }),
  })
  .map(({ three, gated, long, short, other, alone, alive, odd, guarantees, apart }) => ({
    count: three === 0 ? 3 : 2,
    gated,
    body: three === 0 ? short : long,
    other: alone || three === 0 ? [] : other,
    alive,
    guarantees: odd === 0 ? [...guarantees, apart] : guarantees,
  }));
