/**
 * A Treiber stack whose head carries the push count of the node on top, so that a node that was popped and pushed again is
 * told from one that stayed (Treiber 1986; src/runtime/lfstack.go: push, pop). Each thread owns a node at first, pushes the
 * one that it owns and pops another, several times over. The same steps as treiber.pml and Treiber.tla beside it.
 */
import {
  again,
  become,
  bool,
  compareAndSwap,
  done,
  ensure,
  fetchAdd,
  int,
  load,
  loop,
  option,
  perThread,
  protocol,
  routine,
  scenario,
  scope,
  self,
  store,
  swap,
  tagged,
  thread,
  threadId,
  variant,
  type Tagged,
} from 'heddle';

export function treiber(threads: number, rounds: number) {
  const most = threads * rounds;
  /** What the head and `next` hold: a node, known by the thread that owns it at first, and the count that it was pushed with. */
  const word = (name: string) => tagged(name, option(threadId('', threads)), { to: most });
  const head = word('head');
  const next = perThread('next', threads, word);
  const pushcnt = perThread('pushcnt', threads, (name) => int(name, { to: most }));
  /** Whether somebody owns the node: two owners are what the count is there to exclude. */
  const owned = perThread('owned', threads, (name) => bool(name, true));

  const tryPush = routine('tryPush', function* (own: Tagged<number>) {
    const old = yield* load(head);
    yield* store(next.at(own.value), old);
    const pushed = yield* compareAndSwap(head, old, own);
    return pushed ? done() : again(own);
  });
  const push = routine('push', function* (node: number) {
    yield* store(owned.at(node), false);
    const count = yield* fetchAdd(pushcnt.at(node), 1);
    yield* loop(tryPush, { value: node, tag: count + 1 });
  });
  const tryPop = routine('tryPop', function* () {
    const old = yield* load(head);
    const node = old.value;
    if (node === undefined) return again(undefined);
    const below = yield* load(next.at(node));
    const popped = yield* compareAndSwap(head, old, below);
    return popped ? done(node) : again(undefined);
  });
  const pop = routine('pop', function* () {
    return yield* loop(tryPop, undefined);
  });
  const claim = routine('claim', function* (node: number, left: number) {
    const taken = yield* swap(owned.at(node), true);
    yield* ensure(!taken, 'a node has two owners');
    return left === 1 ? done() : again({ node, left: left - 1 });
  });
  const popAndClaim = routine('popAndClaim', function* (left: number) {
    const node = yield* pop();
    return yield* become(claim, node, left);
  });
  const round = routine('round', function* ({ node, left }: { readonly node: number; readonly left: number }) {
    yield* push(node);
    return yield* become(popAndClaim, left);
  });
  const work = routine('work', function* () {
    yield* loop(round, { node: yield* self(), left: rounds });
  });

  return protocol(`treiber-${threads}x${rounds}`, {
    about: `${threads} threads that push and pop ${rounds} times each`,
    source: 'golang/go 1.25, src/runtime/lfstack.go',
    shared: [head, next, pushcnt, owned],
    scopes: [
      scope('gate', `${threads} threads, ${rounds} rounds`, () =>
        scenario({ threads: Array.from({ length: threads }, (_, index) => thread(`T${index + 1}`, work())) }),
      ),
    ],
    variants: [variant('counted', { about: 'as in the source', routines: {} })],
  });
}
