/** Test support: protocols made of generated programs, as a fast-check arbitrary of plain data. */
import * as fc from 'fast-check';
import { given, scenario, thread } from '../model/protocol.ts';
import { forever, loop } from '../model/routine.ts';
import { changes, emits, enters, returns, writes } from '../property/event.ts';
import { exists, never, precedes } from '../property/pattern.ts';
import {
  dataRaceFreedom,
  guarantee,
  invariant,
  monitor,
  neverDelayedBy,
  on,
  stepProperty,
  withBuiltIn,
  type Property,
} from '../property/property.ts';
import { handlesOf } from '../model/handle.ts';
import { pool, round, subroutines, turn, type Program, type Statement, type Value } from './generated-program.ts';
import type { Subject } from './state.ts';

interface GeneratedThread {
  readonly root: 'call' | 'forever' | 'loop';
  readonly gated: boolean;
  readonly daemon: boolean;
  readonly program: Program;
}

export interface GeneratedProtocol {
  readonly threads: readonly GeneratedThread[];
  /** Which of `properties` are checked, and so observed. */
  readonly guarantees: readonly number[];
  /** Initial values of x. */
  readonly initial: readonly [number, ...number[]];
}

const { x, y, last, sum } = pool;
const ranks = { a: [], b: ['a'] };

interface Counting {
  readonly writes: number;
  readonly inside: boolean;
}

/** A small state of its own: how often x was written since beta was entered, up to 2. */
const counting = monitor<Counting>({
  initial: { writes: 0, inside: false },
  reactions: [
    on(enters('beta'), (_state: Counting) => ({ writes: 0, inside: true })),
    on(writes(x), (state: Counting) => ({ ...state, writes: Math.min(2, state.writes + 1) })),
    on(changes(y, { when: ({ to }) => to === 2 }), (state: Counting) =>
      state.writes === 2 ? { kind: 'violated' as const, says: 'two writes before y is 2' } : { ...state, inside: false },
    ),
  ],
  atEnd: (state) => (state.inside && state.writes === 1 ? 'ended in the middle' : undefined),
});

interface Leaving {
  readonly first: number;
  readonly left: boolean;
}

/** x does not come back to what it was at the start, which initial states differ in. */
const leaving = monitor<Leaving>({
  start: { handles: [x, y], state: (first) => ({ first: first as number, left: false }) },
  reactions: [
    on(changes(x), (state: Leaving, { to }) =>
      to === state.first ? { kind: 'violated' as const, says: 'x is what it was' } : { ...state, left: true },
    ),
  ],
  triggered: ({ left }) => left,
});

/** The properties that generated protocols pick from. */
export const properties: readonly Property[] = [
  invariant([x, y], (a, b) => a !== 1 || b !== 2),
  invariant([last, sum], (a, b) => a !== 2 || b !== 2),
  stepProperty([y, sum], ([before, so], [after, then]) => after >= before || then !== so),
  never(emits('ping', { when: ({ data }) => (data as { value: number }).value > 0 })).globally(),
  exists(emits('ping')).globally(),
  precedes(emits('ping'), emits('pong')).after(changes(x)),
  never(enters('alpha')).between(returns('alpha', { by: ['A', 'C'] }), enters('beta', { by: 'B' })),
  exists(writes(y, { by: 'B' })).before(returns('beta', { when: ({ value }) => value === 0 })),
  never(changes(last)).afterUntil(emits('pong'), returns('alpha')),
  counting,
  neverDelayedBy('alpha', ['beta', 'turn']),
  neverDelayedBy(['beta', 'round'], 'alpha'),
  dataRaceFreedom(),
  leaving,
];

const value: fc.Arbitrary<Value> = fc.oneof(fc.record({ plus: fc.nat(2) }), fc.record({ register: fc.nat(2), plus: fc.nat(1) }));
const into = fc.nat(2);
const which = fc.nat(2);

