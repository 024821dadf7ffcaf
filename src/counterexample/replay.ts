import { Fired, Kernel, stops } from '../kernel/kernel.ts';
import type { System } from '../kernel/system.ts';
import { HeddleError } from '../model/error.ts';
import type { Choice, Schedule } from '../schedule/schedule.ts';
import { whyBlocked } from './blocked.ts';
import { labelOf, nestingOf, picksOf } from './describe-step.ts';
import type { Counterexample, RecordedStep } from './file.ts';
import { breachOf } from './breach.ts';
import { run } from '../schedule/run.ts';
import { toldContrast, type ToldContrast } from './contrast.ts';
import { initialValues, upTo } from './record.ts';
import { stopsAtSafePoint, tellFault, traceOf, widening, type Trace } from './trace.ts';

/** What came of replaying a counterexample's file. */
export type Replay =
  /** It still breaks its guarantee. The schedule ends where it does, which may be earlier than the file does. */
  | {
      readonly kind: 'violates';
      readonly schedule: Schedule;
      readonly trace: Trace;
      readonly at: 'step' | 'state';
      readonly says: string;
      /** The nearest passing run, if the file has one and it still passes. */
      readonly contrast?: ToldContrast;
    }
  /** The model has changed: step `at` (1-based; 0: the start) is not there any more. */
  | {
      readonly kind: 'parted';
      readonly at: number;
      readonly expected: string;
      /** What the model does there instead. */
      readonly found: string;
      /** The steps before it; undefined if there is no such start. */
      readonly traceSoFar: Trace | undefined;
    }
  /** All steps are there, and the guarantee holds along them. */
  | { readonly kind: 'passes'; readonly schedule: Schedule; readonly trace: Trace };

/**
 * Replays a counterexample on the system of its protocol, variant and scope, with raw automata.
 * @throws HeddleError `unknown-name` if the guarantee does not exist any more
 */
export function replay(system: System, file: Counterexample): Replay {
  const guarantee = system.guarantees.findIndex(({ name }) => name === file.guarantee);
  if (guarantee < 0) throw new HeddleError('unknown-name', `${file.protocol} has no guarantee ${file.guarantee}`);
  const resolved = widening(system, () => resolve(system, file));
  if ('expected' in resolved) {
    const { at, expected, found, schedule } = resolved;
    return { kind: 'parted', at, expected, found, traceSoFar: schedule && traceOf(system, schedule) };
  }
  const judgement = breachOf(system, resolved, guarantee);
  if (judgement === undefined) return { kind: 'passes', schedule: resolved, trace: traceOf(system, resolved) };
  const schedule = upTo(resolved, judgement.steps);
  const contrast = contrastOf(system, file, guarantee);
  return {
    kind: 'violates',
    schedule,
    trace: traceOf(system, schedule),
    at: judgement.at,
    says: judgement.says,
    ...(contrast === undefined ? {} : { contrast }),
  };
}

/** The passing run of a file, if it is there and still runs and passes. */
function contrastOf(system: System, file: Counterexample, guarantee: number): ToldContrast | undefined {
  const { contrast } = file;
  if (contrast === undefined) return undefined;
  const { shared } = contrast;
  const whole = [...file.schedule.slice(0, shared), ...contrast.schedule];
  const resolved = widening(system, () => resolve(system, { ...file, schedule: whole }));
  if ('expected' in resolved) return undefined;
  const { breaches, end } = run(system, resolved).run;
  if (end === 'fault' || breaches.some((breach) => breach.guarantee === guarantee)) return undefined;
  return toldContrast(system, resolved, { ...contrast, choices: resolved.choices.slice(shared) });
}

interface Parting {
  readonly at: number;
  readonly expected: string;
  readonly found: string;
  readonly schedule: Schedule | undefined;
}

