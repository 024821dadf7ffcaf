import type { LocalState } from '../automaton/local-state.ts';
import type { Violation } from '../explore/verdict.ts';
import { describe } from '../model/plain-data.ts';
import type { Place } from '../model/site.ts';
import { Fired, Kernel, stops, type Fault } from '../kernel/kernel.ts';
import { Overflow, type System } from '../kernel/system.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { whyBlocked } from './blocked.ts';
import { answerOf, callsOf, labelOf, nestingOf, ongoingCalls, picksOf, placeOf } from './describe-step.ts';

/** One value that a step changed. Mutexes show their holder, gates whoever stops them. */
export interface Change {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/** One executed step of a trace. */
export interface TraceStep {
  /** The thread's number and name. */
  readonly thread: number;
  readonly name: string;
  /** The routines around the step, outermost first. */
  readonly nesting: readonly string[];
  /** The same with what they were called with: `GOMAXPROCS(2)`. */
  readonly calls: readonly string[];
  /** How many of these calls were there at the thread's step before; the others were entered since. */
  readonly ongoing: number;
  /** What it does, e.g. `store gomaxprocs = 2` (see `labelOf`). */
  readonly label: string;
  /** What it answered, e.g. `true`; undefined if nothing. */
  readonly answer: string | undefined;
  /** What a `choose` picked (see `picksOf`). */
  readonly picked: string | undefined;
  /** How often this thread has taken a step with this routine and label before, plus one. */
  readonly occurrence: number;
  /** Where in the model it stands; undefined for stopping at a safe point. */
  readonly place: Place | undefined;
  readonly changes: readonly Change[];
  /** What is wrong with this step, if it ends the run: `unlocks m, which nobody holds`, `throws: phase error`. */
  readonly fault: string | undefined;
}

/** A schedule with the states that it passes, as a person reads it. */
export interface Trace {
  readonly threads: readonly { readonly name: string; readonly gated: boolean; readonly daemon: boolean; readonly environment: boolean }[];
  /** All values at the start, by name. */
  readonly initial: readonly { readonly name: string; readonly value: string }[];
  readonly steps: readonly TraceStep[];
  /** How many steps come before those that are taken again and again (see `Schedule.loop`); undefined for a run that ends. */
  readonly loop: number | undefined;
  /** What each unfinished thread would do next after the last step. */
  readonly pending: readonly Waiting[];
}

/** An unfinished thread at the end of a trace. */
export interface Waiting {
  readonly name: string;
  readonly label: string;
  readonly nesting: readonly string[];
  readonly place: Place | undefined;
  /** Why it can't go on, e.g. `sched.lock is held by G1`; undefined if it can. */
  readonly blocked: string | undefined;
}

/** What stands for the transition by which a gated thread stops. */
export const stopsAtSafePoint = 'stops at a safe point';

/**
 * Replays a schedule on a system with raw automata and tells every step of it.
 * Throws if a choice of the schedule is not enabled: a schedule comes from an exploration of the same scenario.
 */
export function traceOf(system: System, schedule: Schedule): Trace {
  return widening(system, () => follow(system, schedule));
}

/** Runs `attempt`, which packs states, again with more room until they fit. */
export function widening<T>(system: System, attempt: () => T): T {
  for (;;)
    try {
      return attempt();
    } catch (error) {
      if (!(error instanceof Overflow)) throw error;
      system.widen(error);
    }
}

/** The trace of a violation. */
export function traceOfViolation(system: System, violation: Violation): Trace {
  return traceOf(system, violation.schedule);
}

function follow(system: System, schedule: Schedule): Trace {
  const kernel = new Kernel(system);
  const occurrences = new Map<string, number>();
  const last = new Map<number, { readonly state: LocalState; readonly halted: boolean }>();
  const start = system.initialStates()[schedule.initial];
  if (start === undefined) throw new RangeError(`no initial state ${schedule.initial}`);
  kernel.load(start, 0);
  const initial = namedValues(system, kernel.current).map(([name, value]) => ({ name, value }));
  const steps = schedule.choices.map(({ thread, pick }, index): TraceStep => {
    const state = system.learners[thread]!.states[kernel.nodeOf(thread)]!;
    const before = namedValues(system, kernel.current);
    const fired = pick === stops ? kernel.halt(thread) : kernel.fire(thread, pick);
    if (fired === Fired.disabled) throw new RangeError(`step ${index + 1} of the schedule is not enabled`);
    const label = pick === stops ? stopsAtSafePoint : labelOf(state.pending);
    const nesting = nestingOf(state);
    const key = `${thread} ${nesting.at(-1)} ${label}`;
    const occurrence = (occurrences.get(key) ?? 0) + 1;
    occurrences.set(key, occurrence);
    const earlier = last.get(thread);
    last.set(thread, { state, halted: pick === stops });
    const faulted = fired === Fired.faulted;
    const after = faulted ? before : namedValues(system, kernel.next);
    const step: TraceStep = {
      thread,
      name: system.scenario.threads[thread]!.name,
      nesting,
      calls: callsOf(state),
      ongoing: earlier === undefined ? 0 : earlier.halted ? nesting.length : ongoingCalls(earlier.state, state),
      label,
      answer: pick === stops || faulted ? undefined : answerOf(state.pending, kernel.resultOf(thread)),
      picked: picksOf(state.pending)[pick],
      occurrence,
      place: pick === stops ? undefined : placeOf(state.pending),
      changes: before.flatMap(([name, from], k) => (after[k]![1] === from ? [] : [{ name, from, to: after[k]![1] }])),
      fault: faulted ? tellFault(kernel.fault) : undefined,
    };
    if (!faulted) kernel.load(kernel.next, 0);
    return step;
  });
  return {
    threads: system.scenario.threads.map(({ name, gate, daemon, environment }) => ({
      name,
      gated: gate !== undefined,
      daemon,
      environment,
    })),
    initial,
    steps,
    loop: schedule.loop,
    pending: system.scenario.threads.flatMap(({ name }, thread) => {
      if (kernel.isDone(thread)) return [];
      const state = system.learners[thread]!.states[kernel.nodeOf(thread)]!;
      const { pending } = state;
      return [{ name, label: labelOf(pending), nesting: nestingOf(state), place: placeOf(pending), blocked: whyBlocked(kernel, thread) }];
    }),
  };
}

/** A fault as the end of a sentence about its thread. */
export function tellFault({ category, says }: Fault): string {
  return category === 'lock' ? says : `throws: ${says}`;
}

/** Every shared value of a state, by name, as a person reads it. */
function namedValues(system: System, state: Int32Array): [string, string][] {
  const { layout, scenario } = system;
  const threadName = (thread: number): string => scenario.threads[thread]!.name;
  return [
    ...system.values.map(({ name, domain }, value): [string, string] => [
      name,
      describe(domain.decode(layout.read(state, system.valueField(value)))),
    ]),
    ...system.mutexes.map(({ name }, mutex): [string, string] => {
      const holder = layout.read(state, system.mutexField(mutex));
      return [name, holder === 0 ? 'free' : threadName(holder - 1)];
    }),
    ...system.semaphores.map(({ name }, semaphore): [string, string] => [
      name,
      String(layout.read(state, system.semaphoreField(semaphore))),
    ]),
    ...system.gates.map(({ name }, gate): [string, string] => {
      const value = layout.read(state, system.gateField(gate));
      const { length } = scenario.threads;
      if (value === 0) return [name, 'running'];
      return [name, value <= length ? `stopping for ${threadName(value - 1)}` : `stopped by ${threadName(value - 1 - length)}`];
    }),
  ];
}