/** Bodies nest `depth` deep and have up to `length` statements. */
function programs(depth: number, length: number, inside = true): fc.Arbitrary<Program> {
  const flat: fc.Arbitrary<Statement>[] = [
    fc.record({
      kind: fc.constantFrom<'load' | 'fetchAdd' | 'self'>('load', 'load', 'load', 'load', 'fetchAdd', 'self'),
      variable: fc.nat(1),
      into,
    }),
    fc.record({ kind: fc.constant('store' as const), variable: fc.nat(1), value, ghost: fc.nat(2) }),
    fc.record({ kind: fc.constantFrom('swap' as const, 'compareAndSwap' as const), variable: fc.nat(1), value, into }),
    fc.record({ kind: fc.constantFrom('tryLock' as const, 'acquire' as const, 'release' as const), which, into }),
    fc.record({ kind: fc.constant('waitUntil' as const), value, patient: fc.boolean() }),
    fc.record({ kind: fc.constant('exchange' as const), blockedAt: value, faultAt: fc.integer({ min: 2, max: 9 }), into }),
    fc.record({ kind: fc.constant('choose' as const), count: fc.integer({ min: 1, max: 2 }), into }),
    fc.record({ kind: fc.constant('emit' as const), event: fc.constantFrom('ping', 'pong'), value }),
    fc.record({ kind: fc.constant('ensure' as const), register: fc.nat(2), differs: fc.constantFrom(2, 2, 2, 1) }),
  ];
  const raw: fc.Arbitrary<Statement>[] = [
    fc.record({ kind: fc.constantFrom('lock' as const, 'unlock' as const), which, into }),
    fc.record({ kind: fc.constantFrom('acquirem' as const, 'releasem' as const, 'stop' as const, 'start' as const) }),
  ];
  const body = depth === 0 ? fc.constant<Program>([]) : programs(depth - 1, 2);
  const nested: fc.Arbitrary<Statement>[] = [
    fc.record({ kind: fc.constant('locked' as const), which, body }),
    fc.record({ kind: fc.constant('locked' as const), which, body }),
    fc.record({ kind: fc.constantFrom('pinned' as const, 'worldStopped' as const, 'worldStopped' as const), body }),
    fc.record({ kind: fc.constant('branch' as const), register: fc.nat(2), equals: fc.nat(2), yes: body, no: body }),
    fc.record({ kind: fc.constant('call' as const), routine: fc.nat(1), body, value, into }),
    fc.record({ kind: fc.constant('loop' as const), body, value, rounds: fc.nat(2), into }),
    fc.record({ kind: fc.constant('become' as const), routine: fc.nat(1), body, value }),
  ];
  return fc.array(
    fc.oneof(
      { weight: 8, arbitrary: fc.oneof(...flat) },
      { weight: 1, arbitrary: fc.oneof(...raw) },
      ...(depth === 0 ? [] : [{ weight: 6, arbitrary: fc.oneof(...nested) }]),
    ),
    { minLength: inside ? 1 : 2, maxLength: length },
  );
}

const generatedThread: fc.Arbitrary<GeneratedThread> = fc.record({
  root: fc.constantFrom('call', 'call', 'loop', 'forever'),
  gated: fc.oneof({ weight: 2, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  daemon: fc.oneof({ weight: 1, arbitrary: fc.constant(true) }, { weight: 3, arbitrary: fc.constant(false) }),
  program: programs(2, 3, false),
});

/** Two or three threads of two or three statements, with up to four guarantees beside the built-in ones. */
export const generatedProtocol: fc.Arbitrary<GeneratedProtocol> = fc.record({
  threads: fc.array(generatedThread, { minLength: 2, maxLength: 3 }),
  guarantees: fc.uniqueArray(fc.nat(properties.length - 1), { maxLength: 4 }),
  initial: fc.constantFrom<[number, ...number[]]>([0], [1], [0, 1]),
});

/** The protocol that the data describe. */
export function subjectOf({ threads, guarantees, initial }: GeneratedProtocol): Subject {
  return {
    handles: handlesOf(Object.values(pool)),
    ranks,
    guarantees: withBuiltIn(
      guarantees.map((index) => guarantee(`property-${index}`, { says: '', source: '' }, properties[index]!)),
      true,
    ),
    scenario: scenario({
      initial: [given(x, ...initial)],
      threads: threads.map(({ root, gated, daemon, program }, index) =>
        thread('ABC'.charAt(index), started(root, program, index), {
          ...(gated ? { gate: pool.world } : {}),
          daemon: daemon || root === 'forever',
        }),
      ),
    }),
  };
}

function started(root: GeneratedThread['root'], program: Program, index: number) {
  switch (root) {
    case 'call':
      return subroutines[index % 2]!(program, 0);
    case 'loop':
      return loop(round, { body: program, value: 0, left: 1 });
    case 'forever':
      // A daemon takes at least one step a turn.
      return forever(turn, program, 0);
  }
}
