/**
 * A Treiber stack whose head carries the push count of the node on top, so that a node that was popped and pushed again is
 * told from one that stayed (Treiber 1986; src/runtime/lfstack.go: push, pop). Each thread owns a node at first, pushes the
 * one that it owns and pops another, several times over. The same steps as treiber.pml and Treiber.tla beside it.
 */
import {
  again,
  array,
  become,
  bool,
  compareAndSwap,
  done,
  ensure,
  fetchAdd,
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

export function treiber(threads: number, rounds: number) {
  /** One more than a node's highest push count: head = node × radix + count, 0 for an empty stack. */
  const radix = threads * rounds + 1;
  const word = (name: string) => int(name, { to: (threads + 1) * radix - 1 });
  const head = word('head');
  const next = array('next', threads + 1, word);
  const pushcnt = array('pushcnt', threads + 1, (name) => int(name, { to: radix - 1 }));
  /** Whether somebody owns the node: two owners are what the count is there to exclude. */
  const owned = array('owned', threads + 1, (name, node) => bool(name, node > 0));

  const tryPush = routine('tryPush', function* (word: number) {
    const old = yield* load(head);
    yield* store(next.at(Math.floor(word / radix)), old);
    const pushed = yield* compareAndSwap(head, old, word);
    return pushed ? done() : again(word);
  });
  const push = routine('push', function* (node: number) {
    yield* store(owned.at(node), false);
    const count = yield* fetchAdd(pushcnt.at(node), 1);
    yield* loop(tryPush, node * radix + count + 1);
  });
  const tryPop = routine('tryPop', function* () {
    const old = yield* load(head);
    if (old === 0) return again(undefined);
    const node = Math.floor(old / radix);
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
  const work = routine('work', function* (node: number) {
    yield* loop(round, { node, left: rounds });
  });

  return protocol(`treiber-${threads}x${rounds}`, {
    about: `${threads} threads that push and pop ${rounds} times each`,
    source: 'golang/go 1.25, src/runtime/lfstack.go',
    shared: [head, next, pushcnt, owned],
    scopes: [
      scope('gate', `${threads} threads, ${rounds} rounds`, () =>
        scenario({ threads: Array.from({ length: threads }, (_, index) => thread(`T${index + 1}`, work(index + 1))) }),
      ),
    ],
    variants: [variant('counted', { about: 'as in the source', routines: {} })],
  });
}
