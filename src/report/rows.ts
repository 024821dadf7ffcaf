import { basename } from 'node:path';
import type { Trace, TraceStep } from '../counterexample/trace.ts';
import { words, type Word } from './fold.ts';
import { callWord, enteredCalls, stepWords } from './step-words.ts';

/** A step of a trace, or the calls that a thread enters before its next step, before it is laid out. */
export interface Row {
  readonly thread: number;
  /** Of the step; undefined for calls. */
  readonly number: number | undefined;
  readonly text: readonly Word[];
  readonly place: { readonly file: string; readonly line: number } | undefined;
  /** Levels of indentation. */
  readonly level: number;
  /** Whether the guarantee breaks on this step. */
  readonly breaks: boolean;
  /** Where it stands in the loop of a lasso. */
  readonly loop: 'first' | 'inside' | 'last' | 'only' | undefined;
}

/** Calls longer than this are told without their arguments. */
const longestCall = 36;

/** The rows of a trace from top to bottom. */
export function rowsOf(trace: Trace, breaksOnLast: boolean): readonly Row[] {
  const levels = trace.threads.map((_, thread) => levelsOf(trace.steps.filter((step) => step.thread === thread)));
  return trace.steps.flatMap((step, index): Row[] => {
    const { thread, place } = step;
    const level = levels[thread]!.indexOf(depthOf(step));
    const entered = enteredCalls(step);
    const calls: Row = {
      thread,
      number: undefined,
      text: entered.flatMap((call) => words(`${callWord(call, longestCall)} ›`, 'dim')),
      place: undefined,
      level: Math.max(0, level - 1),
      breaks: false,
      loop: placeInLoop(index, trace, entered.length > 0 ? 'call' : 'none'),
    };
    const told: Row = {
      thread,
      number: index + 1,
      text: stepWords(step),
      place: place && { file: basename(place.file), line: place.line },
      level,
      breaks: breaksOnLast && index === trace.steps.length - 1,
      loop: placeInLoop(index, trace, entered.length > 0 ? 'below its call' : 'none'),
    };
    return entered.length > 0 ? [calls, told] : [told];
  });
}

/** A loop is drawn from the first line of its first step to the last step. */
function placeInLoop(index: number, { loop, steps }: Trace, calls: 'call' | 'below its call' | 'none'): Row['loop'] {
  if (loop === undefined || index < loop) return undefined;
  const isFirst = index === loop && calls !== 'below its call';
  const isLast = index === steps.length - 1 && calls !== 'call';
  return isFirst ? (isLast ? 'only' : 'first') : isLast ? 'last' : 'inside';
}

/** How deep a step is told: entering a routine belongs to its caller. */
function depthOf({ calls, label }: TraceStep): number {
  return calls.length - (label.startsWith('enters ') ? 1 : 0);
}

/** The depths at which a thread takes steps, so that those at which it never does cost no indentation. */
function levelsOf(steps: readonly TraceStep[]): readonly number[] {
  return [...new Set(steps.map(depthOf))].sort((a, b) => a - b);
}
