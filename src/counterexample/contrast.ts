import type { Contrast } from '../explore/contrast/contrast.ts';
import type { System } from '../kernel/system.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { traceOf, type Trace } from './trace.ts';

/** A contrast, to be told. */
export interface ToldContrast extends Omit<Contrast, 'choices'> {
  /** The passing run from its start. */
  readonly trace: Trace;
}

/** @param system with raw automata */
export function toldContrast(system: System, { initial, choices }: Schedule, { choices: passing, ...contrast }: Contrast): ToldContrast {
  const { shared, preemptions, sameDecisions } = contrast;
  return { shared, preemptions, sameDecisions, trace: traceOf(system, { initial, choices: [...choices.slice(0, shared), ...passing] }) };
}
