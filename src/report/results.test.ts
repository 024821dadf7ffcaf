import test from 'ava';
import stringWidth from 'string-width';
import { check } from '../check/check.ts';
import { int, mutex } from '../model/handle.ts';
import { load, lock, store, unlock } from '../model/operations.ts';
import { protocol, scenario, scope, thread, variant } from '../model/protocol.ts';
import { routine } from '../model/routine.ts';
import { enters, writes } from '../property/event.ts';
import { never } from '../property/pattern.ts';
import { guarantee, invariant } from '../property/property.ts';
import { colours } from './colours.ts';
import { percent } from './residual-risk.ts';
import { findings, heading, summary, variantBlock, type ResultsOptions } from './results.ts';

const x = int('x', { to: 1 });
const first = mutex('first');
const second = mutex('second');
const quiet = routine('quiet', function* () {
  yield* load(x);
});
const loud = routine('loud', function* () {
  yield* lock(first);
  yield* store(x, 1);
  yield* unlock(first);
});
const crossed = routine('crossed', function* () {
  yield* lock(second);
  yield* lock(first);
  yield* unlock(first);
  yield* unlock(second);
});

interface Routines {
  readonly one: typeof quiet;
}
const all = protocol<Routines>('a-protocol-with-a-name', {
  about: 'two workers that take locks, or that do not, to show what a table of results looks like',
  source: 'a test of the table, in the version of today',
  shared: [x, first, second],
  scopes: [
    scope<Routines>('gate', 'two threads, each of which does what it does once and then ends', ({ one }) =>
      scenario({ threads: [thread('A', one()), thread('B', loud())] }),
    ),
  ],
  variants: [
    variant('a-variant-with-quite-a-long-name', {
      about: 'it only reads, which is not much to speak of',
      routines: { one: quiet },
    }),
    variant('broken', { about: 'it writes', routines: { one: loud }, expects: { 'stays-low': 'violated' }, otherwise: 'unspecified' }),
    variant('taken', { about: 'it is what the sources have', routines: { one: loud }, expects: { 'stays-low': 'finding' } }),
    variant('unexpected', { about: 'nobody foresaw it', routines: { one: crossed }, expects: { 'never-loud': 'violated' } }),
  ],
});
const guarantees = [
  guarantee(
    'stays-low',
    { says: 'the value stays low, whatever anybody does to it and however often', source: 'a test' },
    invariant([x], (x) => x === 0),
  ),
  guarantee('never-loud', { says: 'nobody is loud after a write', source: 'a test' }, never(writes(x)).after(enters('crossed'))),
];

const checked = (async () => {
  const results = await check(all, guarantees);
  // Renderings are compared without times.
  return results.map((result) => ({ ...result, exploration: { ...result.exploration, milliseconds: 0 } }));
})();

async function page(width: number): Promise<string> {
  const results = await checked;
  const options: ResultsOptions = {
    width,
    colours: colours(false),
    fileOf: ({ protocol, variant }, row) =>
      row.expected === 'holds' ? undefined : `counterexamples/${protocol.name}/${variant.name}--${row.guarantee.name}.json`,
  };
  const blocks = results.map((result) => variantBlock(result, options));
  return [heading(results[0]!, options), ...blocks, findings(results, options), summary(results, 0, options)].join('\n');
}

for (const width of [80, 50])
  test(`a page of results at ${width} columns`, async (t) => {
    t.snapshot(await page(width));
  });

test('no line is wider than the page but for a command to copy', async (t) => {
  for (let width = 40; width <= 120; width++)
    for (const line of (await page(width)).split('\n'))
      if (!line.startsWith('    heddle replay ')) t.true(stringWidth(line) <= width, `${width}: ${line}`);
});

test('colours change nothing but colours', async (t) => {
  const [result] = await checked;
  const options = { width: 60, fileOf: () => undefined };
  const plain = variantBlock(result!, { ...options, colours: colours(false) });
  const painted = variantBlock(result!, { ...options, colours: colours(true) });
  t.not(painted, plain);
  // oxlint-disable-next-line no-control-regex -- colours are escape codes.
  t.is(painted.replaceAll(/\u001b\[\d+m/g, ''), plain);
});

for (const strategy of ['pct', 'uniform'] as const)
  test(`a random result by ${strategy} tells its bound and its residual risk`, async (t) => {
    const [result] = await check(all, guarantees, { engine: 'random', variants: ['taken'], schedules: 200, strategy, depth: 2 });
    const options = { width: 80, fileOf: () => undefined, colours: colours(false) };
    t.snapshot(variantBlock({ ...result!, exploration: { ...result!.exploration, milliseconds: 0 } }, options));
  });

function rounded(round?: (number: number) => number): readonly string[] {
  return [0, 1, 0.5, 0.1234, 0.0121, 0.000012, 0.99994, 0.99].map((probability) => percent(probability, round));
}

test('probabilities have two digits that count, and bounds are rounded up', (t) => {
  t.deepEqual(rounded(), ['0%', '100%', '50%', '12%', '1.2%', '0.0012%', '99.99%', '99%']);
  t.deepEqual(rounded(Math.ceil), ['0%', '100%', '50%', '13%', '1.3%', '0.0012%', '100%', '99%']);
});
