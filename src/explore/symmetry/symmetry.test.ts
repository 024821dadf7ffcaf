import test from 'ava';
import * as fc from 'fast-check';
import { HeddleError } from '../../model/error.ts';
import { bool, gate, handlesOf, option, threadId } from '../../model/handle.ts';
import { perThread } from '../../model/per-thread.ts';
import type { Step } from '../../model/operation.ts';
import { atomically, compareAndSwap, ensure, load, mayWaitForever, self, start, stop, store, waitUntil } from '../../model/operations.ts';
import { scenario, thread, type Scenario } from '../../model/protocol.ts';
import { forever, routine } from '../../model/routine.ts';
import { writes } from '../../property/event.ts';
import { never } from '../../property/pattern.ts';
import { guarantee, withBuiltIn, type Guarantee } from '../../property/property.ts';
import { Fired, Kernel, stops } from '../../kernel/kernel.ts';
import { System } from '../../kernel/system.ts';
import type { Group, Renaming } from './renaming.ts';
import { GrowingNodes } from './growing-nodes.ts';
import { breachOf } from '../../counterexample/breach.ts';
import { Exhaustive, type ExhaustiveOptions } from '../exhaustive.ts';
import { StuckThreads } from '../liveness/stuck.ts';
import type { Verdict } from '../verdict.ts';
import { Canonical } from './canonical.ts';
import { alike, handles, properties, subjectOf, tellingApart, type Alike as Generated } from './generated-alike.ts';
import { placeOrbits, type Alike } from './loop-orbits.ts';
import { MonitorImages } from './monitor-images.ts';
import type { SymmetryParts, SymmetryUse } from './symmetry.ts';

/** Protocols with more states than this are left out. */
const most = 1500;

/** How a search goes, beside symmetry. */
interface How extends ExhaustiveOptions {
  /** Minimised unless said otherwise. */
  readonly automata?: 'minimised' | 'on-demand';
}

function searched(
  generated: Generated,
  symmetry: boolean | SymmetryParts,
  limit = Number.POSITIVE_INFINITY,
  { automata = 'minimised', ...options }: How = {},
): Exhaustive | undefined {
  const { scenario: checked, guarantees } = subjectOf(generated);
  // Fields of monitors and of threads that are as narrow as can be are the ones that an image may not fit.
  const system = new System(handles, undefined, checked, guarantees, { automata, parts: { mostSpare: 0, firstRoom: 4 } });
  const search = new Exhaustive(system, { ...options, symmetry });
  while (!search.advance(200)) if (search.progress.states > limit) return undefined;
  return search;
}

/** A verdict without its run: what it is, how long, and vacuity. */
function told(verdict: Verdict): string {
  if (verdict.kind === 'violated') return `violated in ${verdict.violation.schedule.choices.length}`;
  return verdict.kind === 'holds' ? `holds ${verdict.vacuous}` : verdict.kind;
}

/** All ways of the threads of some classes to change places. */
function permutations(system: System, classes: SymmetryUse['threads']): readonly (readonly number[])[] {
  const numbers = classes.map((names) => names.map((name) => system.scenario.threads.findIndex((thread) => thread.name === name)));
  const orders = (of: readonly number[]): number[][] =>
    of.length === 0 ? [[]] : of.flatMap((first) => orders(of.filter((each) => each !== first)).map((rest) => [first, ...rest]));
  return numbers.reduce<readonly (readonly number[])[]>(
    (all, members) =>
      all.flatMap((permutation) =>
        orders(members).map((order) => permutation.map((to, from) => (members.includes(from) ? order[members.indexOf(from)]! : to))),
      ),
    [system.scenario.threads.map((_, thread) => thread)],
  );
}

/**
 * How many orbits the states of a search without symmetry have: by running, for each state and each permutation, the run that
 * leads to the state with the threads' places changed. No tables of renamings are used.
 */
function orbits({ search, system }: Exhaustive, classes: SymmetryUse['threads']): number {
  const { states } = search;
  const { size } = states;
  const before = new Int32Array(states.words);
  const kernel = new Kernel(system);
  const leader = Array.from({ length: size }, (_, state) => state);
  const find = (state: number): number => (leader[state] === state ? state : (leader[state] = find(leader[state]!)));
  const step = (state: number, thread: number, pick: number): number => {
    states.read(state, before);
    kernel.load(before, 0);
    const fired = pick === stops ? kernel.halt(thread) : pick < kernel.choices(thread) ? kernel.fire(thread, pick) : Fired.disabled;
    return fired === Fired.stepped ? states.find(kernel.next) : -1;
  };
  const lastChoice = (state: number): readonly [number, number] => {
    for (let thread = 0; thread < kernel.threads; thread++)
      for (let pick = stops; pick < 3; pick++) if (step(states.parentOf(state), thread, pick) === state) return [thread, pick];
    throw new Error(`no choice leads to ${state}`);
  };
  const choices = Array.from({ length: size }, (_, state) => (states.parentOf(state) < 0 ? undefined : lastChoice(state)));
  for (const permutation of permutations(system, classes)) {
    const image: number[] = [];
    for (let state = 0; state < size; state++) {
      const choice = choices[state];
      const to = choice === undefined ? state : step(image[states.parentOf(state)]!, permutation[choice[0]]!, choice[1]);
      if (to < 0) throw new Error('a run has no image');
      image.push(to);
      leader[find(to)] = find(state);
    }
  }
  return leader.filter((each, state) => each === state).length;
}

