import test from 'ava';
import { exploreLockOrder, type LockOrder, type LockRanks } from 'heddle';
import protocol from './index.ts';
import { ranks } from './state.ts';

const explored = new Map<string, Promise<LockOrder>>();

function orderOf(name: string, table: LockRanks = ranks): Promise<LockOrder> {
  const variant = protocol.variants.find((each) => each.name === name)!;
  return exploreLockOrder(protocol, variant, { scope: 'tiny', ranks: table });
}
function known(name: string): Promise<LockOrder> {
  const order = explored.get(name) ?? orderOf(name);
  explored.set(name, order);
  return order;
}
const forbidden = ({ use }: LockOrder): string[] =>
  use.edges.filter(({ breach }) => breach !== undefined).map(({ held, taken, breach }) => `${held.rank} < ${taken.rank}: ${breach}`);

test('the ranks of the protocol are the four rows of Go e481a08e', (t) => {
  t.deepEqual(ranks, {
    sysmon: [],
    computeMaxProcs: ['sysmon'],
    updateMaxProcsG: ['sysmon'],
    sched: ['sysmon', 'computeMaxProcs', 'updateMaxProcsG'],
  });
});

test('the commit takes five edges, each as its ranks allow, and leaves none that they allow unused', async (t) => {
  const { use, complete } = await known('go1.25-e481a08e');
  t.true(complete);
  t.deepEqual(
    use.edges.map(({ held, taken, breach, witness }) => [held.name, taken.name, breach, witness.choices.length]),
    [
      ['sched.sysmonlock', 'computeMaxProcsLock', undefined, 2],
      ['sched.sysmonlock', 'sched.lock', undefined, 3],
      ['computeMaxProcsLock', 'sched.lock', undefined, 3],
      ['sched.sysmonlock', 'updateMaxProcsG.lock', undefined, 16],
      ['updateMaxProcsG.lock', 'sched.lock', undefined, 20],
    ],
  );
  t.deepEqual([use.unused, use.nonLeaves, use.cycle], [[], [], undefined]);
});

test('before the commit nothing uses computeMaxProcs', async (t) => {
  const { use } = await known('before-e481a08e');
  t.deepEqual(use.unused, [
    { held: 'sysmon', taken: 'computeMaxProcs', implied: false },
    { held: 'computeMaxProcs', taken: 'sched', implied: false },
  ]);
});

for (const [held, taken] of [
  ['sysmon', 'computeMaxProcs'],
  ['sysmon', 'updateMaxProcsG'],
  ['sysmon', 'sched'],
  ['computeMaxProcs', 'sched'],
  ['updateMaxProcsG', 'sched'],
] as const)
  test(`without the entry ${held} < ${taken}, exactly that edge is forbidden`, async (t) => {
    const order = await orderOf('go1.25-e481a08e', { ...ranks, [taken]: ranks[taken]!.filter((rank) => rank !== held) });
    t.deepEqual(forbidden(order), [`${held} < ${taken}: no edge`]);
  });

test('each weakening of the lock order takes one edge that the ranks forbid', async (t) => {
  t.deepEqual(forbidden(await known('waits-under-sched-lock')), ['sched < computeMaxProcs: no edge']);
  t.deepEqual(forbidden(await known('sysmon-keeps-lock')), ['computeMaxProcs < updateMaxProcsG: no edge']);
});

test('waiting for sysmon under sched.lock closes a cycle with sysmon, which a keeper of the lock alone does not', async (t) => {
  t.deepEqual(
    (await known('waits-under-sched-lock')).use.cycle?.map(({ name }) => name),
    ['computeMaxProcsLock', 'sched.lock'],
  );
  t.is((await known('sysmon-keeps-lock')).use.cycle, undefined);
});
