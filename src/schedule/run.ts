import type { toStringMethod as fastChecks } from 'fast-check';
import { stops } from '../kernel/kernel.ts';
import type { System } from '../kernel/system.ts';
import { describeRun } from './describe-run.ts';
import { Runner, type Breach } from './runner.ts';
import type { Schedule } from './schedule.ts';

// Loading fast-check for its symbol would slow down every check, which has no other use for it. Proof: interleavings.test.ts prints one.
const toStringMethod = Symbol.for('fast-check/toStringMethod') as typeof fastChecks;

/** A guarantee that a run breaks, by name. */
export interface BrokenGuarantee {
  readonly guarantee: string;
  /** In the property's own words, or in its guarantee's where it has none. */
  readonly says: string;
  /** Steps up to where it first breaks: on the last of them, or in the state after it. */
  readonly steps: number;
}

/** How a run ends: the runtime threw, nothing can happen any more, or its choices are used up. */
export type End = 'fault' | 'terminal' | 'open';

/** The generated scenario of a run. */
export interface Generated {
  readonly description: unknown;
  /** What complete searches have excluded so far of what is smaller than the run, a line each. */
  readonly excluded: (run: Run) => readonly string[];
}

/** An executed schedule and what it breaks. */
export class Run {
  readonly system: System;
  readonly schedule: Schedule;
  /** By number, in the order in which they break. */
  readonly breaches: readonly Breach[];
  readonly end: End;
  /** How often it leaves a thread that could go on (see `preemptionsOf`). */
  readonly preemptions: number;
  /** Changes from one thread to another, leaving the environment out. */
  readonly switches: number;
  /** How often an operation could go more than one way. */
  readonly decisions: number;
  /** The scenario that it is a run of, if that was generated. */
  readonly generated: Generated | undefined;

  /** Takes down what a runner has done since it began; of what it broke, only what `counts`. */
  constructor(runner: Runner, counts: (guarantee: number) => boolean = () => true, generated?: Generated) {
    this.system = runner.system;
    this.generated = generated;
    this.schedule = { initial: runner.initial, choices: [...runner.choices] };
    this.breaches = runner.breaches.filter(({ guarantee }) => counts(guarantee));
    this.end = runner.faulted ? 'fault' : runner.enabled === 0 ? 'terminal' : 'open';
    this.preemptions = runner.preemptions;
    this.switches = runner.switches;
    this.decisions = runner.picks.filter((ways) => ways > 1).length;
  }

  /** The description of the scenario that it is a run of, if that was generated. */
  get scenario(): unknown {
    return this.generated?.description;
  }

  get steps(): number {
    return this.schedule.choices.length;
  }

  /** The guarantees that it breaks; `t.deepEqual(run.violations, [])` is the whole property. */
  get violations(): readonly BrokenGuarantee[] {
    return this.breaches.map(({ guarantee, says, steps }) => {
      const broken = this.system.guarantees[guarantee]!;
      return { guarantee: broken.name, says: says === '' ? broken.says : says, steps };
    });
  }

  toString(): string {
    return describeRun(this);
  }
  [toStringMethod](): string {
    return describeRun(this);
  }
}

/** What became of a schedule: it ran, or one of its choices is not enabled where it stands (`at`: steps taken before it). */
export type RunResult =
  | { readonly kind: 'ran'; readonly run: Run }
  | { readonly kind: 'parted'; readonly at: number; readonly why: string; readonly run: Run };

/**
 * Runs a schedule and judges every step and state of it. It goes on after a violation, but nothing follows a fault.
 * Throws RangeError for an initial state that does not exist, and HeddleError if the model itself is at fault.
 */
export function run(system: System, schedule: Schedule): RunResult {
  const runner = new Runner(system);
  if (schedule.initial < 0 || schedule.initial >= runner.initialStates) throw new RangeError(`no initial state ${schedule.initial}`);
  runner.begin(schedule.initial);
  for (const choice of schedule.choices) {
    if (!runner.isEnabled(choice)) {
      const name = system.scenario.threads[choice.thread]?.name;
      const why =
        name === undefined
          ? `there is no thread ${choice.thread}`
          : runner.faulted
            ? 'the runtime has thrown'
            : choice.pick === stops
              ? `${name} can't stop there`
              : runner.waysOf(choice.thread) === 0
                ? `${name} can't go on there`
                : `${name} can go ${runner.waysOf(choice.thread)} ways there, not way ${choice.pick}`;
      return { kind: 'parted', at: runner.choices.length, why, run: new Run(runner) };
    }
    runner.take(choice);
  }
  return { kind: 'ran', run: new Run(runner) };
}
