/** A reduced search breaks what a full one breaks, and tells the same shortest runs. */
import test from 'ava';
import * as fc from 'fast-check';
import type { Possessions } from '../kernel/possessions.ts';
import { preserves, SafeSteps } from '../kernel/safe-steps.ts';
import { System } from '../kernel/system.ts';
import { HeddleError } from '../model/error.ts';
import {
  acquirem,
  changes,
  emit,
  emits,
  ensure,
  guarantee,
  int,
  invariant,
  load,
  lock,
  mutex,
  never,
  releasem,
  routine,
  scenario,
  stepProperty,
  store,
  thread,
  tryLock,
  unlock,
  waitUntil,
} from '../index.ts';
import type { Routine } from '../model/routine.ts';
import { withBuiltIn, type Guarantee, type StepProperty } from '../property/property.ts';
import { generatedProtocol, subjectOf } from '../semantics/generated-protocols.ts';
import { tinySystems, zoo } from './zoo.ts';
import { BreadthFirst } from './breadth-first.ts';
import { Exhaustive, type ExhaustiveOptions } from './exhaustive.ts';

/** A search with more states is taken for an endless one. */
const most = 20_000;

/** The verdicts of a search, vacuity and schedules included, and how many states it took; undefined if it would not end. */
function told(
  system: System,
  options: ExhaustiveOptions = {},
  limit = most,
): { readonly verdicts: string; readonly broken: string; readonly states: number } | undefined {
  const search = new Exhaustive(system, options);
  try {
    while (!search.advance(2_000)) if (search.progress.states > limit) return undefined;
  } catch (error) {
    // Some generated models count beyond what their variable holds.
    if (!(error instanceof HeddleError)) throw error;
    return { verdicts: error.code, broken: '', states: 0 };
  }
  const { verdicts, states } = search.result();
  // A reduced search has what it found told by a full one, which may find more.
  return { verdicts: JSON.stringify(verdicts), broken: search.search.broken.join(), states };
}

const generatedSystem = generatedProtocol.map((generated) => (): System => {
  const { handles, ranks, scenario, guarantees } = subjectOf(generated);
  return new System(handles, ranks, scenario, guarantees.filter(preserves), { automata: 'minimised', parts: { mostSpare: 0 } });
});

/** How the reduced search differs from the full one, if it does. */
function difference(
  system: () => System,
  options: ExhaustiveOptions,
  saved: (states: number) => void = () => undefined,
): string | undefined {
  const full = told(system());
  if (full === undefined) return undefined;
  const reduced = told(system(), { ...options, reduces: true });
  if (reduced?.verdicts !== full.verdicts || reduced.broken !== full.broken) return `${full.verdicts}\n${reduced?.verdicts}`;
  saved(full.states - reduced.states);
  return undefined;
}

test('a reduced search tells what a full one does in generated protocols, and needs fewer states in some', (t) => {
  let fewer = 0;
  fc.assert(
    fc.property(generatedSystem, (system) => {
      const differs = difference(system, {}, (states) => (fewer += states > 0 ? 1 : 0));
      if (differs !== undefined) throw new Error(differs);
    }),
    { numRuns: Number(process.env['HEDDLE_GENERATED'] ?? 1000) / 4, seed: 5, includeErrorInReport: true },
  );
  t.log(`fewer states in ${fewer}`);
  t.true(fewer > 50);
});

for (const protocol of zoo)
  test(`a reduced search tells what a full one does in all variants of ${protocol}`, (t) => {
    // Learning takes longer than exploring: both expand one system.
    for (const { variant, system } of tinySystems(protocol, preserves))
      t.is(
        difference(() => system, {}),
        undefined,
        variant,
      );
  });

