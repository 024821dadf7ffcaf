/** Mutexes that are taken in the order of their ranks do not deadlock; and where that stops being true. */
import test from 'ava';
import * as fc from 'fast-check';
import { explore as checked } from '../check/check.ts';
import { BreadthFirst } from '../explore/breadth-first.ts';
import { System } from '../kernel/system.ts';
import { bool, gate, mutex, semaphore, type Handle, type Mutex } from '../model/handle.ts';
import { acquire, lock, release, start, stop, store, unlock, waitUntil } from '../model/operations.ts';
import { scenario, thread, type LockRanks, type Scenario } from '../model/protocol.ts';
import { routine } from '../model/routine.ts';
import { withBuiltIn } from '../property/property.ts';
import { explore as reference } from '../semantics/explore.ts';
import { locking, lockingProtocol, nestings, respecting, type Locking } from './generated-locking.ts';
import { lockUse } from './lock-use.ts';

const numRuns = Number(process.env['HEDDLE_GENERATED'] ?? 300);
const seed = Number(process.env['HEDDLE_SEED'] ?? 1);

/** Which guarantees break, how many states there are, and which lock edges are taken. */
function searched(subject: { readonly handles: readonly Handle[]; readonly ranks: LockRanks; readonly scenario: Scenario }) {
  const guarantees = withBuiltIn([], true);
  const system = new System(subject.handles, subject.ranks, subject.scenario, guarantees);
  const search = new BreadthFirst(system);
  while (!search.advance(10_000));
  const { states, verdicts } = search.result();
  const edges = search.lockEdges();
  return {
    states,
    broken: guarantees.flatMap(({ name }, index) => (verdicts[index]!.kind === 'violated' ? [name] : [])).sort(),
    edges: edges.map(({ held, taken }) => `${held},${taken}`).sort(),
    use: lockUse(
      system.mutexes,
      subject.ranks,
      edges.map(({ held, taken, schedule }) => ({ held: system.mutexes[held]!, taken: system.mutexes[taken]!, witness: schedule })),
    ),
  };
}

const inverted = ({ order }: Locking, edges: readonly string[]): boolean =>
  edges.some((edge) => {
    const [held, taken] = edge.split(',').map(Number);
    return order[held!]! > order[taken!]!;
  });

test('programs that respect a total order break nothing', (t) => {
  let nested = 0;
  fc.assert(
    fc.property(locking, (generated) => {
      const program = respecting(generated);
      const { broken, edges, use } = searched(lockingProtocol(program));
      t.deepEqual([broken, use.cycle], [[], undefined]);
      if (edges.length > 1) nested++;
    }),
    { seed, numRuns },
  );
  if (seed === 1 && numRuns === 300) t.is(nested, 77);
});

test('programs that do not break the lock order exactly if some nesting is against it, and deadlock only if nestings go round', (t) => {
  const seen = { respecting: 0, 'order broken, no deadlock': 0, deadlock: 0 };
  fc.assert(
    fc.property(locking, (program) => {
      const { broken, edges, use } = searched(lockingProtocol(program));
      const against = inverted(program, nestings(program));
      t.is(broken.includes('lock-order'), against);
      t.deepEqual(edges, nestings(program));
      const deadlock = broken.includes('no-deadlock');
      // Found twice, by ways that share nothing: a wait that nobody ends, and an edge that the order does not have.
      if (deadlock) t.true(against && use.cycle !== undefined);
      seen[deadlock ? 'deadlock' : against ? 'order broken, no deadlock' : 'respecting']++;
    }),
    { seed, numRuns },
  );
  if (seed === 1 && numRuns === 300) t.deepEqual(seen, { respecting: 61, 'order broken, no deadlock': 103, deadlock: 136 });
});

test('taking down edges adds no states: the reference, which does not, reaches as many', (t) => {
  fc.assert(
    fc.property(locking, (program) => {
      const { handles, ranks, scenario } = lockingProtocol(program);
      const { states, complete } = reference({ handles, ranks, scenario, guarantees: withBuiltIn([], true) });
      t.true(complete);
      t.is(searched({ handles, ranks, scenario }).states, states);
    }),
    { seed, numRuns: Math.min(numRuns, 60) },
  );
});

test('a schedule of an edge is as short as can be, and ends with it', (t) => {
  const { use } = searched(lockingProtocol({ mutexes: 3, order: [0, 1, 2], threads: [{ program: [0, 0, 1, 2], gated: true }] }));
  t.deepEqual(
    use.edges.map(({ held, taken, witness }) => [held.name, taken.name, witness.choices.length]),
    // Request and acquire m0, unlock, request and acquire m1, request m2.
    [['m1', 'm2', 6]],
  );
});

const [a, b, c] = ['a', 'b', 'c'].map((rank) => mutex(rank, { rank })) as [Mutex, Mutex, Mutex];
const ranks: LockRanks = { a: [], b: ['a'], c: ['a', 'b'] };
const nest = routine('nest', function* (order: readonly Mutex[]) {
  for (const each of order) yield* lock(each);
  for (const each of [...order].reverse()) yield* unlock(each);
});

test('ABBA is found both by the ranks and by the search for deadlocks', (t) => {
  const { violated } = checked(
    { handles: [a, b, c], ranks },
    scenario({ threads: [thread('A', nest([a, b])), thread('B', nest([b, a]))] }),
  );
  t.deepEqual(violated, { 'no-deadlock': 2, 'lock-order': 2 });
});

test('ABBA under a third mutex breaks the order and does not deadlock: the ranks are stricter', (t) => {
  const threads = [thread('A', nest([a, b, c])), thread('B', nest([a, c, b]))];
  t.deepEqual(checked({ handles: [a, b, c], ranks }, scenario({ threads })).violated, { 'lock-order': 3 });
});

test('a semaphore has no rank: taken on both sides of a mutex it deadlocks, and the ranks are respected', (t) => {
  const sema = semaphore('sema', { initial: 1 });
  const outside = routine('outside', function* () {
    yield* acquire(sema);
    yield* lock(a);
    yield* unlock(a);
    yield* release(sema);
  });
  const inside = routine('inside', function* () {
    yield* lock(a);
    yield* acquire(sema);
    yield* release(sema);
    yield* unlock(a);
  });
  const threads = [thread('outside', outside()), thread('inside', inside())];
  t.deepEqual(checked({ handles: [a, sema], ranks }, scenario({ threads })).violated, { 'no-deadlock': 2 });
});

test('the world has no rank: stopped while the holder of a mutex waits for a goroutine, it deadlocks, and the ranks are respected', (t) => {
  const world = gate('world');
  const ready = bool('ready');
  const holder = routine('holder', function* () {
    yield* lock(a);
    yield* waitUntil([ready], (now) => now);
    yield* unlock(a);
  });
  const helper = routine('helper', function* () {
    yield* store(ready, true);
  });
  const stopper = routine('stopper', function* () {
    yield* stop(world);
    yield* start(world);
  });
  const others = [thread('holder', holder(), { gate: world }), thread('helper', helper(), { gate: world })];
  const handles = [a, ready as Handle, world];
  t.deepEqual(checked({ handles, ranks }, scenario({ threads: others })).violated, {});
  const threads = [...others, thread('stopper', stopper(), { gate: world })];
  t.deepEqual(checked({ handles, ranks }, scenario({ threads })).violated, { 'no-deadlock': 4 });
});
