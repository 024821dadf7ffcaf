/**
 * What the tests of schedules run: two threads that add one without a lock, beside a daemon, the environment, and
 * decisions that do not matter. The shortest lost update takes 6 steps of the two threads and one preemption.
 */
import { bool, int } from '../model/handle.ts';
import { atomically, choose, emit, load, store } from '../model/operations.ts';
import { environment, given, protocol, scenario, scope, thread, variant } from '../model/protocol.ts';
import { forever, routine } from '../model/routine.ts';
import { emits, writes } from '../property/event.ts';
import { guarantee, monitor, on, violated } from '../property/property.ts';

const counter = int('counter', { from: 0, to: 2 });
const noise = bool('noise');

const increment = routine('increment', function* () {
  const read = yield* load(counter);
  yield* store(counter, read + 1);
  yield* emit('added');
});
const tick = routine('tick', function* () {
  yield* choose('short', 'long');
  yield* store(noise, true);
  yield* store(noise, false);
});
const outside = routine('outside', function* () {
  yield* atomically([noise], (now) => ({ to: [!now] }));
});

export const lostUpdate = protocol('lost-update', {
  about: 'a counter without a lock',
  source: 'made up',
  shared: [counter, noise],
  variants: [variant('unlocked', { about: 'load, then store', routines: {} })],
  scopes: [
    scope('noisy', 'with a daemon and the environment', () =>
      scenario({
        initial: [given(noise, true, false)],
        threads: [thread('daemon', forever(tick)), thread('A', increment()), environment('outside', outside()), thread('B', increment())],
      }),
    ),
    scope('quiet', 'the two threads alone', () => scenario({ threads: [thread('A', increment()), thread('B', increment())] })),
  ],
});

interface Count {
  readonly value: number;
  readonly added: number;
}

export const keepsCount = guarantee(
  'keeps-count',
  { says: 'the counter counts the additions', source: 'made up' },
  monitor<Count>({
    initial: { value: 0, added: 0 },
    reactions: [
      on(writes(counter), (state: Count, { to }): Count => ({ ...state, value: Number(to) })),
      on(emits('added'), ({ value, added }: Count) => {
        if (added === 1 && value < 2) return violated('an addition is lost');
        return { value, added: added + 1 };
      }),
    ],
  }),
);
