import test from 'ava';
import { runHeddle } from './run-heddle.ts';
import { counter, large, projects, type Files } from './small-project.ts';

const project = projects(test);
const root = project(counter());

interface Row {
  readonly variant: string;
  readonly guarantee: string;
  readonly verdict: string;
  readonly asExpected: boolean;
  readonly complete: boolean;
  readonly storage: string;
  readonly bound: Readonly<Record<string, unknown>> | null;
  readonly states: number;
  readonly transitions: number;
}

async function rowsOf(args: readonly string[], cwd?: string) {
  const { code, stdout } = await runHeddle(['check', '--json', '--engine', 'exhaustive', ...args], cwd === undefined ? {} : { cwd });
  // CONTRACT.md, heddle-results/1.
  const { results, ...document } = JSON.parse(stdout) as { readonly results: readonly Row[]; readonly complete: boolean };
  return { code, ...document, rows: results };
}

test('a search by hash compaction says that nothing was found, within a bound that has the odds of an omission', async (t) => {
  const exact = await rowsOf(['counter/safe', '--root', root]);
  const { code, complete, rows } = await rowsOf(['counter/safe', '--hash-compact', '--root', root]);
  t.is(code, 0);
  t.false(complete);
  t.deepEqual(
    rows.map(({ guarantee, states, transitions }) => [guarantee, states, transitions]),
    exact.rows.map(({ guarantee, states, transitions }) => [guarantee, states, transitions]),
  );
  for (const row of rows) {
    t.like(row, { verdict: 'not-found', asExpected: true, complete: false, storage: 'hash-compacted' });
    const odds = (row.states * (row.states + 1)) / 2 ** 77;
    const sought = row.guarantee === 'no-deadlock' ? { sought: 'wait-for cycles and bad ends' } : {};
    t.deepEqual(row.bound, { kind: 'hash-compacted', bits: 76, omission: odds, ...sought });
  }
  for (const row of exact.rows) t.like(row, { verdict: 'holds', storage: 'exact', bound: null });
});

test('the table says how states were told apart, and the odds', async (t) => {
  const { code, stdout } = await runHeddle(['check', 'counter/safe', '--hash-compact', '--root', root]);
  t.is(code, 0);
  const text = stdout.replace(/\n\s+/g, ' ');
  t.regex(text, / 5 states up to symmetry, safe steps taken alone, hash-compacted, /);
  t.regex(
    text,
    /not found in any run, hash-compacted: each state was told from the others by 76 bits, and some state was left out with probability \d(?:\.\d)?e-\d+ at most: none-lost, lock-discipline, no-throw/,
  );
  t.regex(text, /of threads that are stuck, only wait-for cycles and bad ends were looked for: no-deadlock/);
  t.regex(text, /4 results: 4 not found within a bound\./);
});

test('what it finds is recorded, and replays', async (t) => {
  const own = project(counter());
  const { code, rows } = await rowsOf(['counter/racy', '--guarantee', 'none-lost', '--hash-compact', '--record'], own);
  t.is(code, 0);
  t.like(rows[0], { verdict: 'violated', asExpected: true, storage: 'hash-compacted', bound: null });
  const replayed = await runHeddle(['replay', 'counterexamples/counter/racy--none-lost.json'], { cwd: own });
  t.is(replayed.code, 0, replayed.stderr);
  t.regex(replayed.stdout, /none-lost/);
});

test('a memory budget that runs out ends it as incomplete, with the odds so far', async (t) => {
  const args = ['large/b-large', '--hash-compact', '--memory', '4', '--root', project(large())];
  const { code, rows } = await rowsOf(args);
  t.is(code, 3);
  for (const row of rows) {
    t.like(row, { verdict: 'incomplete', asExpected: false, bound: { kind: 'hash-compacted', bits: 76, cut: 'memory' } });
    // 4 MiB hold more than 200,000 states of twice 64 bits.
    t.true(row.states > 200_000, String(row.states));
  }
  const { stdout } = await runHeddle(['check', ...args]);
  t.regex(
    stdout.replace(/\n\s+/g, ' '),
    /incomplete \(the memory budget ran out; runs of up to \d+ steps are excluded; hash-compacted: .* probability \S+ at most\)/,
  );
});

/** The counter, and that it is 2 at last. */
function live(): Files {
  const { 'properties/counter.ts': stated = '', ...files } = counter();
  return {
    ...files,
    'properties/counter.ts': `${stated.replace('guarantee, invariant', 'eventually, guarantee, invariant, whenHolds').replace(
      /\];\s*$/,
      `  guarantee('counted', { says: 'the counter is 2 at last', source: 'a test' }, eventually(whenHolds([counter], (now) => now === 2)).globally()),
];
`,
    )}`,
  };
}

test('liveness is not judged, and the reason is told', async (t) => {
  const own = project(live());
  const { code, rows } = await rowsOf(['counter/safe', '--hash-compact', '--root', own]);
  t.is(code, 3);
  t.deepEqual(
    rows.map(({ guarantee, verdict }) => [guarantee, verdict]),
    [
      ['counted', 'incomplete'],
      ['lock-discipline', 'not-found'],
      ['no-deadlock', 'not-found'],
      ['no-throw', 'not-found'],
      ['none-lost', 'not-found'],
    ],
  );
  t.like(rows[0]?.bound, { cut: 'hash-compacted' });
  const { stdout } = await runHeddle(['check', 'counter/safe', '--hash-compact', '--root', own]);
  t.regex(stdout, /incomplete \(it is judged on the graph of all states, which hash compaction/);
  t.regex(stdout.replace(/\n\s*/g, ' '), /1 of 5 results is open: hash compaction does not keep the graph of all states\./);
});

/** The rows without the only thing that may differ. */
function timeless(rows: readonly Row[] = []): unknown {
  return rows.map((row) => ({ ...row, milliseconds: 0 }));
}

test('two workers find the same', async (t) => {
  const [one, two] = await Promise.all(['1', '2'].map((workers) => rowsOf(['--hash-compact', '--workers', workers, '--root', root])));
  t.is(one?.code, 0);
  t.deepEqual(timeless(two?.rows), timeless(one?.rows));
});

test('it does not go with random schedules', async (t) => {
  const { code, stdout, stderr } = await runHeddle(['check', '--engine', 'random', '--hash-compact', '--root', root]);
  t.is(code, 2);
  t.is(stdout, '');
  t.regex(stderr, /^error bad-usage\n {2}--hash-compact is for the exhaustive engine, and --engine is random\n/);
});
