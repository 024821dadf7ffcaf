import test from 'ava';
import { byPreemptions, byScenario } from '../explore/size.ts';
import { excludedSentences, notExcluded, orderInWords } from './excluded.ts';

test('a certificate is told in a sentence for each measure that could be smaller', (t) => {
  const certificate = { minimal: true, order: byScenario, excludes: [3, 0, 1, 64], states: [11_996, 0, 1204, 1] };
  t.is(orderInWords(certificate), 'fewest threads, then choices, preemptions, steps');
  t.deepEqual(excludedSentences(certificate), [
    'no violation with fewer than 3 threads: 11,996 states searched completely',
    'no violation with 3 threads, 0 choices and 0 preemptions: 1,204 states searched completely',
    'no violation with 3 threads, 0 choices, 1 preemption and fewer than 64 steps: 1 state searched completely',
  ]);
});

test('a search that was cut tells from where on nothing is excluded', (t) => {
  const certificate = { minimal: false, order: byPreemptions, excludes: [2, 17], states: [90, 8] };
  t.deepEqual(excludedSentences(certificate), [
    'no violation with fewer than 2 preemptions: 90 states searched completely',
    'no violation with 2 preemptions and fewer than 17 steps: 8 states searched completely',
  ]);
  t.is(notExcluded(certificate), '2 preemptions and 17 steps');
});

test('what breaks at once has nothing smaller', (t) => {
  t.deepEqual(excludedSentences({ minimal: true, order: byPreemptions, excludes: [0, 0], states: [0, 0] }), []);
});
