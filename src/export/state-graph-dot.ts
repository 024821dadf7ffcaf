import { BreadthFirst } from '../explore/breadth-first.ts';
import { labelOf, picksOf } from '../counterexample/describe-step.ts';
import { Judge } from '../kernel/judge.ts';
import { Fired, Kernel, stops } from '../kernel/kernel.ts';
import type { System } from '../kernel/system.ts';
import { HeddleError } from '../model/error.ts';
import { describe } from '../model/plain-data.ts';
import { digraph, quoted, red } from './dot.ts';

/** A graph with more states than this is not for the eye. */
export const mostStates = 400;

/**
 * The reachable states in Graphviz' language: a box for each, with the values that differ from the first one's, and an arrow
 * for each step. Red: a state, or a step, that breaks a guarantee; dashed: a step that the runtime throws on.
 * @throws HeddleError `cannot-export` if there are more than `mostStates`
 */
export function stateGraphDot(system: System, title: string): string {
  const search = new BreadthFirst(system);
  let ended = false;
  while (!ended && search.progress.states <= mostStates) ended = search.advance(16);
  if (search.progress.states > mostStates)
    throw new HeddleError('cannot-export', `the state graph has more than ${mostStates} states: more than anybody can read`, {
      cure: `Draw one thread instead, --thread ${system.scenario.threads[0]!.name}, or a smaller scope, --scope NAME; \`--to promela\` writes systems of any size.`,
    });
  const { size, words } = search.states;
  const states = Array.from({ length: size }, (_, number) => {
    const state = new Int32Array(words);
    search.states.read(number, state);
    return state;
  });
  const numbers = new Map(states.map((state, number) => [state.join(), number]));
  const kernel = new Kernel(system);
  const judge = new Judge(kernel);
  const lines: string[] = [];
  for (const [number, state] of states.entries()) {
    kernel.load(state, 0);
    const broken = new Set<string>();
    const note = (guarantee: number): void => void broken.add(system.guarantees[guarantee]!.name);
    judge.invariants(note);
    const steps: string[] = [];
    let enabled = 0;
    const step = (fired: number, thread: number, pick: number): void => {
      if (fired === Fired.disabled) return;
      enabled++;
      const breaks: string[] = [];
      judge.step(fired, (guarantee) => breaks.push(system.guarantees[guarantee]!.name));
      const target = fired === Fired.faulted ? number : numbers.get(kernel.next.join())!;
      // What it does is in the box that it leaves.
      const name = system.scenario.threads[thread]!.name;
      const said = [
        pick === stops ? `${name} stops` : picked(kernel, thread, pick, name),
        ...breaks.map((guarantee) => `breaks ${guarantee}`),
      ];
      steps.push(
        `${number} -> ${target} [label=${quoted(said.join('\n'))}${breaks.length > 0 ? ` color="${red}" fontcolor="${red}"` : ''}${fired === Fired.faulted ? ' style=dashed' : ''}];`,
      );
    };
    for (let thread = 0; thread < kernel.threads; thread++) {
      const choices = kernel.choices(thread);
      for (let pick = 0; pick < choices; pick++) step(kernel.fire(thread, pick), thread, pick);
      step(kernel.halt(thread), thread, stops);
    }
    judge.future(enabled, note);
    const label = [...differences(system, states[0]!, state), ...[...broken].map((name) => `breaks ${name}`)];
    lines.push(
      ...(number < system.initialStates().length ? [`start -> ${number};`] : []),
      `${number} [label=${quoted(label.join('\n') || 'start')}${broken.size > 0 ? ` color="${red}" fontcolor="${red}"` : ''}${enabled === 0 ? ' peripheries=2' : ''}];`,
      ...steps,
    );
  }
  return digraph(`${title}: ${size} states, ${system.automata} automata`, lines);
}

/** The thread, and what it picks where it may. */
function picked(kernel: Kernel, thread: number, pick: number, name: string): string {
  const { pending } = kernel.programs[thread]!.learner.states[kernel.nodeOf(thread)]!;
  const value = picksOf(pending)[pick];
  return value === undefined ? name : `${name}: ${value}`;
}

/** The shared values that are not as at the first start, by name. */
function differences(system: System, first: Int32Array, state: Int32Array): readonly string[] {
  const { layout, scenario } = system;
  const differs = (field: number, show: (code: number) => string): readonly string[] => {
    const code = layout.read(state, field);
    return code === layout.read(first, field) ? [] : [show(code)];
  };
  const name = (thread: number): string => scenario.threads[thread]!.name;
  const count = scenario.threads.length;
  return [
    ...system.values.flatMap(({ name: value, domain }, number) =>
      differs(system.valueField(number), (code) => `${value} = ${describe(domain.decode(code))}`),
    ),
    ...system.mutexes.flatMap((mutex, number) => differs(system.mutexField(number), (code) => `${mutex.name}: ${name(code - 1)}`)),
    ...system.semaphores.flatMap((semaphore, number) => differs(system.semaphoreField(number), (code) => `${semaphore.name} = ${code}`)),
    ...system.gates.flatMap((gate, number) =>
      differs(
        system.gateField(number),
        (code) => `${gate.name} ${code > count ? 'stopped' : 'being stopped'} by ${name((code - 1) % count)}`,
      ),
    ),
    ...scenario.threads.flatMap(({ name: thread }, number) => differs(system.stoppedField(number), () => `${thread} stopped`)),
    ...scenario.threads.flatMap(({ name: thread }, number) => {
      const { pending } = system.learners[number]!.states[layout.read(state, system.nodeField(number))]!;
      return [`${thread}: ${labelOf(pending)}`];
    }),
  ];
}
