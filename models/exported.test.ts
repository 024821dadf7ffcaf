/** Recorded counterexamples as other tools get them: read back, each is the run that replay tells. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { readCounterexample, scopeWords } from '../src/counterexample/file.ts';
import { replayed } from '../src/command/replayed.ts';
import { itf } from '../src/export/itf.ts';
import { mermaid } from '../src/export/mermaid.ts';
import { itfProblems } from '../src/export/read-itf.ts';
import { mermaidProblems } from '../src/export/read-mermaid.ts';
import { builtProtocols } from './zoo-table.ts';

const folder = join(process.cwd(), 'counterexamples');
const all = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.json')).sort();
/** All of them with HEDDLE_EXPORTED=all; without it every seventh and the lassos. */
const sample = all.filter((file, index) => process.env['HEDDLE_EXPORTED'] === 'all' || index % 7 === 0 || file.includes('updates-resume'));
const protocols = await builtProtocols();

test('recorded counterexamples are read back, as ITF and as Mermaid, as the runs that replay tells', async (t) => {
  let lassos = 0;
  for (const path of sample) {
    const file = await readCounterexample(join(folder, path));
    const { system, guarantee, outcome } = replayed(protocols, file, path);
    if (outcome.kind !== 'violates') return t.fail(`${path} ${outcome.kind}`);
    const { protocol, variant, certificate } = file;
    const { schedule, trace, contrast } = outcome;
    const story = { protocol, variant, scope: scopeWords(file), guarantee, violation: outcome, certificate, trace, contrast };
    if (trace.loop !== undefined) {
      // What a run without end assumes is said wherever it is told.
      t.regex(mermaid(story), /assumed: G1, G2, U, sysmon: .*weak fairness/);
      t.regex(JSON.parse(itf(system, schedule, story, '0.0.0'))['#meta'].assumes.join(), /weak fairness.*strong fairness/);
    }
    t.deepEqual(itfProblems(itf(system, schedule, story, '0.0.0'), story), [], path);
    t.deepEqual(mermaidProblems(mermaid(story), story), [], path);
    if (trace.loop !== undefined) lassos++;
  }
  t.true(sample.length >= 12);
  t.is(lassos, 2);
});

test('the diagram in docs/export.md is the one that its command prints', async (t) => {
  const text = await readFile(join(process.cwd(), 'docs/export.md'), 'utf8');
  const [, path = '', diagram = ''] = /heddle export counterexamples\/(\S+) --to mermaid\n```\n\n```mermaid\n([^]*?)```\n/.exec(text) ?? [];
  const file = await readCounterexample(join(folder, path));
  const { guarantee, outcome } = replayed(protocols, file, path);
  if (outcome.kind !== 'violates') return t.fail(outcome.kind);
  t.is(
    diagram,
    mermaid({ ...file, scope: scopeWords(file), guarantee, violation: outcome, trace: outcome.trace, contrast: outcome.contrast }),
  );
});
