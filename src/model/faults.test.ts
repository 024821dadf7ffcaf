/** Every mistake in a model that DESIGN 1 names is an error with a code, the author's own line, and a cure. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { bool, ghost, int, mutex } from './handle.ts';
import type { Step } from './operation.ts';
import { atomically, load, store, unlock, update, waitUntil } from './operations.ts';
import { protocol, scenario, scope, thread, variant } from './protocol.ts';
import { again, done, loop, routine, type Routine } from './routine.ts';
import { withBuiltIn } from '../property/property.ts';
import { Exhaustive } from '../explore/exhaustive.ts';
import { System } from '../kernel/system.ts';
import type { ErrorCode } from './error-catalogue.ts';
import { HeddleError } from './error.ts';
import type { Handle } from './handle.ts';
import { locate } from './site.ts';

const x = int('x', { to: 1 });
const elsewhere = int('elsewhere', { to: 1 });
const hidden = ghost('hidden', bool());
const held = mutex('held');
/** A single value, so that the two askings of a guard's only row come one after the other. */
const one = int('one', { from: 1, to: 1 });

/** Explores one thread that runs the step. */
function run(root: Step<unknown>, handles: readonly Handle[] = [x as Handle, hidden as unknown as Handle, held]): Exhaustive {
  const search = new Exhaustive(new System(handles, undefined, scenario({ threads: [thread('A', root)] }), withBuiltIn([], false)));
  while (!search.advance(1000));
  return search;
}

const source = resolve(locate(x.site).file);
const lines = readFileSync(source, 'utf8').split('\n');

/** Asserts the error's code, that it points at the line of this file that ends in `// <- marker` (or is right above it), and that it says what to do. */
function errs(t: ExecutionContext, code: ErrorCode, marker: string, faulty: () => unknown): void {
  const error = t.throws(faulty, { instanceOf: HeddleError });
  const marked = lines.findIndex((text) => text.endsWith(`// <- ${marker}`));
  t.true(marked > 0, `no line is marked ${marker}`);
  const line = lines[marked]!.trim().startsWith('//') ? marked : marked + 1;
  t.is(error.code, code, error.message);
  t.regex(error.where ?? '', new RegExp(`src/model/faults\\.test\\.ts:${line}$`));
  t.true(error.cure.length > 10);
  t.true(error.message.startsWith(`${code}: `));
}

test('a body that assigns a variable of the module is told at its declaration', (t) => {
  let sum = 0;
  errs(t, 'captured-local', 'captures', () =>
    routine('captures', function* () {
      // <- captures
      sum += yield* load(x);
    }),
  );
  t.is(sum, 0);
});

test('the body of a loop that adds to a variable around it is told too', (t) => {
  let sum = 0;
  errs(t, 'captured-local', 'adds', () =>
    routine('adds', function* (round: number) {
      // <- adds
      sum += yield* load(x);
      return round === 1 ? done() : again(round + 1);
    }),
  );
  t.is(sum, 0);
});

test('a loop whose body is declared inside another body, to reach its locals, is told', (t) => {
  const outer = routine('outer', function* () {
    let sum = 0;
    const inner = routine('inner', function* (round: number) {
      // <- inside
      sum += yield* load(x);
      return round === 1 ? done() : again(round + 1);
    });
    yield* loop(inner, 0);
    yield* store(x, sum);
  });
  errs(t, 'routine-inside-routine', 'inside', () => run(outer()));
});

test('a store outside the domain is told, also as the first operation of a thread', (t) => {
  const first = routine('first', function* () {
    yield* store(x, 2); // <- first store
  });
  const later = routine('later', function* () {
    const value = yield* load(x);
    yield* store(x, value + 2); // <- later store
  });
  errs(t, 'value-outside-domain', 'first store', () => run(first()));
  errs(t, 'value-outside-domain', 'later store', () => run(later()));
});

test('a compound step outside the domain is told when it is reached', (t) => {
  const overflows = routine('overflows', function* () {
    yield* atomically([x], (value) => ({ to: [value + 2] })); // <- compound
  });
  errs(t, 'value-outside-domain', 'compound', () => run(overflows()));
});

