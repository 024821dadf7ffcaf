/**
 * The Informal Trace Format of Apalache and Quint: ADR-015, https://apalache-mc.org/docs/adr/015adr-trace.html
 */
import { basename } from 'node:path';
import { callsOf, labelOf, placeOf } from '../counterexample/describe-step.ts';
import { statesAlong } from '../counterexample/states-along.ts';
import type { TraceStep } from '../counterexample/trace.ts';
import type { System } from '../kernel/system.ts';
import type { Place } from '../model/site.ts';
import type { Story } from '../report/columns.ts';
import { assumed } from '../report/story.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { encoderOf, integer, none, nothing, some, type ItfValue } from './itf-value.ts';

/** One variable of the trace. */
interface Variable {
  readonly name: string;
  readonly read: (state: Int32Array) => ItfValue;
}

/**
 * A run as ITF: its states one after the other, each with the step that led to it. What monitors remember and what threads
 * hold in locals is not in it.
 * @param system with raw automata, the one that the story's trace was told on
 * @param schedule of the story
 * @param heddle the version that exports
 */
export function itf(system: System, schedule: Schedule, story: Story, heddle: string): string {
  const { protocol, variant, scope, guarantee, violation, trace } = story;
  const states = statesAlong(system, schedule);
  const variables = variablesOf(system);
  const fault = trace.steps.at(-1)?.fault;
  // A run without end is only one of those that are fair in these ways.
  const assumptions = assumed(story);
  const head = {
    format: 'ITF',
    'format-description': 'https://apalache-mc.org/docs/adr/015adr-trace.html',
    source: `${protocol}/${variant}`,
    description: `breaks ${guarantee.name} (${guarantee.says}), scope ${scope}, exported by Heddle ${heddle}`,
    status: 'violation',
    guarantee: guarantee.name,
    scope,
    ...(assumptions.length === 0 ? {} : { assumes: assumptions }),
    violation: {
      at: violation.at,
      says: violation.says === '' ? guarantee.says : violation.says,
      // There is no state behind it that could say which step it was.
      ...(fault === undefined ? {} : { fault, step: metaOf(trace.steps.at(-1)!) }),
    },
  };
  const lines = states.map((state, index) =>
    JSON.stringify({
      '#meta': { index, ...(index === 0 ? {} : metaOf(trace.steps[index - 1]!)) },
      ...Object.fromEntries(variables.map(({ name, read }) => [name, read(state)])),
    }),
  );
  const loop = trace.loop === undefined ? '' : `  "loop": ${loopOf(trace.loop, states.length)},\n`;
  const vars = variables.map(({ name }) => name);
  return `{\n  "#meta": ${JSON.stringify(head)},\n  "vars": ${JSON.stringify(vars)},\n${loop}  "states": [\n    ${lines.join(',\n    ')}\n  ]\n}\n`;
}

/**
 * The state that follows the last one. The run is back there where its loop began, in equal states before the first and after
 * the last step of the loop: the loop's states are those that its steps lead to. Where nobody moves any more, the last state
 * follows itself.
 */
function loopOf(loop: number, states: number): number {
  return Math.min(loop + 1, states - 1);
}

/** What is known of the step that led to a state. */
function metaOf({ name, nesting, label, answer, picked, place }: TraceStep) {
  return {
    thread: name,
    routine: nesting.at(-1),
    operation: label,
    ...(picked === undefined ? {} : { pick: picked }),
    ...(answer === undefined ? {} : { answer }),
    ...(place === undefined ? {} : { line: lineOf(place) }),
  };
}

function variablesOf(system: System): readonly Variable[] {
  const { layout, scenario } = system;
  const threadName = (thread: number): string => scenario.threads[thread]!.name;
  const shared = [
    ...system.values.map(({ name, domain }, value): Variable => {
      const encode = encoderOf(domain);
      return { name, read: (state) => encode(domain.decode(layout.read(state, system.valueField(value)))) };
    }),
    ...system.mutexes.map(({ name }, mutex): Variable => ({
      name,
      read: (state) => {
        const holder = layout.read(state, system.mutexField(mutex));
        return holder === 0 ? none : some(threadName(holder - 1));
      },
    })),
    ...system.semaphores.map(({ name }, semaphore): Variable => ({
      name,
      read: (state) => integer(layout.read(state, system.semaphoreField(semaphore))),
    })),
    ...system.gates.map(({ name }, gate): Variable => ({
      name,
      read: (state) => gateValue(layout.read(state, system.gateField(gate)), scenario.threads.length, threadName),
    })),
  ];
  const taken = shared.map(({ name }) => name);
  return [
    ...shared.map(({ name, read }) => ({ name: name.startsWith('#') ? unused(`_${name}`, taken) : name, read })),
    {
      name: unused('pc', taken),
      read: (state) => ({ '#map': scenario.threads.map(({ name }, thread) => [name, positionOf(system, state, thread)] as const) }),
    },
  ];
}

/** Names with `#` are the format's own, and `pc` may be the protocol's. */
function unused(name: string, taken: readonly string[]): string {
  return taken.includes(name) ? unused(`${name}_`, taken) : name;
}

/** Who is stopping or has stopped what runs behind a gate. */
function gateValue(code: number, threads: number, threadName: (thread: number) => string): ItfValue {
  if (code === 0) return nothing('Running');
  return code <= threads ? { tag: 'Stopping', value: threadName(code - 1) } : { tag: 'Stopped', value: threadName(code - 1 - threads) };
}

/** Where a thread is: what it does next, inside which calls; and its `m.locks`, and whether it has stopped for its gate. */
function positionOf(system: System, state: Int32Array, thread: number): ItfValue {
  const { layout } = system;
  const local = system.learners[thread]!.states[layout.read(state, system.nodeField(thread))]!;
  const place = placeOf(local.pending);
  return {
    next: labelOf(local.pending),
    in: callsOf(local),
    line: place === undefined ? '' : lineOf(place),
    locks: integer(layout.read(state, system.pinField(thread))),
    stopped: layout.read(state, system.stoppedField(thread)) === 1,
  };
}

/** Without its folder, which depends on where the command was typed. */
function lineOf({ file, line }: Place): string {
  return `${basename(file)}:${line}`;
}
