import test from 'ava';
import * as fc from 'fast-check';
import { BreadthFirst } from '../explore/breadth-first.ts';
import type { Violation } from '../explore/verdict.ts';
import { nearestPassing } from '../explore/contrast/contrast.ts';
import { Fired, Kernel, stops } from '../kernel/kernel.ts';
import type { System } from '../kernel/system.ts';
import type { Choice, Schedule } from '../schedule/schedule.ts';
import { formatCounterexample, parseCounterexample, type Counterexample, type RecordedStep } from './file.ts';
import { initialValues, record, recordedSteps } from './record.ts';
import { replay } from './replay.ts';
import { changedSystem, guarantees, smallSystem } from './small-protocol.ts';
import { traceOf, widening } from './trace.ts';

const origin = { protocol: 'small', variant: 'seed', scope: 'gate', heddle: '0.0.0' };

function violations(system: System): ReadonlyMap<string, Violation> {
  const search = new BreadthFirst(system);
  while (!search.advance(1000));
  return new Map(
    search
      .result()
      .verdicts.flatMap((verdict, guarantee) =>
        verdict.kind === 'violated' ? [[guarantees[guarantee]!.name, verdict.violation] as const] : [],
      ),
  );
}

function recordOf(guarantee: string): Counterexample {
  const system = smallSystem();
  return record(system, violations(system).get(guarantee)!, origin, { minimal: true }).file;
}

/** The schedule that these numbers pick among the enabled choices, step by step, until a fault or the end. */
function walk(system: System, initial: number, numbers: readonly number[]): Schedule {
  return widening(system, () => {
    const kernel = new Kernel(system);
    kernel.load(system.initialStates()[initial]!, 0);
    const choices: Choice[] = [];
    for (const number of numbers) {
      const enabled = enabledChoices(kernel);
      const choice = enabled[number % enabled.length];
      if (choice === undefined) break;
      choices.push(choice);
      if (take(kernel, choice) === Fired.faulted) break;
      kernel.load(kernel.next, 0);
    }
    return { initial, choices };
  });
}

function enabledChoices(kernel: Kernel): Choice[] {
  return Array.from({ length: kernel.threads }, (_, thread) => [
    ...Array.from({ length: kernel.choices(thread) }, (_, pick) => ({ thread, pick })),
    { thread, pick: stops },
  ])
    .flat()
    .filter((choice) => take(kernel, choice) !== Fired.disabled);
}

function take(kernel: Kernel, { thread, pick }: Choice): number {
  return pick === stops ? kernel.halt(thread) : kernel.fire(thread, pick);
}

test('a recorded random walk comes back from its file as the schedule that it was', async (t) => {
  const system = smallSystem();
  const file = recordOf('below-two');
  let steps = 0;
  await fc.assert(
    fc.asyncProperty(fc.nat(1), fc.array(fc.nat(1000), { maxLength: 40 }), async (initial, numbers) => {
      const schedule = walk(system, initial, numbers);
      steps += schedule.choices.length;
      const content: Counterexample = {
        ...file,
        scenario: { ...file.scenario, initial: Object.fromEntries(initialValues(system, initial)) },
        schedule: recordedSteps(traceOf(system, schedule)),
      };
      const replayed = replay(system, await parseCounterexample(formatCounterexample(content), 'x.json'));
      if (replayed.kind === 'parted') throw new Error(`${replayed.at}: ${replayed.expected} but ${replayed.found}`);
      // It may break `below-two` before its end; until there it is the same.
      const { choices } = replayed.schedule;
      t.deepEqual(choices, schedule.choices.slice(0, choices.length));
      t.is(replayed.schedule.initial, initial);
      if (replayed.kind === 'passes') t.is(choices.length, schedule.choices.length);
    }),
    { numRuns: 300, seed: 1 },
  );
  t.true(steps > 1000);
});

test('every violation of a protocol survives its file: same schedule, same words', async (t) => {
  const system = smallSystem();
  const found = violations(system);
  t.deepEqual([...found.keys()], ['below-two', 'grows', 'once', 'some', 'no-deadlock', 'lock-discipline']);
  for (const violation of found.values()) {
    const { file, trace } = record(system, violation, origin, { minimal: true });
    const replayed = replay(smallSystem(), await parseCounterexample(formatCounterexample(file), 'x.json'));
    t.is(replayed.kind, 'violates');
    if (replayed.kind !== 'violates') continue;
    t.deepEqual(replayed.schedule, violation.schedule);
    t.is(replayed.says, violation.says);
    t.is(replayed.at, file.violation.at);
    t.deepEqual(replayed.trace, trace);
  }
});

