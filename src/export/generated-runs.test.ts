import test from 'ava';
import * as fc from 'fast-check';
import { traceOf, widening } from '../counterexample/trace.ts';
import { Fired, Kernel, stops } from '../kernel/kernel.ts';
import { System } from '../kernel/system.ts';
import { HeddleError } from '../model/error.ts';
import type { Choice, Schedule } from '../schedule/schedule.ts';
import { livelySubject } from '../semantics/generated-liveness.ts';
import { generatedProtocol, subjectOf } from '../semantics/generated-protocols.ts';
import { itf } from './itf.ts';
import { mermaid } from './mermaid.ts';
import { itfProblems } from './read-itf.ts';
import { mermaidProblems } from './read-mermaid.ts';
import { runsOf } from './told-runs.ts';

const numbers = fc.array(fc.nat(1000), { minLength: 1, maxLength: 60 });

test('random runs of generated protocols are read back from both formats as they were', (t) => {
  let steps = 0;
  let faults = 0;
  for (const [protocol, walk] of fc.sample(fc.tuple(generatedProtocol, numbers), { numRuns: 300, seed: 1 })) {
    const { handles, ranks, scenario, guarantees } = subjectOf(protocol);
    const system = new System(handles, ranks, scenario, guarantees);
    const schedule = walked(system, walk);
    if (schedule === undefined) continue;
    const trace = traceOf(system, schedule);
    const guarantee = { name: 'none', says: 'nothing is broken', source: 'a test' };
    const violation = { at: trace.steps.at(-1)?.fault === undefined ? ('state' as const) : ('step' as const), says: '' };
    const story = { protocol: 'generated', variant: 'seed', scope: 'gate', guarantee, violation, trace };
    t.deepEqual(itfProblems(itf(system, schedule, story, '0.0.0'), story), []);
    t.deepEqual(mermaidProblems(mermaid(story), story), []);
    steps += trace.steps.length;
    if (violation.at === 'step') faults++;
  }
  t.true(steps > 1000 && faults > 20, `${steps} steps, ${faults} faults`);
});

test('what breaks generated protocols, lassos among it, is read back from both formats as it was', (t) => {
  let runs = 0;
  let lassos = 0;
  for (const { handles, ranks, scenario, guarantees } of fc.sample(livelySubject, { numRuns: 100, seed: 1 }))
    for (const { system, schedule, story } of ifSound(() => runsOf(new System(handles, ranks, scenario, guarantees)))?.values() ?? []) {
      t.deepEqual(itfProblems(itf(system, schedule, story, '0.0.0'), story), []);
      t.deepEqual(mermaidProblems(mermaid(story), story), []);
      runs++;
      if (schedule.loop !== undefined) lassos++;
    }
  t.true(runs > 60 && lassos > 20, `${runs} runs, ${lassos} lassos`);
});

/** The schedule that these numbers pick among the enabled choices, until a fault or the end; undefined if the model is at fault. */
function walked(system: System, walk: readonly number[]): Schedule | undefined {
  return ifSound(() =>
    widening(system, () => {
      const kernel = new Kernel(system);
      const starts = system.initialStates();
      const initial = walk[0]! % starts.length;
      kernel.load(starts[initial]!, 0);
      const choices: Choice[] = [];
      for (const number of walk) {
        const enabled = choicesOf(kernel).filter((choice) => take(kernel, choice) !== Fired.disabled);
        const choice = enabled[number % enabled.length];
        if (choice === undefined) break;
        choices.push(choice);
        if (take(kernel, choice) === Fired.faulted) break;
        kernel.load(kernel.next, 0);
      }
      return { initial, choices };
    }),
  );
}

/** What it gives, or undefined if the model is at fault, as some of the generated are. */
function ifSound<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof HeddleError) return undefined;
    throw error;
  }
}

function choicesOf(kernel: Kernel): readonly Choice[] {
  return Array.from({ length: kernel.threads }, (_, thread) => [
    ...Array.from({ length: kernel.choices(thread) }, (_, pick) => ({ thread, pick })),
    { thread, pick: stops },
  ]).flat();
}

function take(kernel: Kernel, { thread, pick }: Choice): number {
  return pick === stops ? kernel.halt(thread) : kernel.fire(thread, pick);
}
