import { Fired, Kernel, stops } from '../../kernel/kernel.ts';
import { violatedState } from '../../kernel/monitor-table.ts';
import { Overflow, System } from '../../kernel/system.ts';
import type { Schedule } from '../../schedule/schedule.ts';
import { Demands } from './demands.ts';

/**
 * What a lasso breaks, in words: undefined if it does not break the liveness property, because it does not come back to where
 * its loop starts, its loop is not fair, or nothing is owed all along the loop. States are compared by what the protocol and this
 * property know: on minimised automata, without the monitors of others.
 */
export function lassoBreaks(system: System, schedule: Schedule, guarantee: number): string | undefined {
  const { handles, ranks, scenario, guarantees } = system;
  const narrow = new System(handles, ranks, scenario, guarantees, { automata: 'minimised' }).judging([guarantee]);
  for (;;)
    try {
      return judged(narrow, schedule, guarantee);
    } catch (error) {
      if (!(error instanceof Overflow)) throw error;
      narrow.widen(error);
    }
}

function judged(narrow: System, { initial, choices, loop }: Schedule, guarantee: number): string | undefined {
  const { property } = narrow.guarantees[guarantee]!;
  if (property.kind !== 'liveness' || loop === undefined) return undefined;
  const kernel = new Kernel(narrow);
  const demands = new Demands(kernel, property.fairness);
  const field = narrow.monitorField(guarantee);
  let wants = 0;
  let given = 0;
  let wantsToStop = 0;
  let stopped = 0;
  let owed: readonly string[] | undefined;
  const look = (): void => {
    demands.look();
    // A state that no fair cycle goes through is one where somebody wants to go on, whatever the rest of the masks.
    wants |= demands.wants;
    given |= demands.excused;
    wantsToStop |= demands.wantsToStop;
    stopped |= demands.excusedFromStopping;
    const code = kernel.get(field);
    const here = code === violatedState ? [] : property.owes(narrow.monitors[guarantee]!.states[code]);
    owed = owed === undefined ? here : owed.filter((name) => here.includes(name));
  };
  kernel.load(narrow.initialStates()[initial]!, 0);
  let start = kernel.current.slice();
  for (const [index, { thread, pick }] of choices.entries()) {
    if (index === loop) start = kernel.current.slice();
    if (index >= loop) {
      look();
      if (pick === stops) stopped |= 1 << thread;
      else given |= 1 << thread;
    }
    if ((pick === stops ? kernel.halt(thread) : kernel.fire(thread, pick)) !== Fired.stepped) return undefined;
    kernel.load(kernel.next, 0);
  }
  if (loop === choices.length) look();
  else if (kernel.current.some((word, k) => word !== start[k])) return undefined;
  const isFair = (wants & ~given) === 0 && (wantsToStop & ~stopped) === 0;
  if (!isFair || owed === undefined || owed.length === 0) return undefined;
  return loop === choices.length ? `${property.says}: nobody has to move any more` : property.says;
}
