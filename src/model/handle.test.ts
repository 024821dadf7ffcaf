import test from 'ava';
import { HeddleError } from './error.ts';
import { bool, handlesOf, int, option, record, semaphore, tagged, threadId } from './handle.ts';
import { ofThread, perThread } from './per-thread.ts';

const word = tagged('word', option(threadId('', 3)), { to: 4 });

const swapped = (thread: number): number => [2, 1, 0][thread]!;

test('a tagged word has a code for each value with each tag, and is the same object for each code', (t) => {
  const { domain, initial } = word;
  t.is(domain.size, 4 * 5);
  t.deepEqual(initial, { value: undefined, tag: 0 });
  for (let code = 0; code < domain.size; code++) {
    t.is(domain.encode(domain.decode(code)), code);
    t.is(domain.encode({ ...domain.decode(code) }), code);
    t.is(domain.decode(code), domain.decode(code));
    t.true(Object.isFrozen(domain.decode(code)));
  }
  for (const outside of [undefined, null, 3, {}, { value: 3, tag: 0 }, { value: 0 }, { value: 0, tag: 5 }, { value: 0, tag: 0.5 }])
    t.is(domain.encode(outside), -1);
});

test('a tagged word is renamed by what it tags', (t) => {
  const { domain } = word;
  const renamed = (value: number | undefined): unknown => domain.decode(domain.rename!(domain.encode({ value, tag: 3 }), swapped));
  t.deepEqual(
    [renamed(undefined), renamed(0), renamed(1), renamed(2)],
    [undefined, 2, 1, 0].map((value) => ({ value, tag: 3 })),
  );
  t.is(
    domain.rename!(domain.encode({ value: 0, tag: 0 }), () => 7),
    -1,
  );
  t.is(tagged('plain', int({ to: 2 }), { to: 1 }).domain.rename, undefined);
});

test('a handle of a thread becomes the one in the same place of another', (t) => {
  const ms = perThread('m', 3, (name) => record(name, { spinning: bool(), park: semaphore('', { initial: 0 }) }));
  const global = bool('global');
  t.is(ofThread(global, swapped), global);
  t.deepEqual(
    handlesOf([ms]).map((handle) => ofThread(handle, swapped)?.name),
    ['m[2].spinning', 'm[2].park', 'm[1].spinning', 'm[1].park', 'm[0].spinning', 'm[0].park'],
  );
  t.is(
    ofThread(ms.at(0).park, () => 3),
    undefined,
  );
});

test('a perThread array in another, and a tag without a bound, are errors of the declaration', (t) => {
  const nested = t.throws(() => perThread('outer', 2, (name) => perThread(name, 2, (inner) => bool(inner))), { instanceOf: HeddleError });
  t.regex(nested.message, /^bad-declaration: outer\[0\]\[0\] is already some thread's own/);
  for (const to of [-1, 0.5, Number.NaN])
    t.throws(() => tagged('head', bool(), { to }), { instanceOf: HeddleError, message: /^bad-declaration: tagged head needs/ });
});
