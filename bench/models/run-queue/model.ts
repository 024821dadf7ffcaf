/**
 * A processor's local run queue and its thieves (src/runtime/proc.go: runqput, runqget, runqgrab): a ring of `slots`
 * between head, which consumers move by compare-and-swap, and tail, which only the owner moves. The owner puts `tasks` in all
 * and runs what it gets; thieves take half at a time. Each task must run once. Overflow into the global queue is left out:
 * the owner does not put into a full ring. The same steps as run-queue.pml and RunQueue.tla beside it.
 */
import {
  again,
  array,
  become,
  bool,
  choose,
  compareAndSwap,
  done,
  ensure,
  int,
  load,
  loop,
  protocol,
  routine,
  scenario,
  scope,
  store,
  swap,
  thread,
  variant,
} from 'heddle';

export function runQueue(thieves: number, tasks: number, slots = 4) {
  const head = int('head', { to: tasks });
  const tail = int('tail', { to: tasks });
  const ring = array('runq', slots, (name) => int(name, { to: tasks }));
  const ran = array('ran', tasks + 1, (name) => bool(name));

  const run = routine('run', function* (task: number) {
    const before = yield* swap(ran.at(task), true);
    yield* ensure(!before, 'a task ran twice');
  });
  const hasRoom = routine('hasRoom', function* (own: number) {
    const first = yield* load(head);
    return own - first < slots;
  });
  /** runqput, by the owner, which knows the tail; evaluates to the new one. */
  const put = routine('runqput', function* (own: number) {
    const room = yield* hasRoom(own);
    if (!room) return own;
    yield* store(ring.at(own % slots), own + 1);
    yield* store(tail, own + 1);
    return own + 1;
  });
  /** runqget, by the owner; 0 if there is nothing. */
  const tryGet = routine('tryGet', function* (own: number) {
    const first = yield* load(head);
    if (first === own) return done(0);
    const task = yield* load(ring.at(first % slots));
    const got = yield* compareAndSwap(head, first, first + 1);
    return got ? done(task) : again(own);
  });
  const get = routine('runqget', function* (own: number) {
    return yield* loop(tryGet, own);
  });
  /** Runs what was got and goes on; ends when nothing is left to put or to get. */
  const execute = routine('execute', function* (task: number, own: number) {
    if (task === 0) return own === tasks ? done() : again(own);
    yield* run(task);
    return again(own);
  });
  const getAndExecute = routine('getAndExecute', function* (own: number) {
    const task = yield* get(own);
    return yield* become(execute, task, own);
  });
  const turn = routine('turn', function* (own: number) {
    if (own < tasks) {
      const next = yield* choose('put', 'get');
      if (next === 'put') return again(yield* put(own));
    }
    return yield* become(getAndExecute, own);
  });
  const owner = routine('owner', function* () {
    yield* loop(turn, 0);
  });

  /** Half of what is there, rounded up. */
  const half = routine('half', function* (first: number) {
    const last = yield* load(tail);
    const count = last - first;
    return count - Math.floor(count / 2);
  });
  /** runqgrab: copies first, then moves the head; what the copies were is void if that fails. */
  const tryGrab = routine('tryGrab', function* () {
    const first = yield* load(head);
    const count = yield* half(first);
    if (count === 0) return done([]);
    // The head moved between the two loads.
    if (count > slots / 2) return again(undefined);
    const batch: number[] = [];
    for (let k = 0; k < count; k++) batch.push(yield* load(ring.at((first + k) % slots)));
    const got = yield* compareAndSwap(head, first, first + count);
    return got ? done(batch) : again(undefined);
  });
  /** Runs what is left of a batch, one task a turn, and then steals another. */
  const steal = routine('steal', function* (batch: readonly number[]) {
    if (batch.length === 0) return again<readonly number[]>(yield* loop(tryGrab, undefined));
    yield* run(batch[0]!);
    return again(batch.slice(1));
  });
  const thief = routine('thief', function* () {
    yield* loop(steal, []);
  });

  return protocol(`run-queue-${thieves}x${tasks}`, {
    about: `an owner with ${tasks} tasks and ${thieves} thieves`,
    source: 'golang/go 1.25, src/runtime/proc.go',
    shared: [head, tail, ring, ran],
    scopes: [
      scope('gate', `${thieves} thieves, ${tasks} tasks, ${slots} slots`, () =>
        scenario({
          threads: [
            thread('owner', owner()),
            ...Array.from({ length: thieves }, (_, index) => thread(`thief ${index + 1}`, thief(), { daemon: true })),
          ],
        }),
      ),
    ],
    variants: [variant('compare-and-swap', { about: 'as in the source', routines: {} })],
  });
}