test('an out-of-domain store that no run reaches is no error', (t) => {
  const careful = routine('careful', function* () {
    const value = yield* load(x);
    if (value === 1) yield* store(x, 2);
  });
  t.true(
    run(careful())
      .result()
      .verdicts.every(({ kind }) => kind === 'holds'),
  );
});

test('an operation that is made and not yielded is told', (t) => {
  const forgetful = routine('forgetful', function* () {
    store(x, 1); // <- forgotten
    yield* load(x);
  });
  errs(t, 'operation-not-yielded', 'forgotten', () => run(forgetful()));
});

test('an operation inside a guard is told', (t) => {
  const peeks = routine('peeks', function* () {
    yield* waitUntil([x], (value) => load(elsewhere) !== undefined && value === 0); // <- peeks
  });
  errs(t, 'operation-in-guard', 'peeks', () => run(peeks()));
});

/** Answers 0, 1, 0, 1, …: what a body must not depend on. */
const clock = {
  time: 0,
  next(): number {
    return this.time++ % 2;
  },
};

test('a guard that gives two answers for the same values is told', (t) => {
  const fickle = routine('fickle', function* () {
    yield* waitUntil([one], (value) => value + clock.next() === 1); // <- fickle guard
  });
  errs(t, 'guard-differs-on-replay', 'fickle guard', () => run(fickle(), [one as Handle]));
});

test('a body that answers differently on replay is told', (t) => {
  const restless = routine('restless', function* () {
    // <- restless
    yield* store(x, clock.next());
  });
  errs(t, 'differs-on-replay', 'restless', () => run(restless()));
});

test('a local history that grows for ever is told', (t) => {
  const endless = routine('endless', function* () {
    // <- endless
    for (;;) yield* store(x, 0);
  });
  errs(t, 'endless-local-history', 'endless', () => run(endless()));
});

test('a loop that takes no step is told', (t) => {
  const silent: Routine = routine('silent', function* () {
    // <- silent
    yield* [];
    return again(0);
  });
  errs(t, 'loop-without-step', 'silent', () => run(loop(silent, 0)));
});

test('what is not plain data does not cross the border of a routine', (t) => {
  const takes = routine('takes', function* (_given: unknown) {
    yield* load(x);
  });
  errs(t, 'not-plain-data', 'map', () => takes(new Map())); // <- map
});

test('a ghost is not loaded, stored, or named by a guard', (t) => {
  errs(t, 'ghost-decides', 'loads', () => load(hidden as never)); // <- loads
  errs(t, 'ghost-decides', 'stores', () => store(hidden as never, true as never)); // <- stores
  errs(t, 'ghost-decides', 'guards', () => waitUntil([hidden as never], () => true)); // <- guards
});

test('a ghost that leaves its domain is told', (t) => {
  const counts = routine('counts', function* () {
    yield* store(x, 1, { ghost: update(hidden, () => 7 as never) }); // <- ghost
  });
  errs(t, 'value-outside-domain', 'ghost', () => run(counts()));
});

const lost = int('lost', { to: 1 }); // <- lost
test('a handle that the protocol does not declare is told where it was made', (t) => {
  const strays = routine('strays', function* () {
    yield* load(lost);
  });
  errs(t, 'handle-not-declared', 'lost', () => run(strays()));
});

test('a name that is used twice is told', (t) => {
  const idle = routine('idle', function* () {
    yield* load(x);
  });
  errs(t, 'duplicate-name', 'threads', () => scenario({ threads: [thread('A', idle()), thread('A', idle())] })); // <- threads
  const parts = {
    about: '',
    source: '',
    variants: [variant('v', { about: '', routines: {} })],
    scopes: [scope('s', '', () => scenario({ threads: [thread('A', idle())] }))],
  };
  errs(t, 'duplicate-name', 'handles', () => protocol('p', { ...parts, shared: [x, int('x', { to: 2 })] })); // <- handles
});

test('an unlock by a thread that does not hold the mutex breaks lock discipline on that step', (t) => {
  const giver = routine('giver', function* () {
    yield* unlock(held);
  });
  const search = run(giver());
  const index = search.system.guarantees.findIndex(({ name }) => name === 'lock-discipline');
  t.like(search.result().verdicts[index], {
    kind: 'violated',
    violation: { says: 'unlocks held, which nobody holds', schedule: { initial: 0, choices: [{ thread: 0, pick: 0 }] } },
  });
});
