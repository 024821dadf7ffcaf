import { fc, testProp } from '@fast-check/ava';
import { System } from '../../kernel/system.ts';
import { int } from '../../model/handle.ts';
import { store } from '../../model/operations.ts';
import { scenario, thread } from '../../model/protocol.ts';
import { routine } from '../../model/routine.ts';
import { Fingerprint } from './fingerprint.ts';

/** The second has more values than hashes are kept for. */
const variables = [int('before', { to: 3 }), int('wide', { to: 40_000 }), int('after', { to: 3 })];
const first = routine('first', function* () {
  yield* store(variables[0]!, 1);
});
const system = new System(variables, undefined, scenario({ threads: [thread('A', first())] }), []);

const values = fc.tuple(fc.nat(3), fc.oneof(fc.nat(40_000), fc.constantFrom(16_383, 16_384, 40_000)), fc.nat(3));

function packed(of: readonly number[]): Int32Array {
  const [state] = system.initialStates();
  of.forEach((value, variable) => system.layout.write(state!, system.valueField(variable), value));
  return state!;
}

testProp(
  'a fingerprint kept up to date is that of the state, and of no other',
  [fc.array(values, { minLength: 2, maxLength: 20 })],
  (t, visited) => {
    const kept = new Fingerprint(system);
    kept.begin(packed(visited[0]!));
    const seen = new Map<string, string>();
    visited.forEach((of, k) => {
      if (k > 0) kept.step(packed(visited[k - 1]!), packed(of));
      const own = new Fingerprint(system);
      own.begin(packed(of));
      t.deepEqual([kept.low, kept.high], [own.low, own.high]);
      const print = `${own.low} ${own.high}`;
      t.is(seen.get(print) ?? of.join(), of.join());
      seen.set(print, of.join());
    });
  },
  { seed: 1 },
);