test('a file whose steps have been renamed parts at the first of them and says what is there now', (t) => {
  const replayed = replay(changedSystem('renamed routine'), recordOf('below-two'));
  if (replayed.kind !== 'parted') return t.fail(replayed.kind);
  t.is(replayed.at, 3);
  t.is(replayed.expected, 'A in read: load counter');
  t.is(replayed.found, 'A in readAgain: load counter');
  t.deepEqual(
    replayed.traceSoFar?.steps.map(({ name, label, answer }) => [name, label, answer]),
    [
      ['A', 'choose', "'increment'"],
      ['A', 'enters increment()', undefined],
    ],
  );
});

test('a file that names a thread, a pick or a start that is gone parts there', (t) => {
  t.deepEqual(parting(changedSystem('renamed thread'), 'below-two'), [1, "A in work: choose = 'increment'", 'no thread A']);
  t.deepEqual(parting(changedSystem('no increment'), 'below-two'), [
    1,
    "A in work: choose = 'increment'",
    "A in work: choose from 'nest', 'misuse'",
  ]);
  t.deepEqual(parting(changedSystem('starts at two'), 'lock-discipline'), [0, 'counter starts as 0', 'counter starts as 2 or 1']);
});

test('a file whose step is blocked in the model says by whom', (t) => {
  t.like(replay(changedSystem('one way of locking'), recordOf('no-deadlock')), {
    kind: 'parted',
    at: 6,
    expected: 'B in nest: lock second',
    found: 'B in nest: lock first',
  });
  const file = recordOf('lock-discipline');
  const schedule = [
    step('A', 'work', 'choose', "'nest'"),
    step('A', 'nest', 'requests lock first'),
    step('A', 'nest', 'lock first'),
    step('B', 'work', 'choose', "'nest'"),
    step('B', 'nest', 'lock second'),
    step('A', 'nest', 'requests lock second'),
    step('A', 'nest', 'lock second'),
  ];
  t.like(replay(smallSystem(), { ...file, schedule }), {
    kind: 'parted',
    at: 7,
    expected: 'A in nest: lock second',
    found: 'A is blocked there: second is held by B',
  });
});

test('a file that goes on after a fault parts after it, and one that counts its steps wrongly where it does', (t) => {
  const file = recordOf('lock-discipline');
  const [choose, unlock] = file.schedule;
  t.like(replay(smallSystem(), { ...file, schedule: [...file.schedule, unlock!] }), {
    kind: 'parted',
    at: 3,
    expected: 'A in work: unlock first',
    found: 'the run has ended: on step 2 A unlocks first, which nobody holds',
  });
  t.like(replay(smallSystem(), { ...file, schedule: [choose!, { ...unlock!, occurrence: 2 }] }), {
    kind: 'parted',
    at: 2,
    found: 'A does it for the 1st time',
  });
});

test('a file that no longer violates passes, and one that violates sooner is cut there', (t) => {
  const file = recordOf('below-two');
  const passes = replay(smallSystem(), { ...file, schedule: file.schedule.slice(0, -1) });
  t.is(passes.kind, 'passes');
  t.is(passes.kind === 'passes' ? passes.trace.steps.length : 0, file.schedule.length - 1);
  const { schedule } = recordOf('some');
  t.like(replay(smallSystem(), { ...file, schedule: [...file.schedule, ...schedule.filter(({ thread }) => thread === 'B')] }), {
    kind: 'violates',
    at: 'state',
    says: '',
    trace: { steps: { length: file.schedule.length } },
  });
});

test('a file whose guarantee is gone is an error', (t) => {
  t.throws(() => replay(smallSystem(), { ...recordOf('below-two'), guarantee: 'gone' }), {
    message: 'unknown-name: small has no guarantee gone',
  });
});

function step(thread: string, routine: string, operation: string, pick?: string): RecordedStep {
  return { thread, routine, operation, occurrence: 1, ...(pick === undefined ? {} : { pick }) };
}

function parting(system: System, guarantee: string): unknown {
  const replayed = replay(system, recordOf(guarantee));
  return replayed.kind === 'parted' ? [replayed.at, replayed.expected, replayed.found] : replayed.kind;
}

test('a passing run beside a counterexample is replayed with it, and left out when it does not fit or does not pass', (t) => {
  const system = smallSystem();
  const violation = violations(system).get('no-deadlock')!;
  const contrast = nearestPassing(system, violation.guarantee, violation.schedule)!;
  const { file } = record(system, violation, origin, { minimal: true, contrast });
  const replayed = (changed: Counterexample) => {
    const outcome = replay(smallSystem(), changed);
    return outcome.kind === 'violates' ? outcome.contrast : t.fail();
  };
  t.is(replayed(file)?.trace.steps.length, contrast.shared + contrast.choices.length);
  const changed = (schedule: readonly RecordedStep[]): Counterexample => ({ ...file, contrast: { ...file.contrast!, schedule } });
  t.is(replayed(changed([{ ...file.contrast!.schedule[0]!, routine: 'gone' }])), undefined);
  t.is(replayed(changed(file.schedule.slice(contrast.shared))), undefined);
});
