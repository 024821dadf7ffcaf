import { Fired, Kernel, stops } from '../kernel/kernel.ts';
import type { System } from '../kernel/system.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { widening } from './trace.ts';

/** How a run breaks a guarantee. */
export interface Judgement {
  /** On a step, by what it does; or in the state after it, by what that is. */
  readonly at: 'step' | 'state';
  /** Steps up to there. */
  readonly steps: number;
  /** In the property's own words; empty where it has none. */
  readonly says: string;
}

/**
 * Where a schedule first breaks a guarantee; undefined if it does not. Judges as the explorations do: step properties,
 * monitors, lock order and faults by the step, invariants, deadlocks and the ends of monitors by the state.
 * Throws RangeError if a choice of the schedule is not enabled.
 */
export function judge(system: System, schedule: Schedule, guarantee: number): Judgement | undefined {
  return widening(system, () => {
    const kernel = new Kernel(system);
    kernel.load(system.initialStates()[schedule.initial]!, 0);
    for (let steps = 0; ; steps++) {
      const wrong = judgeState(kernel, guarantee);
      if (wrong !== undefined) return { at: 'state', steps, says: wrong };
      const choice = schedule.choices[steps];
      if (choice === undefined) return undefined;
      const fired = choice.pick === stops ? kernel.halt(choice.thread) : kernel.fire(choice.thread, choice.pick);
      if (fired === Fired.disabled) throw new RangeError(`step ${steps + 1} of the schedule is not enabled`);
      if (fired === Fired.faulted) {
        const broken = kernel.fault.category === 'lock' ? 'lockDiscipline' : 'noThrow';
        const first = system.guarantees.findIndex(({ property }) => property.kind === broken);
        return first === guarantee ? { at: 'step', steps: steps + 1, says: kernel.fault.says } : undefined;
      }
      for (let k = 0; k < kernel.violations; k++)
        if (kernel.violated[k] === guarantee) return { at: 'step', steps: steps + 1, says: kernel.says[k]! };
      kernel.load(kernel.next, 0);
    }
  });
}

/** What is wrong with the kernel's current state by itself; '' for a broken invariant, undefined if nothing. */
function judgeState(kernel: Kernel, guarantee: number): string | undefined {
  const { system } = kernel;
  const { property } = system.guarantees[guarantee]!;
  if (property.kind === 'invariant') {
    const number = system.invariants.findIndex((entry) => entry.guarantee === guarantee);
    return kernel.properties.invariantHolds(number, kernel.current) ? undefined : '';
  }
  if (property.kind === 'notStuck') return kernel.waitForCycle() ?? (isTerminal(kernel) ? kernel.deadlock() : undefined);
  if (property.kind !== 'monitor' || !isTerminal(kernel)) return undefined;
  return system.monitors[guarantee]!.atEnd(kernel.get(system.monitorField(guarantee)));
}

function isTerminal(kernel: Kernel): boolean {
  for (let thread = 0; thread < kernel.threads; thread++)
    if (kernel.fire(thread, 0) !== Fired.disabled || kernel.halt(thread) !== Fired.disabled) return false;
  return true;
}
