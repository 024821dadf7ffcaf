/** The certificates of compute-max-procs are found again: no counterexample there is larger than it need be. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { readCounterexample } from '../src/counterexample/file.ts';
import { minimalViolation } from '../src/explore/minimal-violation.ts';
import { System } from '../src/kernel/system.ts';
import { scopeOf } from '../src/project/select.ts';
import { builtProtocols } from './zoo-table.ts';

const folder = join(process.cwd(), 'counterexamples/compute-max-procs');
const files = (await readdir(folder)).filter((file) => file.endsWith('.json'));
const { protocol, guarantees } = (await builtProtocols()).find((loaded) => loaded.protocol.name === 'compute-max-procs')!;

test('every counterexample of compute-max-procs is the smallest, and its certificate counts what was searched', async (t) => {
  for (const file of files) {
    const { variant: name, scope, guarantee, certificate } = await readCounterexample(join(folder, file));
    const variant = protocol.variants.find((each) => each.name === name)!;
    const scenario = scopeOf(protocol, scope).scenario(variant.routines);
    const system = new System(protocol.handles, protocol.ranks, scenario, guarantees, { automata: 'minimised' });
    const number = guarantees.findIndex((each) => each.name === guarantee);
    // A run without end is found on the graph; only its stem is made shortest (docs/semantics.md).
    if (guarantees[number]!.property.kind === 'liveness') continue;
    const minimum = minimalViolation(system, number, { order: certificate.search?.order ?? [] });
    t.deepEqual(minimum.kind === 'violated' && minimum.violation.certificate, certificate.search, file);
  }
});
