/**
 * Runs to states that are kept, each with the state that it was first reached from: the steps between the two are found by
 * trying all. (compact/path.ts takes them by number, where states are not kept.)
 */
import { Fired, stops, type Kernel } from '../kernel/kernel.ts';
import { settle } from '../kernel/safe-steps.ts';
import type { Choice, Schedule } from '../schedule/schedule.ts';
import type { States } from './expander.ts';
import { stepsOf, type Orbits, type OrbitStep } from './symmetry/orbits.ts';

/** A run to a state that a state of the search stands for, and the element that makes its last state of that one. */
export interface Path {
  readonly schedule: Schedule;
  readonly element: number;
}

/** What a search has gone by. */
export interface Searched {
  readonly kernel: Kernel;
  readonly states: States;
  /** What takes states for each other, if anything does. */
  readonly orbits: Orbits | undefined;
  /** By thread and local state, 1 where a step was taken alone; undefined if nothing was reduced. */
  readonly safe: readonly Uint8Array[] | undefined;
}

/** The run by which a search first came to a state, by its number, and on by a choice that it tried there, if one is given. */
export function pathTo(searched: Searched, state: number, choice?: Choice): Path {
  const { states, orbits } = searched;
  const numbers: number[] = [];
  let first = state;
  for (; states.parentOf(first) >= 0; first = states.parentOf(first)) numbers.push(first);
  const steps: OrbitStep[] = [];
  let from = first;
  for (const to of numbers.reverse()) {
    steps.push(...stepsBetween(searched, from, to));
    from = to;
  }
  if (choice !== undefined) steps.push({ choice, element: 0 });
  return orbits?.run(first, steps) ?? { schedule: { initial: first, choices: steps.map((step) => step.choice) }, element: 0 };
}

/** The first choice that leads from a state to one that it was the parent of, as in the search; and the safe steps behind it. */
function stepsBetween({ kernel, states, orbits, safe }: Searched, from: number, to: number): readonly OrbitStep[] {
  const before = new Int32Array(states.words);
  const after = new Int32Array(states.words);
  states.read(from, before);
  states.read(to, after);
  for (let thread = 0; thread < kernel.threads; thread++) {
    kernel.load(before, 0);
    const picks = kernel.choices(thread);
    for (let pick = 0; pick <= picks; pick++) {
      kernel.load(before, 0);
      const choice = { thread, pick: pick === picks ? stops : pick };
      if ((pick === picks ? kernel.halt(thread) : kernel.fire(thread, pick)) !== Fired.stepped) continue;
      const steps = arrive(kernel, choice, orbits, safe);
      if (kernel.current.every((word, k) => word === after[k])) return steps;
    }
  }
  throw new Error(`no choice leads from state ${from} to ${to}`);
}

/** Goes where the choice that the kernel has just tried leads in a search, by the safe steps behind it, to the state that stands for it. */
export function arrive(
  kernel: Kernel,
  choice: Choice,
  orbits: Orbits | undefined,
  safe: readonly Uint8Array[] | undefined,
): readonly OrbitStep[] {
  kernel.load(kernel.next, 0);
  const behind = safe === undefined ? [] : settle(safe, kernel);
  const reached = kernel.current.slice();
  const element = orbits?.canonical(reached) ?? 0;
  kernel.load(reached, 0);
  return stepsOf([choice, ...behind.map((thread) => ({ thread, pick: 0 }))], element);
}
