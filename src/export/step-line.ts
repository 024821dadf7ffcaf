import type { TraceStep } from '../counterexample/trace.ts';
import { isSaid, isStoreOf } from '../report/step-words.ts';
import type { Values } from './values-along.ts';

const request = 'requests lock ';

/**
 * What a step does, answers and changes, where there are no colours to tell them apart: `store gomaxprocs: 1 → 2`,
 * `requests lock m, held by G1`.
 * @param before the values before it
 */
export function stepLine({ label, answer, picked, changes }: TraceStep, before: Values): string {
  if (picked !== undefined) return `chooses ${picked}`;
  if (label.startsWith('returns from ')) return `returns${answer === undefined ? '' : ` ${answer}`} ${label.slice('returns '.length)}`;
  if (label.startsWith(request)) {
    const holder = before.holderOf(label.slice(request.length));
    return holder === undefined ? label : `${label}, held by ${holder}`;
  }
  const stored = changes.find((change) => isStoreOf(label, change));
  const base = stored === undefined ? label : `${label.slice(0, -` = ${stored.to}`.length)}: ${stored.from} → ${stored.to}`;
  const answered = answer === undefined ? base : `${base} = ${answer}`;
  const others = changes.filter((change) => change !== stored && !isSaid(label, change));
  // What names one variable alone need not repeat it.
  if (others.length === 1 && label === `${label.split(' ')[0]} ${others[0]!.name}` && answer === undefined)
    return `${label}: ${others[0]!.from} → ${others[0]!.to}`;
  const told = others.map(({ name, from, to }) => `${name}: ${from} → ${to}`);
  if (stored === undefined && label.startsWith('store ')) told.unshift('unchanged');
  return told.length === 0 ? answered : `${answered} (${told.join(', ')})`;
}
