import test from 'ava';
import { formatCounterexample, parseCounterexample } from '../../counterexample/file.ts';
import { record } from '../../counterexample/record.ts';
import { replay } from '../../counterexample/replay.ts';
import { System } from '../../kernel/system.ts';
import { bool, gate, handlesOf, mutex } from '../../model/handle.ts';
import { choose, lock, start, stop, store, unlock, waitUntil } from '../../model/operations.ts';
import { environment, scenario, thread, type Thread } from '../../model/protocol.ts';
import { forever, routine } from '../../model/routine.ts';
import { enters, returns } from '../../property/event.ts';
import type { Fairness } from '../../property/fairness.ts';
import { eventually, leadsTo, whenHolds, type Liveness } from '../../property/liveness.ts';
import { guarantee, withBuiltIn } from '../../property/property.ts';
import { renderColumns } from '../../report/columns.ts';
import { Exhaustive, type ExhaustiveOptions } from '../exhaustive.ts';
import { FairParts, type Denied } from './fair-parts.ts';

const m = mutex('m');
const flag = bool('flag');
const world = gate('world');
const handles = handlesOf([m, flag, world]);

const once = routine('once', function* () {
  yield* lock(m);
  yield* unlock(m);
});
const greedy = routine('greedy', function* () {
  yield* lock(m);
  yield* unlock(m);
});
const setter = routine('setter', function* () {
  yield* store(flag, true);
});
const waiter = routine('waiter', function* () {
  yield* waitUntil([flag], (set) => set);
});
/** Raises the flag for a moment, or does something else. */
const teaser = routine('teaser', function* () {
  const next = yield* choose('rests', 'teases');
  if (next === 'rests') return;
  yield* store(flag, true);
  yield* store(flag, false);
});
const flickering = routine('flickering', function* () {
  yield* store(flag, true);
  yield* store(flag, false);
});
const stopper = routine('stopper', function* () {
  yield* stop(world);
  yield* start(world);
});

function systemOf(property: Liveness, threads: readonly Thread[]): System {
  const guarantees = withBuiltIn([guarantee('lively', { says: 'it happens', source: 'made up' }, property)], false);
  return new System(handles, undefined, scenario({ threads }), guarantees);
}

/** Holds, or the steps of the stem, the threads that move in the loop, and how that is told. */
function judged(property: Liveness, threads: readonly Thread[], options: ExhaustiveOptions = {}) {
  const search = new Exhaustive(systemOf(property, threads), options);
  while (!search.advance(100));
  const verdict = search.result().verdicts[0]!;
  if (verdict.kind !== 'violated') return verdict.kind;
  const { loop, choices } = verdict.violation.schedule;
  return { stem: loop, loop: choices.slice(loop ?? choices.length).map((choice) => threads[choice.thread]!.name) };
}

const locker = (fairness: Fairness) => eventually(returns(once), { fairness }).globally();
const lockers = [thread('A', once()), thread('D', forever(greedy))];

test('a thread that asks for a mutex gets it, although another takes it again and again', (t) => {
  t.is(judged(locker({}), lockers), 'holds');
});

test('under weak fairness the other may take it every time', (t) => {
  t.deepEqual(judged(locker({ operations: { lock: 'weak' } }), lockers), { stem: 1, loop: ['D', 'D'] });
});

test('without any fairness nobody has to move', (t) => {
  t.deepEqual(judged(locker({ threads: { A: 'none', D: 'none' } }), lockers), { stem: 0, loop: [] });
});

test('the environment is not assumed to move, and a thread is', (t) => {
  const wanted = eventually(whenHolds([flag], (set) => set)).globally();
  t.deepEqual(judged(wanted, [environment('E', setter())]), { stem: 0, loop: [] });
  t.is(judged(wanted, [thread('T', setter())]), 'holds');
});

test('a guard that holds for moments only may be missed every time, but not under strong fairness', (t) => {
  const threads = [thread('A', waiter()), thread('D', forever(flickering))];
  const property = (fairness: Fairness) => leadsTo(enters(waiter), returns(waiter), { each: 'thread', fairness }).globally();
  t.deepEqual(judged(property({}), threads), { stem: 1, loop: ['D', 'D'] });
  t.is(judged(property({ operations: { waitUntil: 'strong' } }), threads), 'holds');
});

test('a goroutine that is stopped again and again goes on in between', (t) => {
  const threads = [thread('G', setter(), { gate: world }), thread('S', forever(stopper), { gate: world })];
  t.is(judged(eventually(whenHolds([flag], (set) => set)).globally(), threads), 'holds');
});

class NeverDivides extends FairParts {
  protected override denied(component: Int32Array): Denied {
    const { steps, stops } = super.denied(component);
    return steps === 0 && stops === 0 ? { steps, stops } : { steps: -1, stops: -1 };
  }
}

test('a part of an unfair component can be fair, and a search that does not look there misses it', (t) => {
  const threads = [thread('A', forever(waiter)), thread('D', forever(teaser))];
  const property = leadsTo(enters(waiter), returns(waiter), { fairness: { operations: { waitUntil: 'strong' } } }).globally();
  t.deepEqual(judged(property, threads), { stem: 1, loop: ['D'] });
  t.is(judged(property, threads, { FairParts: NeverDivides }), 'holds');
});

test('a lasso survives its file, is told with its loop and what it assumes, and must be fair and closed to break anything', async (t) => {
  const system = systemOf(locker({ operations: { lock: 'weak' } }), lockers);
  const search = new Exhaustive(system);
  while (!search.advance(100));
  const verdict = search.result().verdicts[0]!;
  if (verdict.kind !== 'violated') return t.fail();
  const origin = { protocol: 'greed', variant: 'weak', scope: 'gate', heddle: '0.0.0' };
  const { file, trace } = record(system, verdict.violation, origin, { minimal: verdict.minimal });
  const read = await parseCounterexample(formatCounterexample(file), 'x.json');
  t.is(read.loop, 1);
  const outcome = replay(system, read);
  t.is(outcome.kind, 'violates');
  t.snapshot(
    renderColumns({ ...origin, guarantee: system.guarantees[0]!, violation: file.violation, certificate: file.certificate, trace }),
  );
  // Half of the loop does not come back; under the default fairness the loop starves A; a loop of no steps keeps both from moving.
  t.is(replay(system, { ...read, schedule: read.schedule.slice(0, 2) }).kind, 'passes');
  t.is(replay(systemOf(locker({}), lockers), read).kind, 'passes');
  t.is(replay(system, { ...read, loop: 3 }).kind, 'passes');
  return undefined;
});

test('where its graph does not fit the budget, a liveness property is incomplete', (t) => {
  const property = locker({ operations: { lock: 'weak' } });
  // With so little, the table begins as small as it can.
  const first = new Exhaustive(systemOf(property, lockers), { maxBytes: 2 ** 20 });
  t.is(judged(property, lockers, { maxBytes: first.search.states.bytes + 100 }), 'incomplete');
});

test('fairness that names no thread of the scenario is an error', (t) => {
  t.throws(() => systemOf(locker({ threads: { B: 'strong' } }), lockers), {
    message: /assumes something of B, and the scenario has no such thread/,
  });
});
