import test, { type ExecutionContext } from 'ava';
import * as fc from 'fast-check';
import { HeddleError } from '../model/error.ts';
import { isPseudo, parseRanks } from './parse-ranks.ts';

const edgesOf = (text: string): string[] => parseRanks(text).edges.map(({ held, taken }) => `${held} < ${taken}`);

test('a chain relates neighbours, and a list each of its names', (t) => {
  t.deepEqual(edgesOf('NONE < a, b < c < d, e;'), ['a < c', 'b < c', 'c < d', 'c < e']);
});

test('a statement goes over lines, with comments between them and after a comma', (t) => {
  const { names, edges } = parseRanks('# first\nNONE\n< a # under nothing\n< b, # the one\n  c; # the other\n\nb < CAPITALS;');
  t.deepEqual(names, ['a', 'b', 'c', 'CAPITALS']);
  t.deepEqual(edges, [
    { held: 'a', taken: 'b', place: 'ranks:4:3' },
    { held: 'a', taken: 'c', place: 'ranks:5:3' },
    { held: 'b', taken: 'CAPITALS', place: 'ranks:7:5' },
  ]);
});

test('a name that stands under no other is not defined', (t) => {
  t.deepEqual([...parseRanks('NONE < a; b < c;').defined], ['a', 'c']);
});

test('an empty text has no names', (t) => {
  t.deepEqual(parseRanks(' # nothing\n').names, []);
});

test('a name in capitals is a pseudo-node', (t) => {
  t.deepEqual(['SCHED', 'STACK_2', 'sched', 'Sched'].map(isPseudo), [true, true, false, false]);
});

function errs(t: ExecutionContext, text: string, where: string, what: string, cure: string): void {
  const error = t.throws(() => parseRanks(text, 'r.txt'), { instanceOf: HeddleError });
  t.like(error, { code: 'ranks-unreadable', where: `r.txt:${where}`, what });
  t.true(error.cure.includes(cure), error.cure);
}

for (const [mistake, text, where, what, cure] of [
  ['a forgotten comma', 'NONE < a;\na < b c;', '2:7', 'expected `<`, `,` or `;`, found `c`', 'After b, type `;`'],
  ['a forgotten semicolon', 'NONE < a < b  # the end\n', '1:13', 'expected `<`, `,` or `;`, found the end', 'After b, type `;`'],
  ['nothing after a comma', 'a < b, ;', '1:8', 'expected a rank after `,`, found `;`', 'Type a name'],
  ['nothing after <', 'a < < b;', '1:5', 'expected a rank after `<`, found `<`', 'Type a name'],
  ['a sign that is none', 'a !< b;', '1:3', 'expected `<`, `,` or `;`, found `!`', 'or `<` before'],
  ['a list alone', 'a, b;', '1:5', 'expected `<`, found `;`', 'NONE < a;'],
  ['a statement without its beginning', '< b;', '1:1', 'expected a rank to begin a statement with, found `<`', 'Type a name'],
  ['a number for a name', 'a < 2b;', '1:5', 'expected a rank after `<`, found `2b`', 'Type a name'],
  ['NONE over something', 'a < NONE;', '1:5', 'NONE stands to the right of `<`', 'NONE < a;'],
  ['NONE in a list', 'a, NONE < b;', '1:4', 'NONE stands in a list with others', 'on its own'],
  ['a name on both sides of a list', 'a, b < b;', '1:8', 'b stands on both sides of `<`', 'write b < b; on its own'],
] as const)
  test(`${mistake} is told with its line and column, and what to type`, (t) => errs(t, text, where, what, cure));

test('statements come back as they were written, however they are laid out', (t) => {
  const name = fc.constantFrom('a', 'b', 'c', 'd.e', 'f_g', 'TOP', 'X2');
  const list = fc.uniqueArray(name, { minLength: 1, maxLength: 3 });
  const blank = fc.constantFrom(' ', '\n', '\t', ' # a < b; no\n');
  fc.assert(
    fc.property(fc.array(fc.tuple(list, list, blank)), (statements) => {
      const apart = statements.filter(([left, right]) => !left.some((each) => right.includes(each)));
      const text = apart.map(([left, right, gap]) => `${left.join(`${gap},`)}${gap}<${gap}${right.join(`,${gap}`)};`).join('\n');
      const expected = apart.flatMap(([left, right]) => right.flatMap((taken) => left.map((held) => `${held} < ${taken}`)));
      t.deepEqual(edgesOf(text), expected);
    }),
    { seed: 1, numRuns: 200 },
  );
});
