import test from 'ava';
import * as heddle from 'heddle';

const {
  bool,
  changes,
  emit,
  emits,
  enters,
  exists,
  explore,
  forever,
  given,
  guarantee,
  HeddleError,
  int,
  load,
  never,
  routine,
  scenario,
  store,
  thread,
  atomically,
  writes,
} = heddle;

const flag = bool('flag');
const elsewhere = bool('elsewhere');
const worker = routine('worker', function* () {
  yield* emit('begun');
  yield* store(flag, true);
});
const watcher = routine('watcher', function* () {
  yield* load(flag);
});
const protocol = { handles: [flag], ranks: undefined };
const alone = scenario({ threads: [thread('A', worker())] });
const besideDaemon = scenario({ threads: [thread('A', worker()), thread('D', forever(watcher))] });

function verdictOf(property: heddle.Property, where = alone): heddle.Verdict {
  return explore(protocol, where, [guarantee('it', { says: 'it holds', source: 'here' }, property)]).verdicts[0]!;
}

test('a property over a routine or an event that no thread has holds vacuously', (t) => {
  t.deepEqual(verdictOf(never(enters('nobody')).globally()), { kind: 'holds', vacuous: true });
  t.deepEqual(verdictOf(never(emits('nothing')).globally()), { kind: 'holds', vacuous: true });
  t.is(verdictOf(never(enters('worker')).globally()).kind, 'violated');
});

test('a property over a thread or a handle that is not there is an error, not a verdict', (t) => {
  const unknownThread = t.throws(() => verdictOf(never(writes(flag, { by: 'a' })).globally()), { instanceOf: HeddleError });
  t.is(unknownThread?.code, 'unknown-name');
  const undeclared = t.throws(() => verdictOf(never(changes(elsewhere)).globally()), { instanceOf: HeddleError });
  t.is(undeclared?.code, 'handle-not-declared');
});

test('a property about the ends of runs holds vacuously where no run ends', (t) => {
  t.is(verdictOf(exists(emits('begun')).globally()).kind, 'holds');
  t.deepEqual(verdictOf(exists(emits('begun')).globally()), { kind: 'holds', vacuous: false });
  t.deepEqual(verdictOf(exists(emits('begun')).globally(), besideDaemon), { kind: 'holds', vacuous: true });
});

test('a handle named twice in one compound step, or given twice, is an error', (t) => {
  const count = int('count', { to: 2 });
  t.is(t.throws(() => atomically([count, count], () => ({ to: [1, 2] })), { instanceOf: HeddleError })?.code, 'bad-declaration');
  t.is(
    t.throws(() => scenario({ threads: [thread('A', worker())], initial: [given(flag, true), given(flag, false)] }), {
      instanceOf: HeddleError,
    })?.code,
    'duplicate-name',
  );
  t.deepEqual(given(count, 1, 1, 2).values, [1, 2]);
});
