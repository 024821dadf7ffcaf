/**
 * Peterson's mutual exclusion for n threads, the filter lock (Peterson 1981), as in the BEEM suite: a thread climbs n − 1
 * levels, and at each waits for the others one after the other. The same steps as peterson.pml and Peterson.tla beside it.
 */
import { array, ensure, fetchAdd, forever, int, protocol, routine, scenario, scope, store, thread, variant, waitUntil } from 'heddle';

export function peterson(threads: number) {
  const level = array('level', threads, (name) => int(name, { to: threads - 1 }));
  /** The last thread that came to each level. */
  const last = array('last', threads - 1, (name) => int(name, { to: threads - 1 }));
  /** How many are in the critical section. */
  const inside = int('inside', { to: threads });

  const lock = routine('lock', function* (me: number) {
    for (let at = 1; at < threads; at++) {
      yield* store(level.at(me), at);
      yield* store(last.at(at - 1), me);
      for (let ahead = 1; ahead < threads; ahead++)
        yield* waitUntil([level.at((me + ahead) % threads), last.at(at - 1)], (theirs, who) => theirs < at || who !== me);
    }
  });
  const contend = routine('contend', function* (me: number) {
    yield* lock(me);
    const others = yield* fetchAdd(inside, 1);
    yield* ensure(others === 0, 'two threads are in the critical section');
    yield* fetchAdd(inside, -1);
    yield* store(level.at(me), 0);
  });

  return protocol(`peterson-${threads}`, {
    about: `the filter lock with ${threads} threads`,
    source: 'G. L. Peterson, Myths about the mutual exclusion problem, 1981',
    shared: [level, last, inside],
    scopes: [
      scope('gate', `${threads} threads that contend for ever`, () =>
        scenario({ threads: Array.from({ length: threads }, (_, me) => thread(`T${me}`, forever(contend, me))) }),
      ),
    ],
    variants: [variant('filter', { about: 'as published', routines: {} })],
  });
}
