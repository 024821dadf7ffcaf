import test from 'ava';
import pc from 'picocolors';
import stringWidth from 'string-width';
import { record } from '../counterexample/record.ts';
import { guarantees, smallSystem } from '../counterexample/small-protocol.ts';
import { BreadthFirst } from '../explore/breadth-first.ts';
import { renderColumns, renderSteps, type Story } from './columns.ts';

function stories(): readonly Story[] {
  const system = smallSystem();
  const search = new BreadthFirst(system);
  while (!search.advance(1000));
  return search.result().verdicts.flatMap((verdict, number): Story[] => {
    if (verdict.kind !== 'violated') return [];
    const names = { protocol: 'small', variant: 'seed', scope: 'gate', heddle: '0.0.0' };
    const { file, trace } = record(system, verdict.violation, names, { minimal: verdict.minimal });
    const { violation, certificate } = file;
    return [{ ...names, guarantee: guarantees[number]!, violation, certificate, trace, file: 'counterexamples/small/seed--x.json' }];
  });
}

function storyOf(name: string): Story {
  return stories().find(({ guarantee }) => guarantee.name === name)!;
}

for (const width of [80, 60, 40])
  test(`a deadlock is told in ${width} columns`, (t) => {
    t.snapshot(renderColumns(storyOf('no-deadlock'), { width }));
  });

test('a broken step, a broken state, a fault and a missing event are told in 80 columns', (t) => {
  for (const name of ['once', 'below-two', 'lock-discipline', 'some']) t.snapshot(renderColumns(storyOf(name)), name);
});

test('no line is wider than the page, with colours or without', (t) => {
  for (const story of stories())
    for (let width = 40; width <= 130; width++) {
      const plain = renderColumns(story, { width });
      const widest = Math.max(...plain.split('\n').map((line) => stringWidth(line)));
      t.true(widest <= width, `${story.guarantee.name}: ${widest} > ${width}`);
    }
});

test('colours change nothing but the colour', (t) => {
  for (const story of stories()) {
    const coloured = renderColumns(story, { colors: pc.createColors(true) });
    // oxlint-disable-next-line no-control-regex -- the escape sequences are what is taken away.
    t.is(coloured.replace(/\u001B\[\d+m/g, '').replace(/ +$/gm, ''), renderColumns(story));
    t.not(coloured, renderColumns(story));
  }
});

test('every step is told once, in order, and the mark is on the last or after it', (t) => {
  for (const story of stories())
    for (const width of [40, 80, 120]) {
      const lines = renderColumns(story, { width }).split('\n');
      const numbered = lines.flatMap((line) => /^([ ✗]) +(\d+)  /.exec(line)?.slice(1, 3) ?? []);
      const count = story.trace.steps.length;
      const marks = story.trace.steps.map((_, index) => (index + 1 === count && story.violation.at === 'step' ? '✗' : ' '));
      t.deepEqual(
        numbered,
        story.trace.steps.flatMap((_, index) => [marks[index]!, String(index + 1)]),
      );
      const verdict = lines.findIndex((line) => /^✗ \D/.test(line));
      t.true(verdict > lines.findIndex((line) => new RegExp(`^[ ✗] +${count}  `).test(line)));
    }
});

test('a trace without a violation has no mark', (t) => {
  const { trace } = storyOf('once');
  t.notRegex(renderSteps(trace), /✗/);
  t.is(renderSteps({ ...trace, steps: [] }), '\n');
});
