import test from 'ava';
import * as fc from 'fast-check';
import { System } from '../kernel/system.ts';
import { Visited } from '../kernel/visited.ts';
import { HeddleError } from '../model/error.ts';
import { int } from '../model/handle.ts';
import { choose, load, store } from '../model/operations.ts';
import { environment, scenario, thread } from '../model/protocol.ts';
import { forever, routine } from '../model/routine.ts';
import { guarantee, invariant } from '../property/property.ts';
import { run } from '../schedule/run.ts';
import { generatedProtocol, subjectOf } from '../semantics/generated-protocols.ts';
import { byBruteForce } from './brute-force.ts';
import { MinimalSearch, type MinimalSearchOptions } from './minimal.ts';
import { minimalViolation } from './minimal-violation.ts';
import { byPreemptions, byScenario, compareSizes, sizeOf, type Order } from './size.ts';
import { writers } from './writers.ts';

interface Compared {
  /** Violations. */
  compared: number;
  /** Of them, those whose minimum has a preemption. */
  preempted: number;
}

/** How a search differs from trying all runs, in words; undefined if it does not. */
function disagreement(system: System, order: Order, mostRuns: number, options: MinimalSearchOptions, seen: Compared): string | undefined {
  const { depth, sizes } = byBruteForce(system, order, mostRuns);
  for (const [number, { name }] of system.guarantees.entries()) {
    const reference = sizes[number];
    if (reference === undefined) continue;
    const search = new MinimalSearch(system, number, { ...options, order });
    while (!search.advance(1000));
    const minimum = search.result();
    if (minimum.kind !== 'violated') return `${name}: ${minimum.kind}, and a run of ${reference.join('/')} breaks it`;
    // A run that is smaller, and longer than all that were tried, exists: that is all that can be asked of it.
    const executed = run(system, minimum.violation.schedule).run;
    if (!executed.breaches.some((breach) => breach.guarantee === number && breach.steps === executed.steps))
      return `${name}: the run breaks nothing`;
    if (compareSizes(sizeOf(executed, order), minimum.size) !== 0) return `${name}: ${minimum.size.join('/')} is not its size`;
    const differ = compareSizes(minimum.size, reference);
    if (differ > 0 || (differ < 0 && executed.steps <= depth))
      return `${name}: ${minimum.size.join('/')} by the search, ${reference.join('/')} by trying all runs`;
    seen.compared++;
    if (executed.preemptions > 0) seen.preempted++;
  }
  return undefined;
}

const orders: readonly Order[] = [byPreemptions, byScenario, ['choices', 'preemptions']];

test('its minima are those of trying all runs, on generated protocols and in several orders', (t) => {
  const seen: Compared = { compared: 0, preempted: 0 };
  for (const [index, generated] of fc.sample(generatedProtocol, { numRuns: 60, seed: 11 }).entries())
    try {
      const { handles, ranks, scenario, guarantees } = subjectOf(generated);
      const system = new System(handles, ranks, scenario, guarantees, { automata: 'minimised' });
      t.is(disagreement(system, orders[index % orders.length]!, 400, {}, seen), undefined);
    } catch (error) {
      // A model at fault has no minima.
      if (!(error instanceof HeddleError)) throw error;
    }
  t.log(JSON.stringify(seen));
  t.true(seen.compared > 40);
});

/** How the first protocol of a sample of three writers differs. */
function noticed(optionsFor: (system: System) => MinimalSearchOptions): { readonly differs: string | undefined; readonly seen: Compared } {
  const seen: Compared = { compared: 0, preempted: 0 };
  for (const system of writers(3, { numRuns: 8, seed: 5 })) {
    const differs = disagreement(system, byPreemptions, 2000, optionsFor(system), seen);
    if (differs !== undefined) return { differs, seen };
  }
  return { differs: undefined, seen };
}