/** The choices that the file's steps stand for in this system, or where they part. */
function resolve(system: System, file: Counterexample): Schedule | Parting {
  const start = startOf(system, file);
  if (typeof start === 'object') return { at: 0, ...start, schedule: undefined };
  const kernel = new Kernel(system);
  kernel.load(system.initialStates()[start]!, 0);
  const choices: Choice[] = [];
  const occurrences = new Map<string, number>();
  for (const [index, step] of file.schedule.entries()) {
    const parted = (found: string): Parting => ({ at: index + 1, expected: show(step), found, schedule: { initial: start, choices } });
    const key = JSON.stringify([step.thread, step.routine, step.operation]);
    const occurrence = (occurrences.get(key) ?? 0) + 1;
    occurrences.set(key, occurrence);
    const choice = choiceOf(kernel, step);
    if (typeof choice === 'string') return parted(choice);
    if (occurrence !== step.occurrence) return parted(`${step.thread} does it for the ${ordinal(occurrence)} time`);
    const fired = choice.pick === stops ? kernel.halt(choice.thread) : kernel.fire(choice.thread, choice.pick);
    if (fired === Fired.disabled)
      return parted(
        choice.pick === stops
          ? `${step.thread} is asked by nobody to stop, or is not at a safe point`
          : `${step.thread} is blocked there: ${whyBlocked(kernel, choice.thread)}`,
      );
    choices.push(choice);
    if (fired === Fired.stepped) kernel.load(kernel.next, 0);
    else if (index + 1 < file.schedule.length) {
      const next = file.schedule[index + 1]!;
      const found = `the run has ended: on step ${index + 1} ${step.thread} ${tellFault(kernel.fault)}`;
      return { at: index + 2, expected: show(next), found, schedule: { initial: start, choices } };
    }
  }
  return { initial: start, choices, ...(file.loop === undefined ? {} : { loop: Math.min(file.loop, choices.length) }) };
}

/** The number of the initial state that has the file's values, or where they differ. */
function startOf(system: System, { scenario }: Counterexample): number | { readonly expected: string; readonly found: string } {
  const states = system.initialStates().map((_, initial) => new Map(initialValues(system, initial)));
  const wanted = Object.entries(scenario.initial);
  const found = states.findIndex((values) => wanted.every(([name, value]) => values.get(name) === value));
  if (found >= 0) return found;
  const [name, value] = wanted.find(([name, value]) => !states.some((values) => values.get(name) === value)) ?? wanted[0]!;
  const possible = [...new Set(states.map((values) => values.get(name)))];
  return {
    expected: `${name} starts as ${value}`,
    found: possible[0] === undefined ? `the scenario does not give ${name} a value` : `${name} starts as ${possible.join(' or ')}`,
  };
}

/** The choice that a step stands for in the kernel's current state, or what is there instead. */
function choiceOf(kernel: Kernel, step: RecordedStep): Choice | string {
  const { system } = kernel;
  const thread = system.scenario.threads.findIndex(({ name }) => name === step.thread);
  if (thread < 0) return `no thread ${step.thread}`;
  const state = system.learners[thread]!.states[kernel.nodeOf(thread)]!;
  if (kernel.isDone(thread)) return `${step.thread} at its end`;
  const routine = nestingOf(state).at(-1)!;
  const operation = labelOf(state.pending);
  const found = show({ thread: step.thread, routine, operation });
  if (step.operation === stopsAtSafePoint) return routine === step.routine ? { thread, pick: stops } : found;
  if (routine !== step.routine || operation !== step.operation) return found;
  const picks = picksOf(state.pending);
  if (picks.length === 0) return { thread, pick: 0 };
  const pick = step.pick === undefined ? -1 : picks.indexOf(step.pick);
  return pick < 0 ? `${found} from ${picks.join(', ')}` : { thread, pick };
}

function show({ thread, routine, operation, pick }: Pick<RecordedStep, 'thread' | 'routine' | 'operation' | 'pick'>): string {
  return `${thread} in ${routine}: ${operation}${pick === undefined ? '' : ` = ${pick}`}`;
}

function ordinal(count: number): string {
  const ending = count % 100 >= 11 && count % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th');
  return `${count}${ending}`;
}
