/** The inner loop and the kernel alone expand the same states in the same order. */
import test from 'ava';
import * as fc from 'fast-check';
import type { AutomataOptions } from '../automaton/automata.ts';
import { HeddleError } from '../model/error.ts';
import { leadsTo, whenHolds } from '../property/liveness.ts';
import { guarantee, stepProperty } from '../property/property.ts';
import type { Settling } from '../kernel/aftermath.ts';
import type { Seen } from '../kernel/loop-slots.ts';
import { LoopAnswers } from '../kernel/loop-answers.ts';
import { LoopTables } from '../kernel/loop-tables.ts';
import type { CompoundCode, Program } from '../kernel/program.ts';
import { System } from '../kernel/system.ts';
import { pool } from '../semantics/generated-program.ts';
import { generatedProtocol, subjectOf } from '../semantics/generated-protocols.ts';
import { BreadthFirst, type BreadthFirstOptions } from './breadth-first.ts';
import type { LoopParts } from './loop-expander.ts';
import { alike, handles, subjectOf as ofThreadsAlike } from './symmetry/generated-alike.ts';
import { tinySystems, zoo } from './zoo.ts';

/** Everything that a search has to say, a line each, the states and their order included; only states where it is cut off. */
function told(system: System, options: BreadthFirstOptions): { readonly ended: boolean; readonly lines: readonly string[] } {
  const search = new BreadthFirst(system, options);
  let error = '';
  let ended = false;
  try {
    for (let slices = 0; slices < 30 && !ended; slices++) ended = search.advance(101);
  } catch (thrown) {
    // Some generated models count beyond what their variable holds.
    if (!(thrown instanceof HeddleError)) throw thrown;
    error = thrown.message;
    ended = true;
  }
  const { milliseconds: _, ...result } = search.result();
  const state = new Int32Array(search.states.words);
  const states = Array.from({ length: search.states.size }, (_, number) => {
    search.states.read(number, state);
    return `${search.states.parentOf(number)} ${state.join()}`;
  });
  return { ended, lines: ended ? [...states, error, JSON.stringify(result), JSON.stringify(search.lockEdges())] : states };
}

/** The first lines that differ, if any do: comparing them all in the test's own way would take minutes. */
function difference(system: () => System, options: BreadthFirstOptions): string | undefined {
  const own = told(system(), options);
  const reference = told(system(), { symmetry: options.symmetry ?? false, loop: false });
  const common =
    own.ended && reference.ended ? Math.max(own.lines.length, reference.lines.length) : Math.min(own.lines.length, reference.lines.length);
  for (let line = 0; line < common; line++)
    if (own.lines[line] !== reference.lines[line]) return `line ${line}:\n${own.lines[line]}\n${reference.lines[line]}`;
  return undefined;
}

const numRuns = Number(process.env['HEDDLE_GENERATED'] ?? 200);
const seed = Number(process.env['HEDDLE_SEED'] ?? 1);
/** Steps that change nothing may break the first, and the first that takes a way need not be the one that breaks the second. */
const stepProperties = [
  guarantee(
    'two-is-left',
    { says: '', source: '' },
    stepProperty([pool.x], ([before], [after]) => before !== 2 || after !== 2),
  ),
  guarantee(
    'one-before-two',
    { says: '', source: '' },
    stepProperty([pool.y], ([before], [after]) => before === after || before + 1 === after || after === 0),
  ),
];
/** It looks at states. (Beside the others it would have the kernel see all changes of their variables once.) */
const looking = [
  guarantee(
    'y-after-x',
    { says: '', source: '' },
    leadsTo(
      whenHolds([pool.x], (x) => x === 1),
      whenHolds([pool.y, pool.last], (y, last) => y > last),
    ).globally(),
  ),
];
const generatedSystem = generatedProtocol.map((generated) => (automata: NonNullable<AutomataOptions['automata']>) => {
  const { handles, ranks, scenario, guarantees } = subjectOf(generated);
  const more = generated.threads.length === 2 ? stepProperties : looking;
  // So that it is too narrow for most.
  const parts = { firstRoom: 2, mostSpare: 0 };
  return new System(handles, ranks, scenario, [...guarantees, ...more], { automata, parts });
});

test('the inner loop finds what the kernel alone finds, state by state, in generated protocols', (t) => {
  fc.assert(
    fc.property(generatedSystem, fc.constantFrom('raw' as const, 'minimised' as const, 'on-demand' as const), (system, automata) => {
      const differs = difference(() => system(automata), {});
      if (differs !== undefined) throw new Error(differs);
    }),
    { numRuns, seed, includeErrorInReport: true },
  );
  t.pass();
});

test('the inner loop takes the same states for each other as the kernel alone, state by state, in generated protocols of like threads', (t) => {
  let orbits = 0;
  fc.assert(
    fc.property(alike, fc.constantFrom('minimised' as const, 'on-demand' as const), (generated, automata) => {
      const { scenario, guarantees } = ofThreadsAlike(generated);
      const system = () => new System(handles, undefined, scenario, guarantees, { automata, parts: { firstRoom: 4, mostSpare: 0 } });
      const differs = difference(system, { symmetry: true });
      if (differs !== undefined) throw new Error(differs);
      if (told(system(), { symmetry: true }).lines.at(-2)?.includes('"on":true') === true) orbits++;
    }),
    { numRuns, seed, includeErrorInReport: true },
  );
  t.true(orbits > numRuns / 4, String(orbits));
});

