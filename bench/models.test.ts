/** The models on all sides have the same steps: counted here for Heddle and SPIN, by the benchmark for TLC too. */
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { explore, type Guarantee, type Protocol } from '../src/index.ts';
import { Pan, spinIsInstalled, type SpinSettings } from './peers/spin.ts';
import { subjects } from './subjects.ts';

const models = fileURLToPath(new URL('../../bench/models', import.meta.url));
const small = subjects.filter(({ states }) => states < 20_000);

for (const { name, states } of subjects.filter(({ states }) => states < 110_000))
  test(`${name} has ${states} raw states in Heddle, and holds`, async (t) => {
    const model = (await import(`./models/${name}/index.js`)) as { readonly default: Protocol };
    const guarantees: readonly Guarantee[] = name.startsWith('compute-max-procs')
      ? ((await import(`./properties/${name}.js`)) as { readonly guarantees: readonly Guarantee[] }).guarantees
      : [];
    const { scopes, variants } = model.default;
    const found = explore(model.default, scopes[0]!.scenario(variants[0]!.routines), guarantees, { automata: 'raw' });
    t.is(found.states, states);
    t.deepEqual(found.violated, {});
  });

const settings: SpinSettings = { order: 'dfs', optimise: '-O0', reduce: false };
for (const subject of small)
  (spinIsInstalled ? test : test.skip)(`${subject.name} has ${subject.states} states in SPIN, and holds`, (t) => {
    const pan = new Pan(models, subject, settings);
    t.teardown(() => pan.remove());
    t.is(pan.coldStart().states, subject.states);
  });