/** How the search with symmetry differs from the one without, in words; undefined if they agree. */
function difference(generated: Generated, plain: Exhaustive, parts: SymmetryParts, options: How = {}): string | undefined {
  let reduced: Exhaustive;
  try {
    reduced = searched(generated, parts, undefined, options)!;
  } catch (error) {
    if (error instanceof HeddleError || !(error instanceof Error)) throw error;
    return error.message;
  }
  const one = plain.result();
  const two = reduced.result();
  const verdicts = (result: typeof one): string => result.verdicts.map(told).join();
  if (verdicts(one) !== verdicts(two)) return `verdicts: ${verdicts(one)} and with symmetry ${verdicts(two)}`;
  if (one.depth !== two.depth) return `depths ${one.depth} and ${two.depth}`;
  const { scenario: checked, guarantees } = subjectOf(generated);
  const raw = new System(handles, undefined, checked, guarantees, { automata: 'raw' });
  for (const verdict of two.verdicts) {
    if (verdict.kind !== 'violated') continue;
    const { guarantee, schedule, says } = verdict.violation;
    const breach = breachOf(raw, schedule, guarantee);
    if (breach?.steps !== schedule.choices.length) return `${guarantees[guarantee]!.name} is not violated by its run`;
    if (breach.says !== says) return `${guarantees[guarantee]!.name} says '${says}' and its run '${breach.says}'`;
  }
  const count = two.symmetry?.on === true ? orbits(plain, two.symmetry.threads) : one.states;
  return two.states === count ? undefined : `${count} orbits, ${two.states} states with symmetry`;
}

const numRuns = Number(process.env['HEDDLE_GENERATED'] ?? 300);
const seed = Number(process.env['HEDDLE_SEED'] ?? 1);

const ways: Readonly<Record<string, How>> = {
  'on minimised automata': {},
  'while threads are learned': { automata: 'on-demand' },
  'while threads are learned, by the kernel alone': { automata: 'on-demand', loop: false },
};

for (const [way, how] of Object.entries(ways))
  test(`with symmetry, ${way}, verdicts, shortest lengths and depths are the same, runs replay, and the states are the orbits`, (t) => {
    const seen = { large: 0, on: 0, off: 0, threes: 0, states: 0, orbits: 0, violations: 0 };
    const reasons = new Set<string>();
    fc.assert(
      fc.property(alike, (generated) => {
        const plain = searched(generated, false, most, how);
        if (plain === undefined) {
          seen.large++;
          return;
        }
        const differs = difference(generated, plain, {}, how);
        if (differs !== undefined) throw new Error(differs);
        const { symmetry, states, verdicts } = searched(generated, true, undefined, how)!.result();
        if (symmetry?.on !== true) {
          seen.off++;
          reasons.add(symmetry?.reason ?? '');
          return;
        }
        seen.on++;
        if (generated.count === 3) seen.threes++;
        seen.states += plain.progress.states;
        seen.orbits += states;
        seen.violations += verdicts.filter(({ kind }) => kind === 'violated').length;
      }),
      { numRuns, seed, includeErrorInReport: true },
    );
    t.log(JSON.stringify(seen), [...reasons].sort());
    t.true(seen.on > numRuns / 4 && seen.threes > 5 && seen.off > 5 && seen.violations > 50);
  });

