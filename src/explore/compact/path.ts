/**
 * Runs to states that are not kept: the steps of their origins are taken once more, from an initial state on. No fingerprint
 * is looked at, so there is no choice among successors that look alike; and every run is run again before it is told.
 */
import { Fired, stops, type Kernel } from '../../kernel/kernel.ts';
import { firstSafe, settle } from '../../kernel/safe-steps.ts';
import type { Choice } from '../../schedule/schedule.ts';
import type { Path } from '../path.ts';
import { stepsOf, type Orbits, type OrbitStep } from '../symmetry/orbits.ts';
import type { CompactedStates } from './compacted-states.ts';
import type { Safe } from './expand.ts';

/** A run, and the state of the search that it leads to, packed. */
export interface CompactPath extends Path {
  readonly state: Int32Array;
}

/** An initial state that a search has found: its number in the system, and the state of the search, packed. */
export interface Start {
  readonly initial: number;
  readonly state: Int32Array;
}

/** The run to a state of a search, by its number; the kernel has that state loaded then. `starts` are in the order of their numbers. */
export function pathTo(
  kernel: Kernel,
  states: CompactedStates,
  starts: readonly Start[],
  number: number,
  orbits?: Orbits,
  safe?: Safe,
): CompactPath {
  const numbers: number[] = [];
  let first = number;
  for (let parent = states.originOf(first).parent; parent >= 0; parent = states.originOf(first).parent) {
    numbers.push(states.originOf(first).step);
    first = parent;
  }
  const start = starts[first];
  if (start === undefined) throw new Error(`state ${first} is no initial state`);
  kernel.load(start.state, 0);
  const steps: OrbitStep[] = [];
  for (const step of numbers.reverse()) {
    const choice = takeStep(kernel, safe, step);
    kernel.load(kernel.next, 0);
    const behind = safe === undefined ? [] : settle(safe, kernel);
    const reached = kernel.current.slice();
    const element = orbits?.canonical(reached) ?? 0;
    kernel.load(reached, 0);
    const choices = [choice, ...behind.map((thread) => ({ thread, pick: 0 }))];
    steps.push(...stepsOf(choices, element));
  }
  const run = orbits?.run(first, steps) ?? { schedule: { initial: start.initial, choices: steps.map(({ choice }) => choice) }, element: 0 };
  return { ...run, state: kernel.current.slice() };
}

/**
 * Takes the step of this number among those that are enabled in the kernel's current state, counted as the search counts
 * them: by thread, then by pick, then the stop at a safe point; of the first thread at a safe step only, if there is one.
 */
function takeStep(kernel: Kernel, safe: Safe | undefined, number: number): Choice {
  const alone = safe === undefined ? -1 : firstSafe(safe, kernel);
  let enabled = 0;
  for (let thread = 0; thread < kernel.threads; thread++) {
    if (alone >= 0 && thread !== alone) continue;
    for (let pick = 0; pick < kernel.choices(thread); pick++) {
      if (kernel.fire(thread, pick) === Fired.disabled) break;
      if (enabled++ === number) return { thread, pick };
    }
    if (kernel.closing && kernel.halt(thread) === Fired.stepped && enabled++ === number) return { thread, pick: stops };
  }
  throw new Error(`only ${enabled} steps are enabled where step ${number} was taken`);
}
