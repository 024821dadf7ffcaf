/** SPIN against Heddle on the zoo in its smallest scopes: as many states, and the same guarantees broken. */
import test from 'ava';
import { compiler, difference, missing } from '../src/export/promela/against-spin.ts';
import { canAssert } from '../src/export/promela/program.ts';
import { System } from '../src/kernel/system.ts';
import { builtProtocols } from './zoo-table.ts';

/** `HEDDLE_SPIN_ZOO=all`: every variant, raw and minimised, in five minutes. Else the first variant of each, raw where that is small. */
const all = process.env['HEDDLE_SPIN_ZOO'] === 'all';
/** More local states than this are not small. */
const fewStates = 1000;

for (const { protocol, guarantees } of await builtProtocols())
  for (const variant of all ? protocol.variants : protocol.variants.slice(0, 1))
    for (const automata of ['raw', 'minimised'] as const)
      test(`SPIN and Heddle agree on ${protocol.name}/${variant.name}, ${automata} automata`, (t) => {
        t.timeout(600_000);
        if (compiler === undefined) t.log(missing);
        else {
          const { handles, ranks } = protocol;
          const scenario = protocol.scopes.find(({ name }) => name === 'tiny')!.scenario(variant.routines);
          const system = new System(handles, ranks, scenario, guarantees.filter(canAssert), { automata });
          const size = system.learners.reduce((sum, { states }) => sum + states.length, 0);
          if (automata === 'raw' && !all && size > fewStates)
            t.log('skipped: too many local states for every run (HEDDLE_SPIN_ZOO=all checks them)');
          else t.is(difference(system), undefined);
        }
        t.pass();
      });