class ForgetsPlaces extends Canonical {
  protected override sources(): ReadonlyMap<number, number> {
    return new Map();
  }
}
/** Leaves out some of the maps by the names of their fields. */
function withoutMaps(names: readonly string[]): typeof Canonical {
  return class extends Canonical {
    protected override maps(renaming: Renaming): ReadonlyMap<number, Int32Array> {
      return new Map([...super.maps(renaming)].filter(([field]) => !names.includes(this.system.layout.fields[field]!.name)));
    }
  };
}
class ForgetsOwners extends Canonical {
  protected override sources(renaming: Renaming): ReadonlyMap<number, number> {
    return new Map([...super.sources(renaming)].filter(([field]) => field >= renaming.fields.length));
  }
}
class ForgetsStops extends Canonical {
  protected override sources(renaming: Renaming): ReadonlyMap<number, number> {
    return new Map([...super.sources(renaming)].filter(([field]) => !/stopped|locks/.test(this.system.layout.fields[field]!.name)));
  }
}
class ForgetsMonitors extends Canonical {
  constructor(...[system, group, monitors]: ConstructorParameters<typeof Canonical>) {
    super(
      system,
      group,
      monitors.map(() => undefined),
    );
  }
}
class ForgetsWhoGoesOn extends StuckThreads {
  protected override renamed(mask: number): number {
    return mask;
  }
}
/** Does not try the last renaming. */
class TriesFewer extends Canonical {
  constructor(...[system, group, monitors]: ConstructorParameters<typeof Canonical>) {
    super(system, { ...group, elements: group.elements.slice(0, Math.max(1, group.elements.length - 1)) }, monitors);
  }
}
class Believes extends MonitorImages {
  protected override refuse(): void {}
}
class BelievesThreads extends GrowingNodes {
  protected override refuse(): void {}
}
/** Takes the other's local state of the same number for a thread's image. */
class GoesByNumbers extends GrowingNodes {
  constructor(kernel: Kernel, group: Group) {
    super(kernel, group);
    for (const { images } of this.byThread) for (const known of images) known.forEach((_, node) => (known[node] = node));
  }
}

const sampled = fc.sample(alike, { numRuns: 300, seed: 3 });
/** The same, watched by monitors that tell the threads apart by their names. */
const watchedApart = sampled.map((generated) => ({
  ...generated,
  guarantees: tellingApart.filter((number) => {
    const property = properties[number]!;
    return property.kind === 'monitor' && property.reactions.some(({ pattern }) => pattern.by !== undefined);
  }),
}));

const faults: Readonly<Record<string, SymmetryParts>> = {
  'local states that stay in their places': { Canonical: ForgetsPlaces },
  'stops and pins that stay in their places': { Canonical: ForgetsStops },
  "threads' own handles that stay in their places": { Canonical: ForgetsOwners },
  'holders of mutexes that are not renamed': { Canonical: withoutMaps(['m', 'n']) },
  'a gate that is not renamed': { Canonical: withoutMaps(['world']) },
  'thread-valued variables that are not renamed': { Canonical: withoutMaps(['owner']) },
  'tagged words that are not renamed': { Canonical: withoutMaps(['top']) },
  'ghosts that are not renamed': { Canonical: withoutMaps(['writer']) },
  'monitors that are not renamed': { Canonical: ForgetsMonitors },
  'a renaming that is not tried': { Canonical: TriesFewer },
  'monitors that are believed to be symmetric': { MonitorImages: Believes },
};
/** Where threads are learned as they are reached. */
const learningFaults: Readonly<Record<string, SymmetryParts>> = {
  'threads that are believed to be alike': { GrowingNodes: BelievesThreads },
  'local states that are taken for those of the same number': { GrowingNodes: GoesByNumbers },
};

for (const [automata, some] of [
  ['minimised', faults],
  ['on-demand', learningFaults],
] as const)
  for (const [name, parts] of Object.entries(some))
    test(`the comparison notices ${name}`, (t) => {
      let differs: string | undefined;
      for (const generated of parts.MonitorImages === undefined ? sampled : watchedApart) {
        const plain = searched(generated, false, 600, { automata });
        differs = plain && difference(generated, plain, parts, { automata });
        if (differs !== undefined) break;
      }
      t.log(differs);
      t.not(differs, undefined);
    });

/** Faults in what the inner loop is told. */
const loopFaults: Readonly<Record<string, (alike: Alike) => Alike>> = {
  'who goes on under the names of another state': (told) => ({ ...told, threads: told.threads.map(() => told.threads[0]!) }),
  'what is passed on whatever the names are': (told) => ({ ...told, sets: [] }),
  'a renaming that the inner loop does not try': (told) => ({
    ...told,
    threads: told.threads.slice(0, -1),
    places: { ...told.places, byElement: told.places.byElement.slice(0, -1) },
  }),
};

for (const [name, change] of Object.entries(loopFaults)) {
  const broken: typeof placeOrbits = (loop, layout, told) => placeOrbits(loop, layout, change(told));
  test(`the comparison notices ${name}`, (t) => {
    let differs: string | undefined;
    for (const generated of fc.sample(alike, { numRuns: 400, seed: 5 })) {
      const plain = searched(generated, false, 600);
      differs = plain && difference(generated, plain, {}, { placeOrbits: broken });
      if (differs !== undefined) break;
    }
    t.log(differs);
    t.not(differs, undefined);
  });
}

