import type { ToldContrast } from '../counterexample/contrast.ts';
import { stopsAtSafePoint, type Trace, type TraceStep } from '../counterexample/trace.ts';
import { stepWords } from './step-words.ts';

/**
 * Where a counterexample and its nearest passing run part, and what would have become of it otherwise: one sentence that
 * stands without the trace.
 */
export function contrastSentence(failing: Trace, { shared, preemptions, sameDecisions, trace }: ToldContrast, guarantee: string): string {
  const fails = failing.steps[shared]!;
  const passes = trace.steps[shared]!;
  const decision = decisionOf(failing.steps.slice(0, shared), fails, passes);
  const price = preemptions === 0 ? '' : `, with ${many(preemptions, 'preemption')}`;
  const other = sameDecisions ? '' : '; with the same choices no order was found that passes';
  return `${decision}, ${guarantee} would have held${price} (${stretches(trace.steps.slice(shared))})${other}.`;
}

function decisionOf(before: readonly TraceStep[], fails: TraceStep, passes: TraceStep): string {
  const at = `step ${before.length + 1}`;
  if (fails.thread === passes.thread) {
    if (passes.label === stopsAtSafePoint) return `At ${at} ${fails.name} goes on (${does(fails)}); had it stopped at the safe point there`;
    if (fails.label === stopsAtSafePoint) return `At ${at} ${fails.name} stops at a safe point; had it gone on (${does(passes)})`;
    return `At ${at} ${fails.name} ${does(fails)}; had it chosen ${passes.picked}`;
  }
  const last = before.findLastIndex(({ thread, label }) => thread === passes.thread && label !== stopsAtSafePoint);
  const instead = `${fails.name} goes on instead (${at}: ${does(fails)})`;
  if (last < 0) return `Before ${passes.name} has begun (${does(passes)}), ${instead}; had ${passes.name} gone first there`;
  const left = `${passes.name} is left after step ${last + 1} (${does(before[last]!)}) and before its next (${does(passes)})`;
  return `${left}, and ${instead}; had ${passes.name} gone on there`;
}

function does(step: TraceStep): string {
  return stepWords(step)
    .map(({ text }) => text)
    .join(' ');
}

/** `G1 12 steps, sysmon 7, G1 1` */
function stretches(steps: readonly TraceStep[]): string {
  const runs: { readonly name: string; count: number }[] = [];
  for (const { name } of steps) {
    const last = runs.at(-1);
    if (last?.name === name) last.count++;
    else runs.push({ name, count: 1 });
  }
  return runs.map(({ name, count }, index) => (index === 0 ? `${name} ${many(count, 'step')}` : `${name} ${count}`)).join(', ');
}

function many(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
