/** The generated scenarios of the zoo: every variant can be built on them, and nothing leaves its domain. */
import test from 'ava';
import * as fc from 'fast-check';
import { interleavings } from '../src/schedule/interleavings.ts';
import { builtProtocols } from './zoo-table.ts';

/** `HEDDLE_SCENARIO_RUNS` draws more a variant. */
const numRuns = Number(process.env['HEDDLE_SCENARIO_RUNS'] ?? 2);
const protocols = (await builtProtocols()).filter(({ protocol }) => protocol.scenarios !== undefined);

test('three protocols state scenarios beyond their scopes', (t) => {
  t.deepEqual(
    protocols.map(({ protocol }) => protocol.name),
    ['compute-max-procs', 'mprof', 'sysmon-trace'],
  );
});

for (const { protocol, guarantees } of protocols)
  test(`runs of ${protocol.name} in generated scenarios keep every value in its domain`, (t) => {
    for (const [index, { name, otherwise }] of protocol.variants.entries()) {
      if (otherwise === 'unspecified') continue;
      const runs = interleavings(protocol, { variant: name }, { guarantees, maxSteps: 300 });
      for (const run of fc.sample(runs, { seed: index + 1, numRuns })) t.true(run.steps > 0);
    }
  });