const owner = option('owner', threadId('', 2));
const beat = bool('beat');
const lives = routine('lives', function* () {
  yield* load(beat);
  yield* load(beat);
});
/** Who is first goes on for ever; the other waits to be first. */
const first = routine('first', function* () {
  const me = yield* self();
  if (!(yield* compareAndSwap(owner, undefined, me))) yield* waitUntil([owner], (who) => who === me);
  yield* forever(lives);
});

async function stuckAmong(options: ExhaustiveOptions): Promise<string> {
  const threads = ['A', 'B'].map((name) => thread(name, first(), { daemon: false }));
  const search = new Exhaustive(new System([owner, beat], undefined, scenario({ threads }), withBuiltIn([], false)), options);
  if (options.workers !== undefined) await search.search.assemble();
  while (!search.advance(100));
  const { states, verdicts } = search.result();
  const [verdict] = verdicts;
  return `${told(verdict!)} among ${states} states: ${verdict?.kind === 'violated' ? verdict.violation.says : ''}`;
}

test('a thread that is stuck while another like it lives on is found with symmetry, unless masks are not renamed', async (t) => {
  const says = 'stuck: B waits at waitUntil, and nothing that the others can still do lets it go on';
  t.is(await stuckAmong({}), `violated in 2 among 9 states: ${says}`);
  t.is(await stuckAmong({ symmetry: true }), `violated in 2 among 5 states: ${says}`);
  t.is(await stuckAmong({ symmetry: true, workers: 3, worthSharing: 0 }), `violated in 2 among 5 states: ${says}`);
  t.is(await stuckAmong({ symmetry: true, loop: false }), `violated in 2 among 5 states: ${says}`);
  t.is(await stuckAmong({ symmetry: true, StuckThreads: ForgetsWhoGoesOn }), 'holds false among 5 states: ');
});

const flags = perThread('flag', 2, (name) => bool(name));
const gates = perThread('g', 2, (name) => gate(name));
const mixed = perThread('mixed', 2, (name, index) => (index === 0 ? threadId(name, 3) : option(name, threadId('', 2))));
const y = bool('y');
/** Whoever comes first goes on; that it is the first of them is known only where it can be seen. */
const claimed = routine('claimed', function* () {
  const me = yield* self();
  yield* mayWaitForever(atomically([owner], (who) => (who === undefined ? { to: [me] } : 'blocked')));
});
const raises = routine('raises', function* () {
  yield* claimed();
  yield* store(flags.at(yield* self()), true);
});
const stopping = routine('stops', function* () {
  yield* claimed();
  const me = yield* self();
  yield* stop(gates.at(me));
  yield* store(y, true);
  yield* store(y, false);
  yield* start(gates.at(me));
});
const sees = routine('sees', function* () {
  const seen = yield* load(y);
  yield* ensure(!seen, 'not stopped');
});
const isSeen = never(writes(flags.at(0))).globally();
const alikes = (root: () => Step<unknown>) => ['A', 'B'].map((name) => thread(name, root()));

/** Threads that are alike but for what is around them, and why they are told apart. */
const apart: Readonly<Record<string, readonly [Scenario, readonly Guarantee[], string]>> = {
  "a monitor watches what is one of them's own": [
    scenario({ threads: alikes(raises) }),
    [guarantee('no-write', { says: '', source: '' }, isSeen)],
    'no-write tells the threads apart',
  ],
  'another stands behind the gate of one of them': [
    scenario({ threads: [...alikes(stopping), thread('C', sees(), { gate: gates.at(1) })] }),
    [],
    'C stands behind a gate that tells the others apart',
  ],
  'what is their own holds other threads': [scenario({ threads: alikes(claimed) }), [], 'mixed[0] and mixed[1] are not declared alike'],
};

for (const [what, [checked, guarantees, reason]] of Object.entries(apart))
  for (const automata of ['minimised', 'on-demand'] as const)
    test(`like threads are told apart where ${what}, on ${automata} automata`, (t) => {
      const shared = handlesOf([owner, flags, gates, y, ...(what.includes('other threads') ? [mixed] : [])]);
      const results = [true, false].map((symmetry) => {
        const search = new Exhaustive(new System(shared, undefined, checked, withBuiltIn(guarantees, false), { automata }), { symmetry });
        while (!search.advance(100));
        return search.result();
      });
      const [withSymmetry, without] = results;
      t.deepEqual(withSymmetry!.verdicts.map(told), without!.verdicts.map(told));
      t.is(withSymmetry!.symmetry?.reason, reason);
      t.is(
        without!.verdicts.some(({ kind }) => kind === 'violated'),
        !what.includes('other threads'),
      );
    });
