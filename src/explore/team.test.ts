/** Several threads find what one finds. */
import test from 'ava';
import * as fc from 'fast-check';
import computeMaxProcs from '../../models/compute-max-procs/index.ts';
import sysmonTrace from '../../models/sysmon-trace/index.ts';
import { guarantees as computeMaxProcsGuarantees } from '../../properties/compute-max-procs.ts';
import { guarantees as sysmonTraceGuarantees } from '../../properties/sysmon-trace.ts';
import { System } from '../kernel/system.ts';
import { HeddleError } from '../model/error.ts';
import { hasPlain, withBuiltIn } from '../property/property.ts';
import { generatedProtocol, subjectOf } from '../semantics/generated-protocols.ts';
import { BreadthFirst, type BreadthFirstOptions } from './breadth-first.ts';
import { Team } from './team.ts';

/** A search with more states is taken for an endless one. */
const most = 200_000;

/** What a search has to say, and all states with how many steps away each is; their order is not compared. */
async function told(system: System, options: BreadthFirstOptions = {}): Promise<string | undefined> {
  const search = new BreadthFirst(system, options);
  if (options.workers !== undefined) await search.assemble();
  try {
    while (!search.advance(3_000)) if (search.progress.states > most) return undefined;
  } catch (error) {
    // Some generated models count beyond what their variable holds.
    if (!(error instanceof HeddleError)) throw error;
    return error.code;
  }
  const { milliseconds: _, ...result } = search.result();
  const state = new Int32Array(search.states.words);
  const lines = Array.from({ length: search.states.size }, (_, number) => {
    search.states.read(number, state);
    let steps = 0;
    for (let at = search.states.parentOf(number); at >= 0; at = search.states.parentOf(at)) steps++;
    return `${state.join()} ${steps}`;
  });
  return [JSON.stringify(result), ...lines.sort()].join('\n');
}

const generatedSystem = generatedProtocol.map((generated) => (): System => {
  const { handles, ranks, scenario, guarantees } = subjectOf(generated);
  return new System(handles, ranks, scenario, guarantees, { automata: 'raw' });
});

test('three threads find what one finds in generated protocols, and tell the same runs', async (t) => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(generatedSystem, async (system) => {
      const one = await told(system());
      // An endless model would be cut off somewhere else by each.
      if (one === undefined) return;
      compared++;
      if (one !== (await told(system(), { workers: 3, worthSharing: 0 }))) throw new Error('they differ');
    }),
    { numRuns: Number(process.env['HEDDLE_GENERATED'] ?? 1000) / 25, seed: 3 },
  );
  t.true(compared > 20);
});

for (const [protocol, guarantees, variants] of [
  [computeMaxProcs, computeMaxProcsGuarantees, ['repaired', 'go1.25-e481a08e']],
  [sysmonTrace, sysmonTraceGuarantees, ['go1.15-c847589a', 'before-c847589a']],
] as const)
  test(`two threads find what one finds in ${protocol.name}`, async (t) => {
    const all = withBuiltIn(guarantees, protocol.ranks !== undefined, hasPlain(protocol.handles));
    for (const { name, routines } of protocol.variants.filter((variant) => (variants as readonly string[]).includes(variant.name))) {
      const scenario = protocol.scopes.find((scope) => scope.name === 'tiny')!.scenario(routines as never);
      const system = new System(protocol.handles, protocol.ranks, scenario, all, { automata: 'minimised' });
      t.true((await told(system)) === (await told(system, { workers: 2, worthSharing: 0 })), name);
    }
  });

/** Forgets the states that others left to the caller. */
class ForgetsLeft extends Team {
  protected override leftBy(): Int32Array {
    return new Int32Array(0);
  }
}

test('the comparison notices a team that forgets what its members left', async (t) => {
  const differs = await fc.check(
    fc.asyncProperty(generatedSystem, async (system) => {
      const one = await told(system());
      return one === undefined || one === (await told(system(), { workers: 3, worthSharing: 0, Team: ForgetsLeft }));
    }),
    { numRuns: 200, seed: 3, endOnFailure: true },
  );
  t.true(differs.failed);
});
