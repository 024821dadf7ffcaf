import type { Change, TraceStep } from '../counterexample/trace.ts';
import { words, type Word } from './fold.ts';

/** What a step does, answers and changes, in as few words as tell all of it. */
export function stepWords(step: TraceStep): Word[] {
  const { label, answer, changes } = step;
  if (step.picked !== undefined) return [{ text: 'chooses' }, ...words(step.picked, 'cyan')];
  if (label.startsWith('returns from '))
    return [
      ...words(answer === undefined ? 'returns' : 'returns '),
      ...(answer === undefined ? [] : words(answer, 'cyan')),
      ...words(label.slice(8)),
    ];
  const stored = changes.find((change) => isStoreOf(label, change));
  const said = stored === undefined ? words(label) : [...words(label.slice(0, -` = ${stored.to}`.length)), ...arrow(stored)];
  if (stored === undefined && label.startsWith('store ')) said.push({ text: '(unchanged)', style: 'dim' });
  if (answer !== undefined) said.push({ text: '=', style: 'dim' }, ...words(answer, 'cyan'));
  for (const change of changes) {
    if (change === stored || isSaid(label, change)) continue;
    // The label ends with the variable's name: no need to repeat it.
    if (answer === undefined && label.endsWith(` ${change.name}`)) said.push(...arrow(change));
    else {
      // Two changes on one line need a mark between them.
      if (said.some(({ text }) => text === '→')) said[said.length - 1] = { ...said.at(-1)!, text: `${said.at(-1)!.text},` };
      said.push({ text: change.name, style: 'yellow' }, ...arrow(change));
    }
  }
  return said;
}

function arrow({ from, to }: Change): Word[] {
  return [...words(from, 'yellow'), { text: '→', style: 'yellow' }, ...words(to, 'yellow')];
}

/** Whether the label is a store of the change's new value. */
export function isStoreOf(label: string, { name, to }: Change): boolean {
  return label === `store ${name} = ${to}` || label === `swap ${name} = ${to}`;
}

/** Whether the label alone tells the change: a lock taken, a binary semaphore acquired, a world stopped. */
export function isSaid(label: string, { name, from, to }: Change): boolean {
  if (['lock', 'unlock', 'tryLock', 'requests stop', 'stop', 'start'].some((verb) => label === `${verb} ${name}`)) return true;
  if (label === `acquire ${name}` || label === `release ${name}`) return Number(from) + Number(to) === 1;
  return label === `compareAndSwap ${name} ${from} → ${to}`;
}

/** The calls that a thread has entered since its step before, as a line of their own tells them; a step that enters tells its own. */
export function enteredCalls({ calls, ongoing, label }: TraceStep): readonly string[] {
  return calls.slice(ongoing, label.startsWith('enters ') ? -1 : undefined);
}

/** `stopTheWorldGC ›`, without arguments where there are none, or where they are too long for the line. */
export function callWord(call: string, room: number): string {
  const bare = call.replace(/\(\)$/, '');
  return bare.length <= room ? bare : bare.replace(/\(.*\)$/, '(…)');
}