/** Nodes are states alone: the thread that was the first to reach one is taken to run in it. */
function byStateAlone({ layout }: System): typeof Visited {
  const ownBits = new Int32Array(layout.words + 1);
  layout.fields.forEach((_, field) => {
    ownBits[layout.word[field]!] = ownBits[layout.word[field]!]! | (layout.mask[field]! << layout.shift[field]!);
  });
  return class extends Visited {
    readonly #firsts = new Map<string, Int32Array>();
    override stage(node: Int32Array, parent: number): void {
      const state = node.map((word, k) => word & ownBits[k]!).join();
      const first = this.#firsts.get(state) ?? node.slice();
      this.#firsts.set(state, first);
      super.stage(first, parent);
    }
  };
}

test('its minima are those of trying all runs where preemptions matter', (t) => {
  const { differs, seen } = noticed(() => ({}));
  t.is(differs, undefined);
  t.log(seen);
  t.true(seen.preempted >= 9);
});

test('states keyed without the thread that runs in them overstate minima, and the comparison notices', (t) => {
  const { differs } = noticed((system) => ({ Visited: byStateAlone(system) }));
  t.log(differs);
  t.regex(differs ?? '', /^never-\d+: \d+\/\d+ by the search, \d+\/\d+ by trying all runs$/);
});

const shared = int('shared', { to: 2 });
const small = guarantee(
  'small',
  { says: 'it stays below 2', source: 'test' },
  invariant([shared], (value) => value < 2),
);
const raises = routine('raises', function* () {
  const before = yield* load(shared);
  yield* store(shared, Math.min(2, before + 1));
});
const client = routine('client', function* () {
  const next = yield* choose('raises', 'exit');
  if (next === 'raises') yield* raises();
});
const watches = routine('watches', function* () {
  yield* load(shared);
});
const never = guarantee(
  'never',
  { says: '', source: '' },
  invariant([shared], (value) => value < 3),
);

function searched(system: System, order: Order, options: MinimalSearchOptions = {}, slice = 1000) {
  const search = new MinimalSearch(system, 0, { ...options, order });
  while (!search.advance(slice));
  return search.result();
}
function raising(threads: number): System {
  const clients = Array.from({ length: threads }, (_, index) => thread(`G${index + 1}`, client()));
  return new System([shared], undefined, scenario({ threads: [...clients, environment('outside', forever(watches))] }), [small], {
    automata: 'minimised',
  });
}

test('the certificate counts what was searched: fewer threads, fewer choices, fewer preemptions, fewer steps', (t) => {
  const minimum = searched(raising(4), byScenario);
  if (minimum.kind !== 'violated') return t.fail();
  t.deepEqual(minimum.size, [2, 2, 0, 6]);
  // By hand, for fewer than two threads: the start, the environment alone, and four states of each client alone.
  const states = [1 + 1 + 4 * 4, 4 * 4, 0, 60];
  t.deepEqual(minimum.violation.certificate, { minimal: true, order: byScenario, excludes: [2, 2, 0, 6], states });
  return undefined;
});

test('slices change nothing', (t) => {
  t.deepEqual(searched(raising(3), byScenario, {}, 1), searched(raising(3), byScenario));
});

test('where nothing breaks the search ends by itself', (t) => {
  const system = new System([shared], undefined, raising(2).scenario, [never], { automata: 'minimised' });
  t.deepEqual(searched(system, byPreemptions), { kind: 'none', states: 36 });
});

test('a budget that ends first leaves open what is not excluded', (t) => {
  const open = searched(raising(4), byScenario, { maxStates: 40 });
  const certificate = { minimal: false, order: byScenario, excludes: [2, 2, 0, 2], states: [18, 16, 0, 0] };
  t.deepEqual(open, { kind: 'open', cut: 'states', certificate });
  const large = new System([shared], undefined, raising(8).scenario, [never]);
  const full = searched(large, byScenario, { maxBytes: 1 << 16 });
  t.is(full.kind === 'open' && full.cut, 'memory');
});

test('a guarantee that was violated with others beside it is judged alone', (t) => {
  const system = new System([shared], undefined, raising(2).scenario, [never, small], { automata: 'minimised' });
  const search = new MinimalSearch(system, 1);
  while (!search.advance(1000));
  t.is(search.result().kind, 'violated');
  t.is(minimalViolation(system, 0).kind, 'none');
});