/** Takes steps for safe beside which a gated thread could be stopped. */
class ForgetsGates extends SafeSteps {
  protected override canBeStopped(): boolean {
    return false;
  }
}
/** Takes variables for protected that are not. */
class ForgetsLocksets extends SafeSteps {
  protected override commutes(): boolean {
    return true;
  }
}
/** Takes another mutex for the common one. */
class ForgetsWhichMutex extends SafeSteps {
  protected override commutes(thread: number, value: number, writes: boolean, mutexes: readonly number[]): boolean {
    return mutexes.length > 0 || super.commutes(thread, value, writes, mutexes);
  }
}
/** Takes releases for safe that others try for. */
class ForgetsTries extends SafeSteps {
  protected override isOnlyWaitedFor(): boolean {
    return true;
  }
}
/** Takes steps for safe that monitors or ghosts hang on. */
class ForgetsEvents extends SafeSteps {
  protected override isSeen(): boolean {
    return false;
  }
}
/** Takes steps for safe that an invariant sees. */
class ForgetsInvariants extends SafeSteps {
  protected override isVisible(): boolean {
    return false;
  }
}
/** Takes any step for safe where nothing is held. */
class ForgetsPossessions extends SafeSteps {
  protected override isSafe(...[thread, operation, phase, has]: Parameters<SafeSteps['isSafe']>): boolean {
    const holdsAll: Possessions = { mutexes: [0, 1, 2], pins: 1, gates: [] };
    return operation.kind !== 'unlock' && super.isSafe(thread, operation, phase, has && { ...holdsAll, ...(has.pins > 0 && has) });
  }
}

for (const [name, Broken] of Object.entries({
  gates: ForgetsGates,
  'that a thread holds nothing': ForgetsPossessions,
}))
  test(`the comparison notices a reduction that forgets ${name}`, (t) => {
    const differs = fc.check(
      fc.property(generatedSystem, (system) => difference(system, { SafeSteps: Broken }) === undefined),
      { numRuns: 2_000, seed: 5, endOnFailure: true },
    );
    t.true(differs.failed);
    t.log(`after ${differs.numRuns} protocols`);
  });

test('beside a step property that a step without a change can break, nothing is reduced', (t) => {
  const [x, own] = [int('x', { to: 2 }), int('own', { to: 1 })];
  const threads = [
    thread(
      'A',
      routine('A', function* () {
        yield* store(own, 1);
        yield* store(x, 1);
      })(),
    ),
  ];
  const reduction = (property: StepProperty): string => {
    const guarantees = withBuiltIn([guarantee('g', { says: '', source: '' }, property)], false);
    const search = new BreadthFirst(new System([x, own], undefined, scenario({ threads }), guarantees), { reduces: true });
    while (!search.advance(100));
    return search.reduction;
  };
  t.is(reduction(stepProperty([x], ([before], [after]) => after >= before)), 'safe-steps');
  t.is(reduction(stepProperty([x], ([before], [after]) => after > before || after !== 2)), 'none');
  t.is(
    reduction(
      stepProperty([x], ([before], [after]) => {
        if (before === 2) throw new Error('nobody has it');
        return after >= before;
      }),
    ),
    'none',
  );
});

const m = mutex('m');
const other = mutex('other');
const passing = int('passing', { to: 1 });
const late = int('late', { to: 1 });
const passes = routine('passes', function* () {
  yield* lock(m);
  yield* store(passing, 1);
  yield* store(passing, 0);
  yield* unlock(m);
});
/** Before anything happens here, A has had the time to take all of its steps once: none of these may be taken alone. */
const waits = routine('waits', function* () {
  for (let step = 0; step < 6; step++) {
    yield* lock(other);
    yield* unlock(other);
  }
});
const comesLate = routine('comesLate', function* () {
  yield* waits();
  yield* store(late, 1);
});
const triesLate = routine('triesLate', function* () {
  yield* waits();
  const got = yield* tryLock(m);
  if (got) yield* unlock(m);
  yield* ensure(got, 'somebody else has it');
});
const looksLate = routine('looksLate', function* () {
  yield* waits();
  yield* lock(other);
  const seen = yield* load(passing);
  yield* ensure(seen === 0, 'A is passing');
  yield* unlock(other);
});
const together =
  (second: Routine<[], void>, ...guarantees: readonly Guarantee[]) =>
  (): System =>
    new System(
      [m, other, passing, late],
      undefined,
      scenario({ threads: [thread('A', passes()), thread('B', second())] }),
      withBuiltIn(guarantees, false),
      { automata: 'minimised' },
    );
const documented = { says: 'A does not pass after B came', source: 'a test' };
const became = (handle: typeof late): ReturnType<typeof changes> => changes(handle, { when: ({ to }) => to === 1 });

