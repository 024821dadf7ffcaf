import test from 'ava';
import { exploreLockOrder, type LockOrder } from '../check/explore-lock-order.ts';
import { mutex, type Mutex } from '../model/handle.ts';
import { lock, unlock } from '../model/operations.ts';
import { protocol, scenario, scope, thread, variant, type LockRanks } from '../model/protocol.ts';
import { routine } from '../model/routine.ts';
import { colours } from './colours.ts';
import { lockOrderDot } from './lock-order-dot.ts';
import { jsonLockOrder } from './lock-order-json.ts';
import { renderLockOrder } from './lock-order.ts';

const ranks: LockRanks = { a: [], b: ['a'], c: ['a', 'b'] };
const [first, second] = [mutex('first', { rank: 'a' }), mutex('second', { rank: 'b' })];
const [third, other] = [mutex('third', { rank: 'c' }), mutex('other', { rank: 'a' })];
const [leaf, alone] = [mutex('leaf'), mutex('alone')];

const nest = routine('nest', function* (order: readonly Mutex[]) {
  for (const each of order) yield* lock(each);
  for (const each of [...order].reverse()) yield* unlock(each);
});

async function orderOf(table: LockRanks | undefined, ...orders: readonly (readonly Mutex[])[]): Promise<LockOrder> {
  const nesting = protocol('nesting', {
    about: 'nested locks',
    source: 'a test',
    shared: [first, second, third, other, leaf, alone],
    ...(table === undefined ? {} : { ranks: table }),
    scopes: [
      scope('gate', 'one thread a nesting', () => scenario({ threads: orders.map((order, index) => thread(`T${index}`, nest(order))) })),
    ],
    variants: [variant('only', { about: 'the only one', routines: {} })],
  });
  const order = await exploreLockOrder(nesting, nesting.variants[0]!, { scope: 'gate', ranks: nesting.ranks });
  return { ...order, exploration: { ...order.exploration, milliseconds: 0 } };
}

const render = (order: LockOrder, ranksFrom?: string): string => renderLockOrder(order, { colours: colours(false), width: 80, ranksFrom });
const orderly = () => orderOf(ranks, [first, second], [second, third, leaf]);
const faulty = () => orderOf(ranks, [second, first, other], [leaf, second]);

test('a protocol that keeps its ranks: what it takes, what it does not use, and what follows', async (t) => {
  t.snapshot(render(await orderly()));
});

test('a protocol that does not: forbidden edges with their reasons, and mutexes that are no leaves', async (t) => {
  t.snapshot(render(await faulty(), 'ranks.txt'));
});

test('a protocol without ranks: its edges, and a cycle', async (t) => {
  t.snapshot(render(await orderOf(undefined, [first, second], [second, first])));
});

test('an exploration that was cut does not say what is never taken', async (t) => {
  const order = await orderly();
  t.snapshot(render({ ...order, complete: false }));
});

test('the drawing has taken edges solid, forbidden ones red with their reasons, and unused ones dashed', async (t) => {
  t.snapshot(lockOrderDot(await orderly()), 'orderly');
  t.snapshot(lockOrderDot(await faulty()), 'faulty');
});

test('the document lists mutexes, edges with what is wrong with them, and unused entries', async (t) => {
  t.snapshot(jsonLockOrder(await faulty(), { version: '0.0.0', ranksFrom: undefined, asExpected: false }));
});
