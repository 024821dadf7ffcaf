/** What the tests of generated scenarios run: threads that add to a counter without a lock or look at it, beside noise. */
import * as fc from 'fast-check';
import { bool, int } from '../model/handle.ts';
import { emit, load, self, store } from '../model/operations.ts';
import { environment, protocol, scenario, scope, thread, variant } from '../model/protocol.ts';
import { again, done, loop, routine } from '../model/routine.ts';
import { scenarios } from '../model/scenarios.ts';
import { emits } from '../property/event.ts';
import { guarantee, monitor, on, violated } from '../property/property.ts';

export type Call = 'look' | 'increment';
export interface Described {
  readonly callers: readonly (readonly Call[])[];
  readonly noise: number;
}

const counter = int('counter', { to: 12 });
const noisy = bool('noisy');

const toggle = routine('toggle', function* (left: number) {
  if (left === 0) return done();
  yield* store(noisy, left % 2 === 0);
  return again(left - 1);
});
const noise = routine('noise', function* (times: number) {
  yield* loop(toggle, times);
});
const calls = routine('calls', function* (left: readonly Call[]) {
  const [first, ...rest] = left;
  if (first === undefined) return done();
  const read = yield* load(counter);
  if (first === 'look') return again(rest);
  yield* store(counter, read + 1);
  yield* emit('added', read + 1);
  return again(rest);
});
const caller = routine('caller', function* (list: readonly Call[]) {
  yield* loop(calls, list);
});
/** The same, but its calls depend on which thread it is: odd ones only look. */
const peculiar = routine('peculiar', function* (list: readonly Call[]) {
  const me = yield* self();
  yield* loop(calls, me % 2 === 1 ? list.map(() => 'look' as const) : list);
});

/** One or more; an array with a least length is shrunk by fast-check from its front only. */
function upTo<T>(maxLength: number, element: fc.Arbitrary<T>): fc.Arbitrary<readonly T[]> {
  return fc.array(element, { maxLength, size: 'max' }).filter(({ length }) => length > 0);
}
const call = fc.boolean().map(
  (adds): Call => (adds ? 'increment' : 'look'),
  (given) => given === 'increment',
);

interface Routines {
  readonly caller: typeof caller;
}

function build({ caller }: Routines) {
  return ({ callers, noise: times }: Described) =>
    scenario({
      threads: [...callers.map((calls, index) => thread(`T${index + 1}`, caller(calls))), environment('noise', noise(times))],
    });
}

export const increments = protocol('increments', {
  about: 'counters without a lock',
  source: 'made up',
  shared: [counter, noisy],
  variants: [
    variant<Routines>('unlocked', { about: 'load, then store', routines: { caller } }),
    variant<Routines>('peculiar', { about: 'odd threads only look', routines: { caller: peculiar } }),
  ],
  scopes: [scope('gate', 'two increments', (routines: Routines) => build(routines)({ callers: [['increment'], ['increment']], noise: 0 }))],
  scenarios: scenarios('one to four threads with one to three calls', {
    arbitrary: fc.record({ callers: upTo(4, upTo(3, call)), noise: fc.nat(3) }),
    build,
  }),
});

/** Each addition makes the counter a number of its own. */
export const keepsCount = guarantee(
  'keeps-count',
  { says: 'the counter counts the additions', source: 'made up' },
  monitor<readonly number[]>({
    initial: [],
    reactions: [
      on(emits('added'), (made: readonly number[], { data }) =>
        made.includes(Number(data)) ? violated('an addition is lost') : [...made, Number(data)].sort(),
      ),
    ],
  }),
);
