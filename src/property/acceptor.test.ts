import test from 'ava';
import {
  acceptor,
  again,
  appends,
  choose,
  done,
  emit,
  emits,
  explore,
  guarantee,
  loop,
  protocol,
  routine,
  scenario,
  scope,
  thread,
  variant,
} from 'heddle';

const write = routine('write', function* (left: number) {
  const next = left === 0 ? 'end' : yield* choose('open', 'close', 'end');
  if (next === 'end') return done();
  yield* emit(next);
  return again(left - 1);
});
const writer = routine('writer', function* (left: number) {
  yield* loop(write, left);
  yield* emit('complete');
});

const tiny = protocol('brackets', {
  about: 'writes brackets',
  source: 'made up',
  shared: [],
  variants: [variant('only', { about: 'the writer', routines: writer })],
  scopes: [scope<typeof writer>('four', 'four brackets', (writer) => scenario({ threads: [thread('W', writer(4))] }))],
});

function balanced(stream: readonly number[]): string | undefined {
  let depth = 0;
  for (const step of stream) {
    depth += step;
    if (depth < 0) return 'closes what is not open';
  }
  return depth === 0 ? undefined : 'leaves something open';
}

function brackets(limit?: number) {
  return acceptor<number>({
    writes: [appends(emits('open'), () => 1), appends(emits('close'), () => -1)],
    complete: emits('complete'),
    judge: balanced,
    ...(limit === undefined ? {} : { limit }),
  });
}

const four = (property: ReturnType<typeof brackets>) =>
  explore(tiny, tiny.scopes[0]!.scenario(writer), [guarantee('balanced', { says: 'brackets match', source: 'made up' }, property)]);

test('a stream is judged once it is complete, and the reason is the judge’s own', (t) => {
  const { verdicts, violated } = four(brackets());
  t.deepEqual(violated, { balanced: 4 });
  const [verdict] = verdicts;
  t.is(verdict?.kind === 'violated' ? verdict.violation.says : undefined, 'leaves something open');
});

test('a stream longer than its limit is an error of the model, not cut off', (t) => {
  t.throws(() => four(brackets(2)), { message: /more than 2 entries/ });
});
