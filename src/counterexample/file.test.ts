import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import * as fc from 'fast-check';
import {
  counterexampleFormat,
  formatCounterexample,
  parseCounterexample,
  readCounterexample,
  writeCounterexample,
  type Counterexample,
} from './file.ts';

const example: Counterexample = {
  format: counterexampleFormat,
  heddle: '0.0.0',
  protocol: 'small',
  variant: 'seed',
  guarantee: 'below-two',
  scope: 'gate',
  scenario: { initial: { counter: '0' }, threads: [{ name: 'A', gated: true, daemon: false, environment: false }] },
  violation: { at: 'step', says: 'it does' },
  certificate: { minimal: true, steps: 1, preemptions: 0, excluded: 'every run of fewer steps was searched' },
  schedule: [{ thread: 'A', routine: 'work', operation: 'choose', occurrence: 1, pick: "'nest'" }],
};
const text = formatCounterexample(example);

const unreadable = (what: string, where: string) => ({
  code: 'counterexample-unreadable',
  message: `counterexample-unreadable: ${what} (${where})`,
});

test('a file has one text, with a step a line', (t) => {
  t.snapshot(text);
});

test('whatever a counterexample says, its file gives it back', async (t) => {
  const word = fc.string({ unit: 'grapheme', maxLength: 12 });
  const count = fc.nat(1000);
  const step = fc.record(
    { thread: word, routine: word, operation: word, occurrence: fc.integer({ min: 1, max: 99 }), pick: word },
    { requiredKeys: ['thread', 'routine', 'operation', 'occurrence'], noNullPrototype: true },
  );
  const search = fc.uniqueArray(fc.constantFrom('threads' as const, 'choices' as const, 'preemptions' as const)).chain((order) => {
    const counts = fc.array(count, { minLength: order.length + 1, maxLength: order.length + 1 });
    return fc.record({ minimal: fc.boolean(), order: fc.constant(order), excludes: counts, states: counts }, { noNullPrototype: true });
  });
  const counterexample = fc.record(
    {
      format: fc.constant(counterexampleFormat),
      heddle: word,
      protocol: word,
      variant: word,
      guarantee: word,
      scope: word,
      scenario: fc.record(
        {
          initial: fc.dictionary(
            word.filter((name) => name !== '__proto__'),
            word,
            { noNullPrototype: true },
          ),
          threads: fc.array(
            fc.record({ name: word, gated: fc.boolean(), daemon: fc.boolean(), environment: fc.boolean() }, { noNullPrototype: true }),
          ),
        },
        { noNullPrototype: true },
      ),
      violation: fc.record({ at: fc.constantFrom('step', 'state'), says: word }, { noNullPrototype: true }),
      certificate: fc.record(
        { minimal: fc.boolean(), steps: count, threads: count, choices: count, preemptions: count, excluded: word, search },
        { requiredKeys: ['minimal', 'steps', 'excluded'], noNullPrototype: true },
      ),
      schedule: fc.array(step),
      contrast: fc.record(
        { shared: count, preemptions: count, sameDecisions: fc.boolean(), schedule: fc.array(step) },
        { noNullPrototype: true },
      ),
    },
    {
      requiredKeys: ['format', 'heddle', 'protocol', 'variant', 'guarantee', 'scope', 'scenario', 'violation', 'certificate', 'schedule'],
      noNullPrototype: true,
    },
  );
  await fc.assert(
    fc.asyncProperty(counterexample, async (content) => {
      t.deepEqual(await parseCounterexample(formatCounterexample(content), 'x.json'), content);
    }),
    { numRuns: 200, seed: 1 },
  );
});

test('a file of before the search for the smallest is read as it is', async (t) => {
  t.deepEqual(await parseCounterexample(text, 'x.json'), example);
});

test('a certificate stands on one line a list, and one that lacks a bound is refused', async (t) => {
  const order = ['threads', 'preemptions'] as const;
  const search = { minimal: true, order, excludes: [2, 1, 7], states: [12, 30, 4] };
  const certified = formatCounterexample({ ...example, certificate: { ...example.certificate, search } });
  t.regex(certified, /"order": \["threads", "preemptions"\],\n +"excludes": \[2, 1, 7\],\n +"states": \[12, 30, 4\]\n/);
  await t.throwsAsync(
    parse(certified.replace('[2, 1, 7]', '[2, 1]')),
    unreadable('at certificate.search: it has a bound and a count of states for each measure of its order, and for the steps', 'x.json'),
  );
});

test('a damaged file says what is wrong in which line and column', async (t) => {
  const missingComma = text.replace('"protocol": "small",', '"protocol": "small"');
  await t.throwsAsync(parse(missingComma), unreadable("it is not JSON: Expected ',' or '}' after property value", 'x.json:5:3'));
  const conflict = text.replace('  "protocol"', '<<<<<<< HEAD\n  "protocol"');
  await t.throwsAsync(parse(conflict), unreadable('it is not JSON: Expected double-quoted property name', 'x.json:4:1'));
  const unquoted = text.replace('"small"', '@small');
  await t.throwsAsync(parse(unquoted), unreadable("it is not JSON: Unexpected token '@'", 'x.json:4:15'));
  await t.throwsAsync(parse(text.slice(0, 31)), unreadable('it is not JSON: Unterminated string', 'x.json:2:30'));
  await t.throwsAsync(parse(''), unreadable('it is not JSON: Unexpected end of JSON input', 'x.json:1:1'));
});

test('a file of another format or version names the one that is read', async (t) => {
  await t.throwsAsync(
    parseCounterexample(text.replace('counterexample/1', 'counterexample/2'), 'x.json'),
    unreadable('its format is "heddle-counterexample/2"; this release reads "heddle-counterexample/1"', 'x.json'),
  );
  await t.throwsAsync(
    parseCounterexample('[]', 'x.json'),
    unreadable('it names no format; expected "format": "heddle-counterexample/1"', 'x.json'),
  );
});

test('a file of the wrong shape says where inside', async (t) => {
  await t.throwsAsync(
    parseCounterexample(text.replace('"occurrence":1', '"occurrence":"1"'), 'x.json'),
    unreadable('at schedule[0].occurrence: Invalid input: expected number, received string', 'x.json'),
  );
  await t.throwsAsync(
    parseCounterexample(text.replace('"at": "step"', '"at": "now"'), 'x.json'),
    unreadable('at violation.at: Invalid option: expected one of "step"|"state"', 'x.json'),
  );
});

test('a file is written with its text beside it and nothing else, and read again', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'heddle-'));
  t.teardown(() => rm(root, { recursive: true }));
  const file = await writeCounterexample(root, example, 'a story\n');
  t.is(file, join(root, 'counterexamples/small/seed--below-two.json'));
  t.deepEqual(await readCounterexample(file), example);
  t.is(await readFile(file.replace('.json', '.txt'), 'utf8'), 'a story\n');
  t.deepEqual((await readdir(join(root, 'counterexamples/small'))).sort(), ['seed--below-two.json', 'seed--below-two.txt']);
  const missing = join(root, 'none.json');
  await t.throwsAsync(readCounterexample(missing), unreadable('there is no such file', missing));
});

function parse(damaged: string): Promise<Counterexample> {
  return parseCounterexample(damaged, 'x.json');
}
