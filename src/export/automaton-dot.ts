import type { LocalState } from '../automaton/local-state.ts';
import { answerOf, labelOf, placeOf } from '../counterexample/describe-step.ts';
import type { System } from '../kernel/system.ts';
import { unknown } from '../project/unknown.ts';
import { digraph, quoted, red } from './dot.ts';

/**
 * The automaton of a thread in Graphviz' language: a box for each local state, with what the thread asks for and where it
 * stands in the model; an arrow for each way on, with the answers that lead there.
 * @throws HeddleError `unknown-name` if the scenario has no such thread
 */
export function automatonDot(system: System, threadName: string, title: string): string {
  const { threads } = system.scenario;
  const thread = threads.findIndex(({ name }) => name === threadName);
  if (thread < 0)
    throw unknown(
      'thread of the scope',
      threadName,
      threads.map(({ name }) => name),
    );
  const { states, initial } = system.learners[thread]!;
  return digraph(`${title}: ${threadName}, ${states.length} local states`, [
    `start -> ${initial};`,
    ...states.flatMap((state) => [node(state), ...edges(state)]),
  ]);
}

function node({ id, pending, frames }: LocalState): string {
  if (pending.kind === 'done') return `${id} [shape=doublecircle label="done"];`;
  const place = placeOf(pending);
  const routine = frames.at(-1)?.routine.routineName;
  const wrong = pending.kind === 'fault' || pending.kind === 'error';
  const label = [labelOf(pending), ...(routine === undefined ? [] : [`${routine}${place === undefined ? '' : `:${place.line}`}`])].join(
    '\n',
  );
  return `${id} [label=${quoted(label)}${wrong ? ` color="${red}" fontcolor="${red}"` : ''}];`;
}

function edges({ id, pending, successors }: LocalState): readonly string[] {
  const answers = new Map<number, (string | undefined)[]>();
  successors.forEach((target, code) => answers.set(target, [...(answers.get(target) ?? []), answerOf(pending, code)]));
  return [...answers].map(([target, given]) => {
    const told = given.filter((answer) => answer !== undefined);
    // One way on needs no label.
    const label = told.length === 0 || (answers.size === 1 && told.length > 1) ? '' : ` [label=${quoted(shortened(told))}]`;
    return target < 0 ? `${id} -> ${id} [style=dotted label="not reached"];` : `${id} -> ${target}${label};`;
  });
}

function shortened(answers: readonly string[]): string {
  return answers.length <= 6 ? answers.join(', ') : `${answers.slice(0, 5).join(', ')}, … (${answers.length})`;
}
