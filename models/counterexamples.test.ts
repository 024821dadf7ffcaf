/** The evidence: every committed counterexample still violates, and everything that is expected to break has one. */
import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { counterexamplePath, readCounterexample, scopeWords } from '../src/counterexample/file.ts';
import { replay } from '../src/counterexample/replay.ts';
import { System } from '../src/kernel/system.ts';
import { scopeOf } from '../src/project/select.ts';
import { renderColumns } from '../src/report/columns.ts';
import { builtProtocols } from './zoo-table.ts';

const root = process.cwd();
const files = (await readdir(join(root, 'counterexamples'), { recursive: true })).filter((file) => file.endsWith('.json')).sort();
const protocols = await builtProtocols();

for (const file of files)
  test(`${file} still violates, and its text tells it`, async (t) => {
    const path = join(root, 'counterexamples', file);
    const content = await readCounterexample(path);
    const { protocol, guarantees } = protocols.find((loaded) => loaded.protocol.name === content.protocol)!;
    const variant = protocol.variants.find(({ name }) => name === content.variant)!;
    const { description } = content.scenario;
    const scenario =
      description === undefined
        ? scopeOf(protocol, content.scope).scenario(variant.routines)
        : protocol.scenarios!.build(variant.routines)(description);
    const system = new System(protocol.handles, protocol.ranks, scenario, guarantees);
    const outcome = replay(system, content);
    t.is(outcome.kind, 'violates', outcome.kind === 'parted' ? `step ${outcome.at}: ${outcome.expected} / ${outcome.found}` : undefined);
    if (outcome.kind !== 'violates') return;
    t.is(outcome.schedule.choices.length, content.schedule.length);
    t.is(outcome.says, content.violation.says);
    const guarantee = guarantees.find(({ name }) => name === content.guarantee)!;
    const { protocol: name, certificate } = content;
    const text = renderColumns({
      protocol: name,
      variant: variant.name,
      scope: scopeWords(content),
      guarantee,
      violation: outcome,
      certificate,
      trace: outcome.trace,
      contrast: outcome.contrast,
    });
    t.is(readFileSync(path.replace(/\.json$/, '.txt'), 'utf8'), text);
  });

test('everything that a variant expects to break has its counterexample', (t) => {
  const missing = protocols.flatMap(({ protocol }) =>
    protocol.variants.flatMap(({ name, expects }) =>
      Object.entries(expects)
        .filter(([, expectation]) => expectation === 'violated' || expectation === 'finding')
        .map(([guarantee]) => counterexamplePath({ protocol: protocol.name, variant: name, guarantee }))
        .filter((path) => !existsSync(join(root, path))),
    ),
  );
  t.deepEqual(missing, []);
});
