/** Several threads find what one finds. */
import test from 'ava';
import * as fc from 'fast-check';
import { preserves } from '../kernel/safe-steps.ts';
import { System } from '../kernel/system.ts';
import { HeddleError } from '../model/error.ts';
import { bool } from '../model/handle.ts';
import { store } from '../model/operations.ts';
import { keyOf } from '../model/plain-data.ts';
import { scenario, thread } from '../model/protocol.ts';
import { routine } from '../model/routine.ts';
import { guarantee, invariant } from '../property/property.ts';
import { generatedProtocol, subjectOf } from '../semantics/generated-protocols.ts';
import { BreadthFirst, type BreadthFirstOptions } from './breadth-first.ts';
import { alike, handles as alikeHandles, subjectOf as ofThreadsAlike } from './symmetry/generated-alike.ts';
import { placeOrbits } from './symmetry/loop-orbits.ts';
import { Team } from './team.ts';
import { tinySystems } from './zoo.ts';

/** A search with more states is taken for an endless one. */
const most = 200_000;

/**
 * What a search has to say, and all states, with how many steps away each is; their order is not compared. Undefined if it does not
 * come to an end, be it that a monitor never forgets.
 */
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
  if (result.verdicts.some((verdict) => verdict.kind === 'incomplete')) return undefined;
  const state = new Int32Array(search.states.words);
  const lines = Array.from({ length: search.states.size }, (_, number) => {
    search.states.read(number, state);
    // A monitor's states are numbered as they are met, by whoever is first.
    const remembered = system.monitors.map((monitor, guarantee) => {
      if (monitor === undefined) return '';
      const field = system.monitorField(guarantee);
      const code = system.layout.read(state, field);
      system.layout.write(state, field, 0);
      return keyOf(monitor.states[code]);
    });
    let steps = 0;
    for (let at = search.states.parentOf(number); at >= 0; at = search.states.parentOf(at)) steps++;
    // Which state of an orbit is least hangs on the numbers of monitors' states, and so on who was first.
    return search.orbits === undefined ? `${state.join()} ${remembered.join(' ')} ${steps}` : `${steps}`;
  });
  return [JSON.stringify(result), ...lines.sort()].join('\n');
}

const generatedSystem = generatedProtocol.map((generated) => (): System => {
  const { handles, ranks, scenario, guarantees } = subjectOf(generated);
  return new System(handles, ranks, scenario, guarantees, { automata: 'raw', parts: { mostSpare: 0 } });
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
      const reduced = await told(system(), { reduces: true });
      if (reduced !== (await told(system(), { reduces: true, workers: 3, worthSharing: 0 }))) throw new Error('they differ when reduced');
    }),
    {
      numRuns: Number(process.env['HEDDLE_GENERATED'] ?? 1000) / 25,
      seed: Number(process.env['HEDDLE_SEED'] ?? 3),
      includeErrorInReport: true,
    },
  );
  t.true(compared > 20);
});

const generatedAlike = alike.map((generated) => (): System => {
  const { scenario, guarantees } = ofThreadsAlike(generated);
  return new System(alikeHandles, undefined, scenario, guarantees, { automata: 'minimised', parts: { mostSpare: 0 } });
});

test('three threads find the orbits that one finds, and tell the same runs', async (t) => {
  let orbits = 0;
  await fc.assert(
    fc.asyncProperty(generatedAlike, async (system) => {
      for (const reduces of [false, true]) {
        const one = await told(system(), { symmetry: true, reduces });
        if (one === undefined) return;
        if (one.includes('"on":true')) orbits++;
        if (one !== (await told(system(), { symmetry: true, reduces, workers: 3, worthSharing: 0 })))
          throw new Error(`they differ, reduced: ${reduces}`);
      }
    }),
    {
      numRuns: Number(process.env['HEDDLE_GENERATED'] ?? 1000) / 25,
      seed: Number(process.env['HEDDLE_SEED'] ?? 3),
      includeErrorInReport: true,
    },
  );
  t.true(orbits > 20, String(orbits));
});

/** Tells the loop nothing of what monitors' states become. */
const tellsNoImages: typeof placeOrbits = (loop, layout, told) => {
  const unknown = { images: told.threads.map(() => new Int32Array(0)), onAssigned: undefined };
  const growing = told.places.growing.map((images) => images && (unknown as unknown as typeof images));
  return placeOrbits(loop, layout, { ...told, places: { ...told.places, growing } });
};

test('members leave states to the caller whose orbits the tables do not tell', async (t) => {
  let orbits = 0;
  for (const system of fc.sample(generatedAlike, { numRuns: 60, seed: 8 })) {
    const one = await told(system(), { symmetry: true });
    if (one?.includes('"on":true') !== true) continue;
    orbits++;
    t.true(one === (await told(system(), { symmetry: true, workers: 3, worthSharing: 0, placeOrbits: tellsNoImages })));
  }
  t.true(orbits > 30, String(orbits));
});

const variants: Readonly<Record<string, readonly string[]>> = {
  'compute-max-procs': ['repaired', 'go1.25-e481a08e'],
  'sysmon-trace': ['go1.15-c847589a', 'before-c847589a'],
};
for (const [protocol, names] of Object.entries(variants)) {
  test(`two threads find what one finds in ${protocol}`, async (t) => {
    for (const { variant, system } of tinySystems(protocol, () => true, names))
      t.true((await told(system)) === (await told(system, { workers: 2, worthSharing: 0 })), variant);
  });

  test(`two threads find what one finds in ${protocol} when safe steps are taken alone`, async (t) => {
    for (const { variant, system } of tinySystems(protocol, preserves, names)) {
      const one = await told(system, { reduces: true });
      t.true(one!.includes('"reduction":"safe-steps"'), variant);
      t.true(one === (await told(system, { reduces: true, workers: 2, worthSharing: 0 })), variant);
    }
  });
}

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

/** Wakes the members again and again in each round: as where they have done their part before the signal comes. */
class WakesForNothing extends Team {
  protected override wake(): void {
    const clock = new Int32Array(new SharedArrayBuffer(4));
    for (let again = 0; again < 10; again++) {
      super.wake();
      Atomics.wait(clock, 0, 0, 0.1);
    }
  }
}

test('members that are woken for nothing sleep again', async (t) => {
  for (const { variant, system } of tinySystems('sysmon-trace', preserves, ['go1.15-c847589a']))
    for (const reduces of [false, true]) {
      const one = await told(system, { reduces });
      t.true(one === (await told(system, { reduces, workers: 3, worthSharing: 0, Team: WakesForNothing })), variant);
    }
});

test('where the members leave all states to the caller, the table grows as he expands them', async (t) => {
  const flags = Array.from({ length: 30 }, (_, me) => bool(`flag ${me}`));
  const raise = routine('raise', function* (me: number) {
    yield* store(flags[me]!, true);
  });
  const raised = scenario({ threads: flags.map((_, me) => thread(`T${me}`, raise(me))) });
  // Only the caller can say that it is broken, and it is in every state.
  const broken = guarantee(
    'broken',
    { says: '', source: '' },
    invariant([flags[0]!], () => false),
  );
  const system = new System(flags, undefined, raised, [broken], { automata: 'raw' });
  const search = new BreadthFirst(system, { workers: 2, worthSharing: 0 });
  await search.assemble();
  // Expands the states in which up to four flags are up, and so sees all with five.
  const four = 1 + 30 + 435 + 4_060 + 27_405;
  search.advance(four);
  t.is(search.states.size, four + 142_506);
  search.cut('interrupted');
});
