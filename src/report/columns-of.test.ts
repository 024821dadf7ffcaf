import { testProp } from '@fast-check/ava';
import test from 'ava';
import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { columnsOf } from './columns-of.ts';

const samples = [
  'plain',
  '✓ holds – “so”…',
  'é',
  'e\u0301',
  '漢字',
  'ｆｕｌｌ',
  '한국',
  '👍',
  '👩‍👩‍👧',
  '🇳🇴',
  '❤️',
  '1️⃣',
  'a\u200bb',
  '│ ─ ┼',
  '→',
];

for (const text of samples)
  test(`${JSON.stringify(text)} takes as many columns as string-width says`, (t) => t.is(columnsOf(text), stringWidth(text)));

const letters = fc.constantFrom(...samples.flatMap((text) => [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment)));
testProp('so do texts put together from them', [fc.array(letters)], (t, parts) => {
  const text = parts.join(' ');
  t.is(columnsOf(text), stringWidth(text));
});
