import test from 'ava';
import { int, option, tagged } from '../model/handle.ts';
import { encoderOf } from './itf-value.ts';
import { itf } from './itf.ts';
import { itfProblems } from './read-itf.ts';
import { oddRuns, oddValues, smallRuns, type ToldRun } from './told-runs.ts';

const runs = new Map([...smallRuns(), ...oddRuns()]);
const textOf = ({ system, schedule, story }: ToldRun): string => itf(system, schedule, story, '0.0.0');

test('every kind of violation is read back as the states, steps and positions of its run', (t) => {
  t.deepEqual(
    [...runs]
      .filter(([, { schedule }]) => schedule.loop !== undefined)
      .map(([name, { schedule }]) => [name, schedule.choices.length, schedule.loop]),
    [
      ['goes on without it', 15, 14],
      ['rests without it', 0, 0],
    ],
  );
  for (const [name, run] of runs) t.deepEqual(itfProblems(textOf(run), run.story), [], name);
});

test('the first state of a run has its values, its locks and where its threads are', (t) => {
  const [state] = JSON.parse(textOf(runs.get('no-deadlock')!)).states;
  t.snapshot(state);
});

test('different values are written differently', (t) => {
  const written = oddValues.map((value) => {
    const { states } = JSON.parse(textOf(runs.get(`never ${String(value)}`)!));
    return states.at(-1)['_#odd'];
  });
  t.deepEqual(written, [
    { tag: 'Some', value: 'style: #1;' },
    { tag: 'Some', value: '%%{x' },
    { tag: 'Null', value: { '#tup': [] } },
    { tag: 'Some', value: { '#unserializable': '0.5' } },
    { tag: 'Some', value: '<br/>end' },
  ]);
});

test('a word with a tag is a record', (t) => {
  const { states } = JSON.parse(textOf(runs.get('goes on without it')!));
  t.deepEqual(states[0].head, { tagged: { tag: 'None', value: { '#tup': [] } }, count: { '#bigint': '0' } });
  t.deepEqual(states.at(-1).head, { tagged: { tag: 'Some', value: { '#bigint': '1' } }, count: { '#bigint': '3' } });
});

test('a word with a tag, or none, is a variant of that record', (t) => {
  const encoded = encoderOf(option('', tagged('', int({ to: 1 }), { to: 1 })).domain);
  const one = { '#bigint': '1' };
  t.deepEqual([undefined, { value: 1, tag: 1 }].map(encoded), [
    { tag: 'None', value: { '#tup': [] } },
    { tag: 'Some', value: { tagged: one, count: one } },
  ]);
});

for (const [what, name, change] of [
  ['state left out', 'below-two', (trace: Itf) => void trace.states.splice(1, 1)],
  ['value', 'below-two', (trace: Itf) => (trace.states.at(-1)!['counter'] = { '#bigint': '1' })],
  ['tag', 'goes on without it', (trace: Itf) => ((trace.states.at(-1)!['head'] as Record<string, unknown>)['count'] = { '#bigint': '2' })],
  ['holder', 'no-deadlock', (trace: Itf) => (trace.states.at(-1)!['first'] = { tag: 'Some', value: 'B' })],
  ['gate', 'no-deadlock', (trace: Itf) => (trace.states[0]!['gate'] = { tag: 'Stopped', value: 'B' })],
  ['thread of a step', 'below-two', (trace: Itf) => (trace.states[1]!['#meta']['thread'] = 'B')],
  ['operation of a step', 'below-two', (trace: Itf) => (trace.states[1]!['#meta']['operation'] = 'lock first')],
  ['position', 'below-two', (trace: Itf) => (position(trace, 0)['next'] = 'lock first')],
  ['position of a thread that rests', 'below-two', (trace: Itf) => (position(trace, 1)['in'] = [])],
  ['loop', 'goes on without it', (trace: Itf) => (trace.loop = trace.loop! - 1)],
  ['loop of a run that ends', 'below-two', (trace: Itf) => (trace.loop = 1)],
  ['missing loop', 'rests without it', (trace: Itf) => delete trace.loop],
  ['variable without a value', 'below-two', (trace: Itf) => delete trace.states[1]!['counter']],
  ['value that is no expression', 'below-two', (trace: Itf) => (trace.states[1]!['counter'] = null)],
  ['field of the format that it has not', 'below-two', (trace: Itf) => (trace.states[1]!['counter'] = { '#int': '1' })],
] as const)
  test(`the comparison notices a wrong ${what}`, (t) => {
    const run = runs.get(name)!;
    const trace = JSON.parse(textOf(run)) as Itf;
    t.deepEqual(itfProblems(JSON.stringify(trace), run.story), []);
    change(trace);
    t.not(itfProblems(JSON.stringify(trace), run.story).length, 0);
  });

interface Itf {
  loop?: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- what is broken on purpose may be anything
  readonly states: (Record<string, any> & { '#meta': Record<string, unknown> })[];
}

function position(trace: Itf, thread: number): Record<string, unknown> {
  return trace.states.at(-2)!['pc']['#map'][thread][1];
}
