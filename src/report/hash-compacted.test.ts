import test from 'ava';
import { compactedSentence, small } from './hash-compacted.ts';

test('small probabilities have two digits and are rounded up', (t) => {
  t.deepEqual([0, 6.62e-8, 1e-5, 0.000999, 0.0241, 0.5, 0.999, 1].map(small), ['0', '6.7e-8', '1e-5', '0.001', '0.025', '0.5', '1', '1']);
});

test('a bound says which runs it speaks of, and what was not looked for', (t) => {
  t.is(
    compactedSentence({ kind: 'hash-compacted', bits: 76, omission: 6.62e-8, steps: 12, sought: 'wait-for cycles and bad ends' }),
    'in runs of up to 12 steps, hash-compacted: each state was told from the others by 76 bits, and some state was left out with probability 6.7e-8 at most; of threads that are stuck, only wait-for cycles and bad ends were looked for',
  );
});