// Generated protocols hardly ever do these: each is a case of its own, in which A's steps are known before they matter.
for (const [name, Broken, system] of [
  ['tries for a mutex', ForgetsTries, together(triesLate)],
  ['locksets', ForgetsLocksets, together(looksLate)],
  ['which mutex protects a variable', ForgetsWhichMutex, together(looksLate)],
  ['events', ForgetsEvents, together(comesLate, guarantee('not-after', documented, never(became(passing)).after(became(late))))],
  [
    'invariants',
    ForgetsInvariants,
    together(
      comesLate,
      guarantee(
        'not-both',
        documented,
        invariant([passing, late], (one, two) => one + two < 2),
      ),
    ),
  ],
  [
    'step properties',
    ForgetsInvariants,
    together(
      comesLate,
      guarantee(
        'passed-before',
        documented,
        stepProperty([passing, late], ([before, came], [after]) => !(came === 1 && before === 1 && after === 0)),
      ),
    ),
  ],
] as const)
  test(`what a full search breaks is missed by a reduction that forgets ${name}, and by no other`, (t) => {
    t.is(difference(system, {}), undefined);
    t.regex(told(system())?.verdicts ?? '', /violated/);
    t.notRegex(told(system(), { reduces: true, SafeSteps: Broken })?.verdicts ?? '', /violated/);
  });

/** Takes steps for safe that end the run. */
class ForgetsFaults extends SafeSteps {
  protected override endsRun(): boolean {
    return false;
  }
}

test('what others could have broken before a fault ends the run is missed by a reduction that forgets faults, and by no other', (t) => {
  const throwing = routine('throwing', function* () {
    yield* lock(m);
    yield* store(passing, 1);
    // The unlock commutes with all that B does, but B does nothing after the fault.
    yield* unlock(m);
    throw new Error('A gives up');
  });
  const follows = routine('follows', function* () {
    yield* waitUntil([passing], (value) => value === 1);
    yield* store(late, 1);
  });
  const neverLate = guarantee(
    'never-late',
    documented,
    invariant([late], (value) => value === 0),
  );
  const kindOf = (options: ExhaustiveOptions): string => {
    const system = new System(
      [m, passing, late],
      undefined,
      scenario({ threads: [thread('A', throwing()), thread('B', follows())] }),
      withBuiltIn([neverLate], false),
    );
    const search = new Exhaustive(system, options);
    while (!search.advance(100));
    return search.result().verdicts[0]!.kind;
  };
  t.is(kindOf({}), 'violated');
  t.is(kindOf({ reduces: true }), 'violated');
  t.is(kindOf({ reduces: true, SafeSteps: ForgetsFaults }), 'holds');
});

const guards = [0, 1, 2, 3].map((me) => mutex(`guard ${me}`));
const counts = [0, 1, 2, 3].map((me) => int(`count ${me}`, { to: 50 }));
/** Steps that are safe behind a lock of its own, and one at the end that others see. */
const counting = routine('counting', function* (me: number) {
  for (let round = 0; round < 5; round++) {
    yield* lock(guards[me]!);
    for (let k = 0; k < 3; k++) yield* store(counts[me]!, round * 3 + k);
    yield* unlock(guards[me]!);
  }
  yield* emit(`end ${me}`);
});
const idle = routine('idle', function* () {
  yield* acquirem();
  yield* releasem();
});

test('where looking once more for a shortest run is cut short, the run of a reduced search is not said to be shortest', (t) => {
  const order = guarantee('order', { says: '', source: '' }, never(emits('end 0')).after(emits('end 1')));
  const verdictOf = (maxBytes: number) => {
    const threads = [...guards.map((_, me) => thread(`T${me}`, counting(me))), thread('idle', idle())];
    const system = new System([...guards, ...counts], undefined, scenario({ threads }), [order], { automata: 'minimised' });
    const search = new BreadthFirst(system, { reduces: true, maxBytes });
    while (!search.advance(5_000));
    const [verdict] = search.result().verdicts;
    return verdict!.kind === 'violated' ? { minimal: verdict!.minimal, steps: verdict!.violation.schedule.choices.length } : verdict;
  };
  const shortest = verdictOf(1e9);
  t.like(shortest, { minimal: true });
  t.notDeepEqual(verdictOf(4 * 2 ** 20), shortest);
  t.like(verdictOf(4 * 2 ** 20), { minimal: false });
});
