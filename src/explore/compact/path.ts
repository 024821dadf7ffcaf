/**
 * Runs to states that are not kept: the steps of their origins are taken once more, from an initial state on. No fingerprint
 * is looked at, so there is no choice among successors that look alike; and every run is run again before it is told.
 */
import { Fired, stops, type Kernel } from '../../kernel/kernel.ts';
import { firstSafe } from '../../kernel/safe-steps.ts';
import type { Choice } from '../../schedule/schedule.ts';
import { arrive, type Path } from '../path.ts';
import type { Orbits, OrbitStep } from '../symmetry/orbits.ts';
import type { CompactedStates } from './compacted-states.ts';
import type { Safe } from './expand.ts';

/** An initial state that a search has found: its number in the system, and the state of the search, packed. */
export interface Start {
  readonly initial: number;
  readonly state: Int32Array;
}

/** The run to a state of a search, by its number, and on by a choice that it tried there, if one is given. `starts` are in the order of their numbers. */
export function pathTo(
  kernel: Kernel,
  states: CompactedStates,
  starts: readonly Start[],
  number: number,
  choice: Choice | undefined,
  orbits: Orbits | undefined,
  safe: Safe | undefined,
): Path {
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
  for (const step of numbers.reverse()) steps.push(...arrive(kernel, takeStep(kernel, safe, step), orbits, safe));
  if (choice !== undefined) steps.push({ choice, element: 0 });
  return orbits?.run(first, steps) ?? { schedule: { initial: start.initial, choices: steps.map((step) => step.choice) }, element: 0 };
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
