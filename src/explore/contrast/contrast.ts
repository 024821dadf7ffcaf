/**
 * The nearest passing schedule: what would have had to go otherwise for a run not to break its guarantee, and from which
 * decision on. Our own definition, in the spirit of Groce and Visser, "What went wrong: explaining counterexamples" (SPIN
 * 2003), who compare with passing runs, and of Zeller's isolation of failure-inducing schedules (ISSTA 2002).
 *
 * A run *passes* if
 * - only threads that act in the failing run act in it, and those that act there after the two have parted act here too;
 * - each of their decisions (`choose`) is the failing run's, as far as that goes: the same calls with the same arguments;
 * - it ends where all of them have settled: done, or asleep, with nothing under way;
 * - neither it nor anything that they can still do from there breaks the guarantee or makes the runtime throw.
 *
 * The *nearest* is one that needs the fewest preemptions after they have parted, and of those one that parts last. (Parting
 * last alone is not it: most violations can be put off by a preemption just before the end, which explains nothing; with
 * none allowed, the two part where somebody could have gone on, or somebody else could have gone first.)
 */
import { Overflow, type System } from '../../kernel/system.ts';
import type { Choice, Schedule } from '../../schedule/schedule.ts';
import { actingThreads } from '../size.ts';
import { Passing } from './passing.ts';

/** A passing run beside a failing one. */
export interface Contrast {
  /** How many steps they share: the next one is the first decision where they part. */
  readonly shared: number;
  /** How the passing run goes on from there. */
  readonly choices: readonly Choice[];
  /** Of the passing run from there. */
  readonly preemptions: number;
  /** Whether they decide alike; otherwise no order of these threads passes with the same calls. */
  readonly sameDecisions: boolean;
}

export interface ContrastOptions {
  /** States to look at, at most. */
  readonly maxStates?: number;
  /** A hook for tests that break it on purpose. */
  readonly Passing?: typeof Passing;
}

/** Preemptions of a passing run, from where it parts, at most. */
const mostPreemptions = 2;
/** States that are looked at for one contrast at most. */
const defaultMaxStates = 400_000;

/**
 * The nearest passing schedule of one that breaks a guarantee (by number) with its last step or in its last state.
 * Undefined if there is none, or none within `maxStates` states. Deterministic. The schedules fit every system of the same
 * scenario. Throws HeddleError if the model is at fault.
 */
export function nearestPassing(system: System, guarantee: number, failing: Schedule, options: ContrastOptions = {}): Contrast | undefined {
  const narrow = system.judging([guarantee]);
  for (;;)
    try {
      return search(narrow, guarantee, failing, options);
    } catch (error) {
      if (!(error instanceof Overflow)) throw error;
      narrow.widen(error);
    }
}

function search(system: System, guarantee: number, failing: Schedule, options: ContrastOptions): Contrast | undefined {
  const acting = actingThreads(failing);
  let left = options.maxStates ?? defaultMaxStates;
  for (const sameDecisions of [true, false])
    for (let preemptions = 0; preemptions <= mostPreemptions; preemptions++)
      for (let shared = failing.choices.length - 1; shared >= 0; shared--) {
        const passing = new (options.Passing ?? Passing)(system, guarantee, failing, {
          shared,
          acting,
          sameDecisions,
          preemptions,
          maxStates: left,
        });
        const choices = passing.search();
        left -= passing.states;
        if (choices !== undefined) return { shared, choices, preemptions, sameDecisions };
        if (left <= 0) return undefined;
      }
  return undefined;
}
