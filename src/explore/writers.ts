/** Test support: small protocols of three threads in which preemptions matter, with a guarantee for each pair of values. */
import * as fc from 'fast-check';
import { System } from '../kernel/system.ts';
import { int, mutex } from '../model/handle.ts';
import { lock, store, unlock } from '../model/operations.ts';
import { scenario, thread } from '../model/protocol.ts';
import { routine } from '../model/routine.ts';
import { guarantee, invariant, withBuiltIn } from '../property/property.ts';

/** The variable, and whether it is set to the greater of the thread's own two values. */
type Write = readonly [variable: 0 | 1, greater: boolean];

const variables = [int('x', { to: 6 }), int('y', { to: 6 })] as const;
const m = mutex('m');
const writes = routine('writes', function* (program: readonly Write[], index: number, locked: boolean) {
  if (locked) yield* lock(m);
  for (const [variable, greater] of program) yield* store(variables[variable], 1 + 2 * index + Number(greater));
  if (locked) yield* unlock(m);
});
/** For each pair of values a guarantee that it is never seen, so that what is smallest is compared for each. */
const pairs = Array.from({ length: 49 }, (_, pair) =>
  guarantee(
    `never-${pair}`,
    { says: '', source: '' },
    invariant(variables, (x, y) => x + 7 * y !== pair),
  ),
);

/** Systems of three threads, each with so many writes, some of them under one mutex. */
export function writers(count: number, sample: { readonly numRuns: number; readonly seed: number }): readonly System[] {
  const program = fc.array(fc.tuple(fc.constantFrom<0 | 1>(0, 1), fc.boolean()), { minLength: count, maxLength: count });
  const programs = fc.array(fc.tuple(program, fc.boolean()), { minLength: 3, maxLength: 3 });
  return fc.sample(programs, sample).map((threads) => {
    const named = threads.map(([own, locked], index) => thread('ABC'.charAt(index), writes(own, index, locked)));
    return new System([...variables, m], undefined, scenario({ threads: named }), withBuiltIn(pairs, false), { automata: 'minimised' });
  });
}
