import { labelOf, picksOf } from '../counterexample/describe-step.ts';
import { stops } from '../kernel/kernel.ts';
import type { System } from '../kernel/system.ts';
import { describe } from '../model/plain-data.ts';
import type { Run } from './run.ts';
import { Runner } from './runner.ts';

/**
 * A run as fast-check prints it: what it breaks, the initial values that the scenario leaves open, and a line for each
 * stretch of one thread. For more than this there are traces (`src/counterexample/trace.ts`).
 */
export function describeRun(run: Run): string {
  const { system, schedule } = run;
  const broken = run.violations.map(({ guarantee, says }) => `  breaks ${guarantee}: ${says}`);
  return [
    `a run of ${count(run.steps, 'step')} with ${count(run.preemptions, 'preemption')}`,
    ...broken,
    ...(run.scenario === undefined ? [] : [`  in ${describe(run.scenario)}`]),
    ...initialValues(system, schedule.initial),
    ...stretches(run),
    ...(run.generated?.excluded(run) ?? []),
  ].join('\n');
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

function initialValues(system: System, initial: number): readonly string[] {
  const state = system.initialStates()[initial]!;
  const open = system.scenario.initial.filter(({ values }) => values.length > 1);
  if (open.length === 0) return [];
  const values = open.map(({ handle }) => {
    const code = system.layout.read(state, system.valueField(system.numberOf(handle, 'the initial values')));
    return `${handle.name} = ${describe(handle.domain.decode(code))}`;
  });
  return [`  from ${values.join(', ')}`];
}

function stretches({ system, schedule }: Run): readonly string[] {
  const runner = new Runner(system);
  runner.begin(schedule.initial);
  const lines: { readonly thread: number; readonly said: string[] }[] = [];
  for (const choice of schedule.choices) {
    runner.take(choice);
    const { pending } = system.learners[choice.thread]!.states[runner.nodes.at(-1)!]!;
    const pick = picksOf(pending)[choice.pick];
    const said = choice.pick === stops ? 'stops at a safe point' : `${labelOf(pending)}${pick === undefined ? '' : ` ${pick}`}`;
    const last = lines.at(-1);
    if (last?.thread === choice.thread) last.said.push(said);
    else lines.push({ thread: choice.thread, said: [said] });
  }
  const width = Math.max(0, ...lines.map(({ thread }) => system.scenario.threads[thread]!.name.length));
  return lines.map(({ thread, said }) => `  ${system.scenario.threads[thread]!.name.padEnd(width)}  ${said.join('; ')}`);
}