for (const protocol of zoo)
  test(`the inner loop finds what the kernel alone finds, state by state, in all variants of ${protocol}`, (t) => {
    // Learning takes longer than exploring: both expand one system.
    for (const { variant, system } of tinySystems(protocol, () => true))
      t.is(
        difference(() => system, {}),
        undefined,
        variant,
      );
  });

test('a search that outgrows the memory of the inner loop begins anew by the kernel alone, if the budget is twice as large', (t) => {
  const { system } = tinySystems('compute-max-procs', () => true, ['repaired']).next().value!;
  const searched = (options: BreadthFirstOptions): BreadthFirst => {
    const search = new BreadthFirst(system, options);
    while (!search.advance(1_000));
    return search;
  };
  const { milliseconds: _, ...whole } = searched({}).result();
  const mostLoopBytes = 2 ** 20;
  const { milliseconds: __, ...anew } = searched({ mostLoopBytes, maxBytes: 2 ** 28 }).result();
  t.deepEqual(anew, whole);
  const tight = searched({ mostLoopBytes, maxBytes: 2 ** 21 - 1 });
  t.false(tight.complete);
  t.true(tight.result().verdicts.every(({ kind }) => kind === 'incomplete'));
});

/** Leaves nothing to the kernel that depends on what a thread holds. */
class TakesAll extends LoopTables {
  protected override isRare(): boolean {
    return false;
  }
}
/** Forgets what happens beside steps. */
class DropsEffects extends LoopTables {
  protected override effects(): number {
    return 0;
  }
}
/** Takes the first invariant answer for all. */
class JudgesOnce extends LoopAnswers {
  override judged(invariant: number): void {
    for (let row = 0; row < 64; row++) this.answer(this.invariants[invariant]!, row, 1);
  }
}
/** Takes steps for ones that no step property looks at. */
class ShowsNothing extends LoopTables {
  protected override shows(): boolean {
    return false;
  }
}
/** Takes every step between two values of a step property for right, once one was judged. */
class JudgesStepsOnce extends LoopAnswers {
  override judgedStep(): void {
    for (const answers of this.steps) for (let row = 0; row < 9; row++) this.answer(answers, row, 1);
  }
}
/** Shows no states to monitors. */
class LooksAtNothing extends LoopTables {
  protected override lookingAfter(): readonly Settling[] {
    return [];
  }
}
/** Takes the slot that a step took once for that of all, whatever its guard looks at. */
class SeesNothing extends LoopTables {
  protected override seen(program: Program, thread: number, node: number): Seen | undefined {
    const seen = super.seen(program, thread, node);
    return seen && { ...seen, fields: [] };
  }
}
/** Looks at the first of two fields only. */
class SeesHalf extends LoopTables {
  protected override seen(program: Program, thread: number, node: number): Seen | undefined {
    const seen = super.seen(program, thread, node);
    return seen && { ...seen, fields: seen.fields.slice(0, 1) };
  }
}
/** Takes all rows of a compound step from one that was taken on for alike. */
class TakesRowsForAlike extends LoopTables {
  protected override rowAfter({ table: { rows, outcome } }: CompoundCode, row: number): number {
    let next = row + 1;
    while (next < rows && outcome[next]! < 0) next++;
    return next < rows ? next : -1;
  }
}
/** Forgets what a slot adds: semaphores and pins. */
class ForgetsAdding extends LoopTables {
  protected override masksOf(thread: number, node: number, slot: number): Int32Array {
    const masks = super.masksOf(thread, node, slot);
    return masks.fill(0, 4 + (2 * (masks.length - 4)) / 3);
  }
}

const faults: Readonly<Record<string, LoopParts>> = {
  'that takes all steps for plain ones': { LoopTables: TakesAll },
  'without ghosts and monitors': { LoopTables: DropsEffects },
  'that judges an invariant once': { LoopAnswers: JudgesOnce },
  'that does not look at steps': { LoopTables: ShowsNothing },
  'that judges a step once': { LoopAnswers: JudgesStepsOnce },
  'that shows no states to monitors': { LoopTables: LooksAtNothing },
  'that forgets what is added': { LoopTables: ForgetsAdding },
  'that does not look at what guards do': { LoopTables: SeesNothing },
  'that looks at half of what guards do': { LoopTables: SeesHalf },
  'that takes all rows of a compound step for alike': { LoopTables: TakesRowsForAlike },
};

for (const [name, parts] of Object.entries(faults))
  test(`the comparison notices an inner loop ${name}`, (t) => {
    const differs = fc.check(
      fc.property(generatedSystem, (system) => difference(() => system('minimised'), parts) === undefined),
      { numRuns: 3000, seed: 1, endOnFailure: true },
    );
    t.true(differs.failed);
    t.log(`after ${differs.numRuns} protocols`);
  });
