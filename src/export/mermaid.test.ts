import test from 'ava';
import * as fc from 'fast-check';
import { mermaid, mostCharacters } from './mermaid.ts';
import { escaped } from './mermaid-text.ts';
import { mermaidProblems, unescaped } from './read-mermaid.ts';
import { oddRuns, smallRuns } from './told-runs.ts';

const runs = new Map([...smallRuns(), ...oddRuns()]);

test('every kind of violation is a diagram that tells each step once, of its thread, with what it changes', (t) => {
  t.true(runs.size > 10);
  for (const [name, { story }] of runs) t.deepEqual(mermaidProblems(mermaid(story), story), [], name);
});

test('a deadlock, a lasso and odd names as diagrams', (t) => {
  for (const name of ['no-deadlock', 'goes on without it', 'rests without it', 'never style: #1;'])
    t.snapshot(mermaid(runs.get(name)!.story), name);
});

test('whatever a text says, Mermaid shows it and takes no part of it for its own', (t) => {
  const odd = fc.constantFrom(...'#;%<>&$\\:', 'style', 'classDef', 'wrap:', 'nowrap:', '<br/>', '#59;', '%%{', ' ');
  const texts = fc.array(fc.oneof(odd, fc.string({ unit: 'grapheme-ascii', maxLength: 3 })), { maxLength: 6 });
  fc.assert(
    fc.property(texts, (parts) => unescaped(escaped(parts.join(''))) === parts.join('')),
    { numRuns: 1000, seed: 1 },
  );
  t.is(escaped('a\nb\u0007'), 'a#92;nb#92;u0007');
});

test('a run too long for Mermaid is refused, with what to type instead', (t) => {
  const { story } = runs.get('no-deadlock')!;
  const steps = Array.from({ length: 3000 }, (_, index) => story.trace.steps[index % 2]!);
  t.throws(() => mermaid({ ...story, trace: { ...story.trace, steps } }), {
    code: 'cannot-export',
    message: new RegExp(`draw none of more than ${mostCharacters}`),
  });
});

for (const [what, name, change] of [
  ['step left out', 'below-two', (text: string) => text.replace(/<br\/>[^<]*2 enters[^<]*/, '')],
  ['step of another thread', 'below-two', (text: string) => text.replace('Note over t0: ', 'Note over t1: ')],
  ['value', 'below-two', (text: string) => text.replace('1 → 2', '1 → 0')],
  ['answer', 'below-two', (text: string) => text.replace('load counter = 1', 'load counter = 7')],
  ['bar left out', 'no-deadlock', (text: string) => text.replace('\nactivate t0', '')],
  ['bar without an end', 'no-deadlock', (text: string) => text.replace('\ndeactivate t0', '')],
  ['bar for another', 'no-deadlock', (text: string) => text.replaceAll('activate t0', 'activate t1')],
  ['wait for another', 'no-deadlock', (text: string) => text.replace('t0-xt1', 't0-xt0')],
  ['participant', 'below-two', (text: string) => text.replace('t0 as A', 't0 as B')],
  ['missing participant', 'below-two', (text: string) => text.replace('participant t1 as B\n', '')],
  ['semicolon', 'never style: #1;', (text: string) => text.replace('#59;', ';')],
  ['hash', 'never style: #1;', (text: string) => text.replace('#35;', '#')],
  ['name of Mermaid', 'never style: #1;', (text: string) => text.replace('#115;tyle', 'style')],
  ['statement', 'below-two', (text: string) => text.replace('Note over t0:', 'Note above t0:')],
  ['missing verdict', 'below-two', (text: string) => text.replace(/Note over t0,t1: ✗.*\n/, '')],
  ['loop without an end', 'goes on without it', (text: string) => text.replace('\nend\n', '\n')],
  ['missing loop', 'goes on without it', (text: string) => text.replace(/loop .*\n/, '').replace('\nend\n', '\n')],
  ['loop that begins late', 'goes on without it', (text: string) => text.replace(/(loop .*\n)(.*\n)/, '$2$1')],
] as const)
  test(`the comparison notices a wrong ${what}`, (t) => {
    const { story } = runs.get(name)!;
    const text = mermaid(story);
    t.deepEqual(mermaidProblems(text, story), []);
    t.not(change(text), text);
    t.not(mermaidProblems(change(text), story).length, 0);
  });
