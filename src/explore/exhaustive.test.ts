import test from 'ava';
import { explore } from '../check/check.ts';
import { parseCounterexample, formatCounterexample } from '../counterexample/file.ts';
import { record } from '../counterexample/record.ts';
import { replay } from '../counterexample/replay.ts';
import { System } from '../kernel/system.ts';
import { bool, handlesOf, int } from '../model/handle.ts';
import { load, mayWaitForever, store, waitUntil } from '../model/operations.ts';
import { scenario, thread } from '../model/protocol.ts';
import { forever, routine } from '../model/routine.ts';
import { eventually, whenHolds } from '../property/liveness.ts';
import { guarantee, withBuiltIn } from '../property/property.ts';
import { BreadthFirst } from './breadth-first.ts';
import { Exhaustive } from './exhaustive.ts';

const note = bool('note');
const beat = int('beat', { to: 1 });
const handles = handlesOf([note, beat]);

const waker = routine('waker', function* () {
  yield* store(note, true);
});
const sleeper = routine('sleeper', function* () {
  // Clears the note that may be set already: a lost wake-up.
  yield* store(note, false);
  yield* waitUntil([note], (set) => set);
});
const patient = routine('patient', function* () {
  yield* store(note, false);
  yield* mayWaitForever(waitUntil([note], (set) => set));
});
const sysmon = routine('sysmon', function* () {
  const now = yield* load(beat);
  yield* store(beat, 1 - now);
});
const beside = (body: typeof sleeper) =>
  scenario({ threads: [thread('W', waker()), thread('S', body()), thread('sysmon', forever(sysmon))] });

test('a thread that has lost its wake-up is stuck, although sysmon lives on', (t) => {
  const { verdicts, violated, system } = explore({ handles, ranks: undefined }, beside(sleeper));
  t.deepEqual(violated, { 'no-deadlock': 2 });
  const [verdict] = verdicts;
  if (verdict?.kind !== 'violated') return t.fail();
  t.is(verdict.violation.says, 'stuck: S waits at waitUntil, and nothing that the others can still do lets it go on');
  t.deepEqual(
    verdict.violation.schedule.choices.map((choice) => system.scenario.threads[choice.thread]!.name),
    ['W', 'S'],
  );
  return undefined;
});

test('a thread that may wait for ever is not stuck', (t) => {
  const { verdicts } = explore({ handles, ranks: undefined }, beside(patient));
  t.deepEqual(verdicts[0], { kind: 'holds', vacuous: false });
});

test('a stuck thread is recorded, and replayed by exploring all that can follow', async (t) => {
  const guarantees = withBuiltIn([], false);
  const { verdicts } = explore({ handles, ranks: undefined }, beside(sleeper));
  const [verdict] = verdicts;
  if (verdict?.kind !== 'violated') return t.fail();
  const origin = { protocol: 'note', variant: 'lost', scope: 'gate', heddle: '0.0.0' };
  const { file } = record(new System(handles, undefined, beside(sleeper), guarantees), verdict.violation, origin, { minimal: true });
  const read = await parseCounterexample(formatCounterexample(file), 'x.json');
  t.is(replay(new System(handles, undefined, beside(sleeper), guarantees), read).kind, 'violates');
  t.is(replay(new System(handles, undefined, beside(patient), guarantees), { ...read, schedule: [] }).kind, 'passes');
  return undefined;
});

const patientSystem = (): System => new System(handles, undefined, beside(patient), withBuiltIn([], false));

test('where the masks do not fit the budget, no-deadlock is incomplete and the others are not', (t) => {
  const roomy = new BreadthFirst(patientSystem(), { loop: false });
  while (!roomy.advance(1000));
  const tight = new Exhaustive(patientSystem(), { maxBytes: roomy.states.bytes, loop: false });
  while (!tight.advance(1000));
  t.deepEqual(
    tight.result().verdicts.map((verdict) => (verdict.kind === 'incomplete' ? verdict.cut : verdict.kind)),
    ['memory', 'holds', 'holds'],
  );
});

test('a search that looks again for a lasso takes no threads for each other', async (t) => {
  const alike = scenario({ threads: [thread('A', forever(sysmon)), thread('B', forever(sysmon))] });
  const set = eventually(whenHolds([note], (now) => now)).globally();
  const guarantees = withBuiltIn([guarantee('note-is-set', { says: 'the note is set at last', source: 'a test' }, set)], false);
  const system = (): System => new System(handles, undefined, alike, guarantees);
  const one = new Exhaustive(system(), { symmetry: true });
  while (!one.advance(1000));
  const two = new Exhaustive(system(), { symmetry: true, workers: 2, worthSharing: 0 });
  await two.search.assemble();
  const { search: first } = two;
  while (!two.advance(1000));
  t.not(two.search, first);
  t.is(two.search.orbits, undefined);
  t.is(one.result().verdicts[0]?.kind, 'violated');
  t.deepEqual(two.result().verdicts, one.result().verdicts);
});
