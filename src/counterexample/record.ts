import type { System } from '../kernel/system.ts';
import { describe } from '../model/plain-data.ts';
import type { Certificate, Violation } from '../explore/verdict.ts';
import { byScenario, sizeOf } from '../explore/size.ts';
import { run } from '../schedule/run.ts';
import type { Contrast } from '../explore/contrast/contrast.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { breachOf } from './breach.ts';
import { toldContrast, type ToldContrast } from './contrast.ts';
import { excludedSentences } from './excluded.ts';
import { counterexampleFormat, type Counterexample, type RecordedCertificate, type RecordedContrast, type RecordedStep } from './file.ts';
import { traceOf, type Trace, type TraceStep } from './trace.ts';

/** What a counterexample's file says about where it comes from. */
export interface Origin {
  readonly protocol: string;
  readonly variant: string;
  readonly scope: string;
  /** The version of Heddle. */
  readonly heddle: string;
}

/** What is known about shorter runs, beside what the violation's certificate says. */
export interface Excluded {
  /** Whether every run of fewer steps was searched. */
  readonly minimal: boolean;
  /** The nearest passing schedule, where one is known. */
  readonly contrast?: Contrast | undefined;
}

/** A counterexample, and the run that it holds. */
export interface Recorded {
  readonly file: Counterexample;
  readonly trace: Trace;
  readonly contrast?: ToldContrast;
}

/**
 * What to write to a file about a violation that an exploration of this scenario found. A schedule that goes on after it
 * broke the guarantee ends there.
 * @param system with raw automata, of the same scenario: the schedule's numbers are those of its initial states and threads
 * @param description of the scenario, if it was generated
 * @throws RangeError if the schedule doesn't run on this system or does not break the guarantee
 */
export function record(system: System, violation: Violation, origin: Origin, known: Excluded, description?: unknown): Recorded {
  const { name } = system.guarantees[violation.guarantee]!;
  const judgement = breachOf(system, violation.schedule, violation.guarantee);
  if (judgement === undefined) throw new RangeError(`the schedule does not break ${name}`);
  const schedule = upTo(violation.schedule, judgement.steps);
  const [threads, choices, preemptions, steps] = sizeOf(run(system, schedule).run, byScenario) as readonly [number, number, number, number];
  const trace = traceOf(system, schedule);
  const contrast = known.contrast && toldContrast(system, schedule, known.contrast);
  return {
    trace,
    ...(contrast === undefined ? {} : { contrast }),
    file: {
      format: counterexampleFormat,
      heddle: origin.heddle,
      protocol: origin.protocol,
      variant: origin.variant,
      guarantee: name,
      scope: origin.scope,
      scenario: {
        ...(description === undefined ? {} : { description }),
        initial: Object.fromEntries(initialValues(system, schedule.initial)),
        threads: trace.threads.map(({ name, gated, daemon, environment }) => ({ name, gated, daemon, environment })),
      },
      violation: { at: judgement.at, says: judgement.says },
      certificate: certificateOf(known, schedule.loop !== undefined, violation.certificate, { threads, choices, preemptions, steps }),
      schedule: recordedSteps(trace),
      ...(contrast === undefined ? {} : { contrast: recordedContrast(contrast) }),
      ...(schedule.loop === undefined ? {} : { loop: schedule.loop }),
    },
  };
}

/** The first steps of a schedule; its loop is lost with its last step. */
export function upTo(schedule: Schedule, steps: number): Schedule {
  if (steps === schedule.choices.length) return schedule;
  return { initial: schedule.initial, choices: schedule.choices.slice(0, steps) };
}

/** The steps of a trace as a file holds them. */
export function recordedSteps(trace: Trace): readonly RecordedStep[] {
  return trace.steps.map(recordedStep);
}

function recordedContrast({ shared, preemptions, sameDecisions, trace }: ToldContrast): RecordedContrast {
  return { shared, preemptions, sameDecisions, schedule: recordedSteps(trace).slice(shared) };
}

function recordedStep({ name, nesting, label, occurrence, picked }: TraceStep): RecordedStep {
  const step = { thread: name, routine: nesting.at(-1)!, operation: label, occurrence };
  return picked === undefined ? step : { ...step, pick: picked };
}

function certificateOf(
  { minimal }: Excluded,
  isLasso: boolean,
  search: Certificate | undefined,
  size: Pick<RecordedCertificate, 'threads' | 'choices' | 'preemptions' | 'steps'>,
): RecordedCertificate {
  if (search?.minimal === true) return { minimal: true, ...size, excluded: excludedSentences(search).join('; '), search };
  const excluded = isLasso
    ? 'no fair loop is reached in fewer steps; a shorter one may be reached in more'
    : minimal
      ? 'every run of fewer steps was searched'
      : 'nothing: a smaller one may exist';
  return { minimal, ...size, excluded, ...(search === undefined ? {} : { search }) };
}

/** The values of one initial state that the scenario gives, by name, as traces show them. */
export function initialValues(system: System, initial: number): readonly (readonly [name: string, value: string])[] {
  const state = system.initialStates()[initial];
  if (state === undefined) throw new RangeError(`no initial state ${initial}`);
  return system.scenario.initial.map(({ handle }) => {
    const field = system.valueField(system.numberOf(handle, 'the initial values'));
    return [handle.name, describe(handle.domain.decode(system.layout.read(state, field)))] as const;
  });
}
